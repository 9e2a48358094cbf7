package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.JudgedImage;
import java.util.List;

/** The judges of an evaluation, over embeddings of images. */
public interface Judging {
  /** Their ids; those that score best first, at least one. */
  List<String> ids();

  /**
   * What a judge says.
   *
   * @param judge one of {@link #ids}
   * @param embeddings (n, D), of unit length
   * @param kinds of each image: styles are judged among styles, all else among things
   * @return n answers
   */
  List<JudgedImage> answers(String judge, float[][] embeddings, List<ConceptType> kinds);
}

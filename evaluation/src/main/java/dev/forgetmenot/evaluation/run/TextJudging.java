package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.evaluation.judge.Answer;
import dev.forgetmenot.evaluation.judge.NearestLabelJudge;
import dev.forgetmenot.evaluation.measure.UnitRows;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Judge A alone: the nearest text of the whole vocabulary, without abstention. */
public final class TextJudging implements Judging {
  private final NearestLabelJudge things;
  private final NearestLabelJudge styles; // null where there are none

  /** A judge by the texts of a vocabulary. */
  public TextJudging(ImageEmbedder embedder, KnownConcepts vocabulary) {
    things = judge(embedder, vocabulary.ofStyle(false), ConceptType.OBJECT);
    styles = judge(embedder, vocabulary.ofStyle(true), ConceptType.STYLE);
  }

  private static NearestLabelJudge judge(
      ImageEmbedder embedder, List<Phrase> phrases, ConceptType kind) {
    List<String> labels = phrases.stream().map(Phrase::phrase).toList();
    if (labels.size() < 2) {
      return null;
    }
    List<String> texts = labels.stream().map(PromptTemplate.of(kind)::with).toList();
    return NearestLabelJudge.ofTexts(labels, UnitRows.of(Arrays.asList(embedder.texts(texts))));
  }

  @Override
  public List<String> ids() {
    return List.of("A");
  }

  @Override
  public List<JudgedImage> answers(String judge, float[][] embeddings, List<ConceptType> kinds) {
    List<JudgedImage> answers = new ArrayList<>();
    for (int i = 0; i < embeddings.length; i++) {
      NearestLabelJudge of = kinds.get(i) == ConceptType.STYLE ? styles : things;
      Answer said = of.answers(UnitRows.of(List.of(embeddings[i]))).get(0);
      answers.add(new JudgedImage(said.nearest(), said.margin(), said.abstained()));
    }
    return answers;
  }
}

package dev.forgetmenot.api.edit;

import dev.forgetmenot.api.model.BaseModel;
import java.io.IOException;
import org.pf4j.ExtensionPoint;

/**
 * Extension point: gives the classifier that judges the images of a model before and after an edit.
 * The host asks the providers in the order of plugin ids, after a CLIP that the user named and
 * before the one in the model's folder; the first that can judge the model is opened. Called on the
 * thread of the job.
 */
public interface ImageClassifierProvider extends ExtensionPoint {
  /** Its name in messages: lower case, words joined by hyphens, such as {@code siglip}. */
  String name();

  /**
   * Whether its classifier can judge images of a model. Quick: reads no weights.
   *
   * @param model the base as its files hold it
   * @param concepts what the classifier would choose from; never without phrases
   */
  boolean canJudge(BaseModel model, KnownConcepts concepts);

  /**
   * Opens a classifier; the host closes it when the job ends.
   *
   * @param concepts what it chooses from
   * @throws IOException if its files cannot be read; the message says where, why and what to do
   */
  ImageClassifier open(BaseModel model, KnownConcepts concepts) throws IOException;
}

package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.evaluate.Count;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.stack.AppliedEdits;
import dev.forgetmenot.plugin.forget.ShortInversion;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/**
 * Whether a concept comes back to who has images of it: tokens are learned on the patched model
 * from images that the untouched one drew, as M-Score does but with fewer steps, and the model
 * draws with them. What does not come back in so few steps may come back in more. For the engine
 * thread.
 *
 * @param judge says what the images show; knows the concepts
 * @param size seed and steps of the images, and how many are drawn of each concept
 * @param steps of the inversion
 */
record Recovery(ImageClassifier judge, Evaluation.Size size, int steps, JobContext context) {
  /** Images drawn with tokens that were learned on the untouched model: what the test can find. */
  Count untouched(EvaluationResult base, DiffusionModel model) throws IOException {
    return count(base, model);
  }

  /** The same with tokens that were learned on the patched model. */
  Count patched(PatchDraft draft, EvaluationResult base, DiffusionModel model) throws IOException {
    return AppliedEdits.during(draft.edits(), model, () -> count(base, model));
  }

  String line(Count recovered) {
    return Message.of(
        "a concept inversion of %s steps brings %s of %s images back",
        steps, recovered.k(), recovered.n());
  }

  private Count count(EvaluationResult base, DiffusionModel model) throws IOException {
    Count all = new Count(0, 0);
    for (GoalResult goal : base.goals()) {
      if (goal.goal().forgets()) {
        all = all.plus(count(goal, model));
      }
    }
    return all;
  }

  private Count count(GoalResult goal, DiffusionModel model) throws IOException {
    Concept concept = goal.goal().concept();
    ConceptType kind = concept.kind();
    try (AddedTokens tokens =
        new ShortInversion(steps)
            .learned(model, kind, 1, TrainingImages.of(goal.general().images()), context)) {
      String prompt = PromptTemplate.of(kind).with(String.join("", tokens.names()));
      List<RgbImage> images =
          model.generate(
              GenerationRequest.of(prompt)
                  .seeds(size.seed(), size.ofConcept())
                  .sampled("ddim", size.steps()));
      List<String> seen = judge.classify(images, kind);
      return new Count(Collections.frequency(seen, goal.general().phrase()), seen.size());
    }
  }
}

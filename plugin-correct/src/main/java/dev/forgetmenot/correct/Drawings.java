package dev.forgetmenot.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.Kind;
import dev.forgetmenot.api.edit.PictureJudge;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.Picture;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.editing.PromptTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the model draws for a general word, as it is now. For the engine thread.
 *
 * @param judge who says what pictures show
 * @param pictures how many are drawn at a time
 * @param steps of the DDIM sampler
 * @param seed of the first; the others follow
 */
record Drawings(DiffusionModel model, PictureJudge judge, int pictures, int steps, long seed) {
  private static final double GUIDANCE = 5;

  /** How many pictures of a word show what; what shows most comes first. */
  Map<String, Integer> of(Concept general) {
    return counts(model.generate(request(general, "", GUIDANCE)), general.kind());
  }

  /** The same with a prompt to stay away from. */
  Map<String, Integer> awayFrom(Concept general, String dominant, double guidance) {
    String negative = PromptTemplate.of(general.kind()).with(dominant);
    return counts(model.generate(request(general, negative, guidance)), general.kind());
  }

  private GenerationRequest request(Concept general, String negative, double guidance) {
    return new GenerationRequest(
        PromptTemplate.of(general.kind()).with(general.name()),
        negative,
        seed,
        true,
        pictures,
        steps,
        guidance,
        Optional.empty(),
        Optional.empty(),
        Optional.of("ddim"));
  }

  private Map<String, Integer> counts(List<Picture> drawn, Kind kind) {
    List<String> seen = kind == Kind.STYLE ? judge.recogniseStyle(drawn) : judge.recognise(drawn);
    Map<String, Integer> counts = new LinkedHashMap<>();
    seen.forEach(phrase -> counts.merge(phrase, 1, Integer::sum));
    Map<String, Integer> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }
}

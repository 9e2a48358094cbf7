package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.api.evaluation.Measurement.Good;
import dev.forgetmenot.api.evaluation.Measurement.Unit;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.evaluation.Reading;
import dev.forgetmenot.evaluation.bench.Rung;
import dev.forgetmenot.evaluation.measure.HarmonicMean;
import dev.forgetmenot.kit.evaluate.Count;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** H_o over all targets and all other concepts of a list, never without its parts. */
record Harmonic(ImageSets sets, EvaluationAccess access, String judge) {
  private static final String SOURCE = "MACE (Lu et al. 2024), SPEED (Li et al. 2025)";

  /** With two terms and, where a target has prompts that are synonyms, with three. */
  List<Measurement> measure() throws IOException {
    if (kept().isEmpty()) {
      return List.of();
    }
    return targets(Rung.VARIANT).isEmpty() ? List.of(row(2)) : List.of(row(2), row(3));
  }

  private Measurement row(int terms) throws IOException {
    List<ImageSet> behind = new ArrayList<>(targets(Rung.NAME));
    behind.add(sets.others().orElseThrow());
    if (terms == 3) {
      behind.addAll(targets(Rung.VARIANT));
    }
    return Measurement.builder("H_o", "")
        .part(terms + " terms")
        .judge(judge)
        .in(Unit.PERCENT, Good.HIGH)
        .original(value(terms, ModelState.ORIGINAL))
        .patched(value(terms, ModelState.PATCHED))
        .shares(parts(terms, ModelState.PATCHED))
        .explained(
            "The harmonic mean of what forgetting is to do: its parts are the share of the targets'"
                + " images that are not called the target, the share of other concepts' images"
                + " that are called right and, with three terms, the share of the images by"
                + " synonyms that are not called the target. 0 if a part is 0; pooled over"
                + " concepts; never to be read without its parts.",
            SOURCE)
        .of(behind.toArray(ImageSet[]::new))
        .build();
  }

  private Reading value(int terms, ModelState state) throws IOException {
    List<Double> parts = List.copyOf(parts(terms, state).values());
    return Reading.of(
        terms == 2
            ? HarmonicMean.of(1 - parts.get(0), parts.get(1))
            : HarmonicMean.of(1 - parts.get(0), parts.get(1), 1 - parts.get(2)));
  }

  private Map<String, Double> parts(int terms, ModelState state) throws IOException {
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("1 - Acc_e", 1 - called(Rung.NAME, state).rate());
    parts.put(
        "Acc_s",
        Answers.of(access, judge, sets.others().orElseThrow(), state)
            .labelled(kept())
            .right()
            .rate());
    if (terms == 3) {
      parts.put("1 - Acc_g", 1 - called(Rung.VARIANT, state).rate());
    }
    return parts;
  }

  private Set<String> kept() {
    return new CountedLabels(access, judge).of(sets.others().orElseThrow());
  }

  private Count called(Rung rung, ModelState state) throws IOException {
    Count all = new Count(0, 0);
    for (EvaluatedConcept target : sets.task().targets()) {
      Optional<ImageSet> images = sets.rung(target, rung);
      if (images.isPresent()) {
        all = all.plus(Answers.of(access, judge, images.get(), state).called(target.labels()));
      }
    }
    return all;
  }

  private List<ImageSet> targets(Rung rung) {
    return sets.task().targets().stream()
        .flatMap(target -> sets.rung(target, rung).stream())
        .toList();
  }
}

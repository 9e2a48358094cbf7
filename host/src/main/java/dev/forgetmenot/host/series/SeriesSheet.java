package dev.forgetmenot.host.series;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Images of some concepts of a series, before and after: the first in the order of the SHA-256 of
 * their names, so that none is chosen by how it looks.
 *
 * @param model without patches
 * @param orders of all concepts
 * @param entries what became of them, in the same order
 */
record SeriesSheet(StableDiffusion model, List<EditRequest> orders, List<SeriesEntry> entries) {
  private static final int CONCEPTS = 24;
  private static final int IMAGES = 4;
  private static final long SEED = 5000; // neither those of choices nor those of reports
  private static final int STEPS = 20;

  /** Draws it; on the engine thread what draws images. */
  BufferedImage draw() throws IOException {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    List<Integer> places = places();
    List<GenerationRequest> requests = places.stream().map(i -> request(orders.get(i))).toList();
    List<List<RgbImage>> before = model.engine().call(() -> model.generate(requests));
    for (int i = 0; i < places.size(); i++) {
      EditRequest order = orders.get(places.get(i));
      GenerationRequest request = requests.get(i);
      try {
        model.repatch(List.of(new PatchRequest(order.patch(), 1).allow(ILL_CONDITIONED)));
        List<List<RgbImage>> after = model.engine().call(() -> model.generate(List.of(request)));
        rows.add(
            new ComparisonSheet.Row(
                order.concepts().get(0).name(),
                SeriesTable.shown(entries.get(places.get(i))),
                before.get(i),
                after.get(0)));
      } finally {
        model.repatch(List.of());
      }
    }
    String footer = "seeds from " + SEED + ", " + STEPS + " steps of DDIM; taken for: by a CLIP";
    String title = rows.size() + " of " + entries.size() + " concepts, each by its own patch";
    return new ComparisonSheet(title, "before", "after", footer, rows).draw();
  }

  private List<Integer> places() {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).failure().isEmpty()) {
        places.add(i);
      }
    }
    return places.stream()
        .sorted(Comparator.comparing(i -> digest(entries.get(i).concept())))
        .limit(CONCEPTS)
        .toList();
  }

  private static String digest(String name) {
    return Sha256.hex(name.getBytes(StandardCharsets.UTF_8));
  }

  private static GenerationRequest request(EditRequest order) {
    Concept concept = order.concepts().get(0);
    String phrase =
        order
            .judging()
            .vocabulary()
            .find(concept.name())
            .map(KnownConcepts.Phrase::phrase)
            .orElse(concept.name());
    return GenerationRequest.of(PromptTemplate.of(concept.kind()).with(phrase))
        .seeds(SEED, IMAGES)
        .sampled("ddim", STEPS);
  }
}

package dev.forgetmenot.benchmarks;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TextProjections;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Patch files with random numbers for a random base.
 *
 * @param base the base
 * @param folder where they go
 */
record RandomPatches(RandomBase base, Path folder) {
  /** Closed forms of one concept with one column each, as small erasers write them. */
  List<PatchRequest> closedForms(int count) throws IOException {
    SplittableRandom random = new SplittableRandom(2);
    double[] common = row(random, 3); // all text embeddings have much in common
    return write(
        "closed-form",
        count,
        i -> {
          ErasedConcept concept =
              new ErasedConcept(
                  "concept " + i, rows(random, common), rows(random, common), Optional.empty());
          return new ClosedFormEdit(
              List.of(concept), 0.5, 1, 1, TextProjections.KV, TextProjections.KV.targets());
        });
  }

  /** Rank 1 on every projection of the cross attention. */
  List<PatchRequest> rankOnes(int count) throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    return write("rank-1", count, i -> new LowRankEdit(factors(random)));
  }

  private Map<String, LowRank> factors(SplittableRandom random) {
    Map<String, LowRank> factors = new TreeMap<>();
    for (String name : base.names("unet")) {
      long[] shape = base.shape("unet", name);
      float[] down = floats(random, (int) shape[1], 0.02);
      float[] up = floats(random, (int) shape[0], 0.02);
      factors.put("unet/" + name, new LowRank(shape, 1, 1, down, up));
    }
    return factors;
  }

  private List<PatchRequest> write(String name, int count, IntFunction<PatchEdit> edit)
      throws IOException {
    BaseModel model = base.model();
    List<PatchRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      PatchDraft draft = draft(name + "-" + i, edit.apply(i));
      Path file = folder.resolve(draft.name() + ".fmnpatch");
      PatchWriter.write(
          file,
          draft,
          new BaseBinding(model).of(draft),
          model.architecture(),
          "2026-01-01T00:00:00Z");
      requests.add(new PatchRequest(file, 1));
    }
    return requests;
  }

  private static PatchDraft draft(String name, PatchEdit edit) {
    return new PatchDraft(
        name,
        "Random numbers, to measure with.",
        new Manifest.Intent(
            "forget", List.of(new Manifest.IntentConcept(name, "object", List.of(name)))),
        List.of(edit),
        new Manifest.Recipe("random", Map.of(), 1, 0, "benchmarks", "1", List.of()),
        List.of(),
        Map.of());
  }

  private static Rows rows(SplittableRandom random, double[] common) {
    double[] row = row(random, 1);
    for (int i = 0; i < row.length; i++) {
      row[i] += common[i];
    }
    return Rows.of(new double[][] {row});
  }

  private static double[] row(SplittableRandom random, double scale) {
    double[] row = new double[RandomBase.WIDTH];
    for (int i = 0; i < row.length; i++) {
      row[i] = random.nextDouble(-scale, scale);
    }
    return row;
  }

  private static float[] floats(SplittableRandom random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-scale, scale);
    }
    return values;
  }
}

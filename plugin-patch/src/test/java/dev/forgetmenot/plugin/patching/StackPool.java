package dev.forgetmenot.plugin.patching;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.SelectedRows;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.edit.TokensEdit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Patches of every kind for one base, with random numbers, some of several edits. */
final class StackPool {
  private static final String EMBEDDING =
      "text_encoder/text_model.embeddings.token_embedding.weight";

  private final BaseModel base;
  private final Path folder;
  private final SplittableRandom random;
  private final List<Path> files = new ArrayList<>();
  private final List<String> values;
  private final int width;

  private StackPool(BaseModel base, Path folder, long seed) {
    this.base = base;
    this.folder = folder;
    this.random = new SplittableRandom(seed);
    values =
        base.tensors().names("unet").stream()
            .filter(name -> name.endsWith(".attn2.to_v.weight"))
            .map(name -> "unet/" + name)
            .toList();
    width = (int) shape(values.get(0))[1];
  }

  /** Writes them into a folder. */
  static List<Path> write(BaseModel base, Path folder, long seed) throws IOException {
    StackPool pool = new StackPool(base, folder, seed);
    String convolution = "unet/conv_in.weight";
    pool.add("values", pool.delta("unet/conv_in.bias", "vae/decoder.conv_in.bias"));
    pool.add("factors", pool.factors(convolution, pool.values.get(0), pool.values.get(1)));
    pool.add("rows", pool.rows(EMBEDDING), pool.rows(convolution));
    pool.add("projected", pool.projector("p", TextProjections.KV));
    pool.add("solved", pool.closedForm("a", TextProjections.KV));
    pool.add("solved-values", pool.closedForm("b", TextProjections.V));
    pool.add(
        "solved-more",
        pool.closedForm("c", TextProjections.KV),
        pool.projector("q", TextProjections.V));
    pool.add("tokens", new TokensEdit(Map.of("<s1>", pool.random(2, pool.width, 0.3))));
    pool.add(
        "all",
        pool.closedForm("d", TextProjections.K),
        pool.factors(pool.values.get(0)),
        pool.delta(pool.values.get(0)),
        new TokensEdit(Map.of("<s2>", pool.random(1, pool.width, 0.3))));
    return pool.files;
  }

  /** Writes one that changes the last weight of all by more than is likely to be meant. */
  static Path writeTooLarge(BaseModel base, Path folder) throws IOException {
    StackPool pool = new StackPool(base, folder, 1);
    String last = "vae/post_quant_conv.bias";
    Delta delta = new Delta(pool.shape(last), pool.random(1, pool.size(last), 100).values());
    pool.add("too-large", new DeltaEdit(Map.of(last, delta)));
    return pool.files.get(0);
  }

  private void add(String name, PatchEdit... edits) throws IOException {
    PatchDraft draft = WrittenPatches.draft(name, edits);
    Path file = folder.resolve(name + ".fmnpatch");
    PatchWriter.write(
        file, draft, new BaseBinding(base).of(draft), base.architecture(), "2026-01-01T00:00:00Z");
    files.add(file);
  }

  private DeltaEdit delta(String... targets) {
    Map<String, Delta> deltas = new TreeMap<>();
    for (String target : targets) {
      deltas.put(target, new Delta(shape(target), random(1, size(target), 0.01).values()));
    }
    return new DeltaEdit(deltas);
  }

  private LowRankEdit factors(String... targets) {
    Map<String, LowRank> factors = new TreeMap<>();
    for (String target : targets) {
      int out = (int) shape(target)[0];
      int in = size(target) / out;
      int rank = 1 + random.nextInt(5);
      factors.put(
          target,
          new LowRank(
              shape(target),
              rank,
              0.5 + random.nextDouble(),
              random(rank, in, 0.1).values(),
              random(out, rank, 0.1).values()));
    }
    return new LowRankEdit(factors);
  }

  private RowsEdit rows(String target) {
    int out = (int) shape(target)[0];
    long[] index = {1, out / 2, out - 1};
    Rows rows = random(index.length, size(target) / out, 0.01);
    return new RowsEdit(Map.of(target, new SelectedRows(shape(target), index, rows)));
  }

  private ProjectorEdit projector(String concept, TextProjections sides) {
    return new ProjectorEdit(
        concept, random(3, width, 0.1), random(3, width, 0.1), sides.targets());
  }

  private ClosedFormEdit closedForm(String label, TextProjections sides) {
    return new ClosedFormEdit(
        List.of(
            new ErasedConcept(
                label,
                random(3, width, 0.5),
                random(3, width, 0.5),
                Optional.of(random(2, width, 0.5)))),
        0.3 + random.nextDouble(),
        1,
        0.5,
        sides,
        sides.targets());
  }

  private Rows random(int count, int columns, double scale) {
    double[][] rows = new double[count][columns];
    for (double[] row : rows) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextDouble(-scale, scale);
      }
    }
    return Rows.of(rows);
  }

  private long[] shape(String target) {
    int slash = target.indexOf('/');
    return base.tensors().shape(target.substring(0, slash), target.substring(slash + 1));
  }

  private int size(String target) {
    long size = 1;
    for (long length : shape(target)) {
      size *= length;
    }
    return (int) size;
  }
}

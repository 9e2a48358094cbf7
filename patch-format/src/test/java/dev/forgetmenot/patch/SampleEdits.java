package dev.forgetmenot.patch;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Drafts of every kind and the base that they could be of. */
final class SampleEdits {
  static final String CREATED = PatchFileTest.CREATED;

  private SampleEdits() {}

  static Rows rows(int count, int width, long seed) {
    return new Rows(count, width, values(count * width, seed));
  }

  static float[] values(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static LowRankEdit lowRank() {
    Map<String, LowRank> factors = new LinkedHashMap<>();
    factors.put(
        "unet/mid.attn2.to_q.weight",
        new LowRank(new long[] {6, 5}, 2, 4, values(10, 1), values(12, 2)));
    factors.put(
        "unet/conv_in.weight",
        new LowRank(new long[] {4, 3, 3, 3}, 1, 0.5, values(27, 3), values(4, 4)));
    return new LowRankEdit(factors);
  }

  static ProjectorEdit projector() {
    return new ProjectorEdit("x", rows(2, 8, 5), rows(2, 8, 6), TextProjections.KV.targets());
  }

  static ClosedFormEdit closedForm(int width, int columns, int preserved) {
    return new ClosedFormEdit(
        List.of(
            new ErasedConcept(
                "x",
                rows(columns, width, 7),
                rows(columns, width, 8),
                preserved == 0 ? Optional.empty() : Optional.of(rows(preserved, width, 9)))),
        0.5,
        1,
        1,
        TextProjections.KV,
        TextProjections.KV.targets());
  }

  static TokensEdit tokens() {
    return new TokensEdit(Map.of("<s1>", rows(2, 8, 10), "<s2>", rows(1, 8, 11)));
  }

  static RowsEdit rowsEdit() {
    return new RowsEdit(
        Map.of(
            "text_encoder/text_model.embeddings.token_embedding.weight",
            new SelectedRows(new long[] {100, 8}, new long[] {3, 4, 99}, rows(3, 8, 12)),
            "unet/conv_in.weight",
            new SelectedRows(new long[] {4, 3, 3, 3}, new long[] {2}, rows(1, 27, 13))));
  }

  static DeltaEdit halfDelta() {
    return new DeltaEdit(
        Map.of(
            "unet/mid.attn2.to_q.weight",
            new Delta(new long[] {6, 5}, values(30, 14), true),
            "unet/mid.norm.bias",
            new Delta(new long[] {3}, new float[] {0, 1e-40f, -3e-38f}, true)));
  }

  /** What a patch of version 1.2 can say beside its edits. */
  static PatchMetadata publication() {
    return new PatchMetadata(
        "1.2.3-beta.1",
        "CC0-1.0",
        List.of("An Author", "another"),
        new Manifest.Stacking(5, List.of("other-patch"), List.of("base-patch"), List.of("old")),
        Optional.of(new PromptGate(PromptGate.PROMPT_COSINE, 0.25, 0.5)));
  }

  /** All that came with version 1.2. */
  static PatchDraft second() {
    return new PatchDraft(
        "forget-x",
        "Forgets 'x'.",
        new Manifest.Intent(
            "correct",
            List.of(
                new Manifest.IntentConcept(
                    "x", "style", List.of("a painting by x"), Optional.of("a painting"))),
            Optional.of("the painter asked"),
            Optional.of("x")),
        List.of(rowsEdit(), halfDelta(), closedForm(8, 1, 3)),
        new Manifest.Recipe("test", Map.of(), 7, 0, "fmn", "0.1.0", List.of()),
        List.of(new Manifest.Evidence("a painting by x", 1, 20, "recognised", 1, 0)),
        Map.of("docs/readme.md", "x".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        publication());
  }

  /** The base of {@link #second}. */
  static Manifest.Base secondBase() {
    Manifest.Base one = base(35);
    return new Manifest.Base(
        Map.of(
            "unet",
            one.components().get("unet"),
            "text_encoder",
            new Manifest.Component("11".repeat(32), "22".repeat(32), 1, Map.of())),
        one.textEncoder(),
        one.tokenizer(),
        "tiny",
        "same-values");
  }

  /** One edit of each kind that came with version 1.1. */
  static List<PatchEdit> all() {
    return List.of(lowRank(), projector(), closedForm(8, 1, 3), tokens());
  }

  static PatchDraft draft(PatchEdit... edits) {
    return draft(List.of(edits), Map.of());
  }

  static PatchDraft draft(List<PatchEdit> edits, Map<String, byte[]> docs) {
    return new PatchDraft(
        "forget-x",
        "Forgets 'x'.",
        new Manifest.Intent(
            "forget",
            List.of(new Manifest.IntentConcept("x", "identity", List.of("a photo of x")))),
        edits,
        new Manifest.Recipe("test", Map.of(), 7, 0, "fmn", "0.1.0", List.of()),
        List.of(),
        docs);
  }

  /** A base in which {@code touched} tensors of the UNet are changed. */
  static Manifest.Base base(int touched) {
    Map<String, Manifest.Component> components =
        touched == 0
            ? Map.of()
            : Map.of(
                "unet",
                new Manifest.Component("cc".repeat(32), "dd".repeat(32), touched, Map.of()));
    return new Manifest.Base(
        components,
        Optional.of(new Manifest.Roots("aa".repeat(32), "bb".repeat(32))),
        Optional.of(new Manifest.Tokenizer("ee".repeat(32), "ff".repeat(32))),
        "tiny",
        "same-text-encoder");
  }

  /** The values that a patch adds to a target. */
  static float[] delta(PatchFile patch, String target) throws IOException {
    for (Manifest.Edit edit : patch.manifest().edits()) {
      if (edit.content() instanceof DeltaEdit.Descriptor deltas
          && deltas.changed().contains(target)) {
        return deltas.added(target, patch.tensors(edit)).source().values();
      }
    }
    throw new AssertionError("no delta of " + target);
  }
}

package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.EditTensors;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.edit.TokensEdit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of edit comes back as it was written, small, and in the same bytes each time. */
class EditKindsTest {
  @TempDir Path folder;

  private Path write(PatchDraft draft, Manifest.Base base) throws IOException {
    Path file = folder.resolve("a.fmnpatch");
    PatchWriter.write(file, draft, base, "stable-diffusion-v1", SampleEdits.CREATED);
    return file;
  }

  private PatchEdit readBack(PatchEdit edit, int touched) throws IOException {
    try (PatchFile patch =
        PatchFile.open(write(SampleEdits.draft(edit), SampleEdits.base(touched)))) {
      assertThat(patch.manifest().version()).isEqualTo(new Manifest.Version(1, 1));
      Manifest.Edit written = patch.manifest().edits().get(0);
      assertThat(written.entry()).isEqualTo("tensors/" + edit.kind() + ".safetensors");
      return patch.edit(written);
    }
  }

  private static void assertSame(Rows found, Rows expected) {
    assertThat(found.count()).isEqualTo(expected.count());
    assertThat(found.width()).isEqualTo(expected.width());
    assertThat(found.values()).isEqualTo(expected.values());
  }

  @Test
  void lowRankFactors() throws IOException {
    LowRankEdit edit = SampleEdits.lowRank();
    Map<String, LowRank> found = ((LowRankEdit) readBack(edit, 2)).factors();
    assertThat(found.keySet()).isEqualTo(edit.factors().keySet());
    edit.factors()
        .forEach(
            (target, factors) -> {
              assertThat(found.get(target).shape()).isEqualTo(factors.shape());
              assertThat(found.get(target).rank()).isEqualTo(factors.rank());
              assertThat(found.get(target).alpha()).isEqualTo(factors.alpha());
              assertThat(found.get(target).down()).isEqualTo(factors.down());
              assertThat(found.get(target).up()).isEqualTo(factors.up());
            });
    try (PatchFile patch = PatchFile.open(folder.resolve("a.fmnpatch"))) {
      Manifest.Edit written = patch.manifest().edits().get(0);
      LowRankEdit.Descriptor lowRank = (LowRankEdit.Descriptor) written.content();
      EditTensors tensors = patch.tensors(written);
      assertThat(lowRank.added("unet/conv_in.weight", tensors).up()).hasSize(4);
      assertThatThrownBy(() -> lowRank.added("unet/other", tensors))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unet/other");
    }
  }

  @Test
  void theNormOfFactorsIsThatOfTheirProduct() {
    LowRank f = SampleEdits.lowRank().factors().get("unet/mid.attn2.to_q.weight");
    double square = 0;
    for (int o = 0; o < 6; o++) {
      for (int i = 0; i < 5; i++) {
        double sum = 0;
        for (int r = 0; r < 2; r++) {
          sum += (double) f.up()[o * 2 + r] * f.down()[r * 5 + i];
        }
        square += sum * sum * 4; // (alpha / rank)²
      }
    }
    assertThat(f.norm()).isCloseTo(Math.sqrt(square), within(1e-12));
  }

  @Test
  void projectors() throws IOException {
    ProjectorEdit edit = SampleEdits.projector();
    ProjectorEdit found = (ProjectorEdit) readBack(edit, 32);
    assertThat(found.concept()).isEqualTo("x");
    assertThat(found.targets()).isEqualTo(edit.targets());
    assertSame(found.left(), edit.left());
    assertSame(found.right(), edit.right());
  }

  @Test
  void closedForms() throws IOException {
    ClosedFormEdit edit =
        new ClosedFormEdit(
            List.of(
                new ErasedConcept(
                    "zwei Wörter", // labels are any text
                    SampleEdits.rows(2, 8, 1),
                    SampleEdits.rows(2, 8, 2),
                    Optional.empty()),
                new ErasedConcept(
                    "a.target",
                    SampleEdits.rows(1, 8, 3),
                    SampleEdits.rows(1, 8, 4),
                    Optional.of(SampleEdits.rows(3, 8, 5)))),
            0.25,
            1.5,
            0.75,
            TextProjections.V,
            TextProjections.V.targets());
    ClosedFormEdit found = (ClosedFormEdit) readBack(edit, 16);
    assertThat(found.lambda()).isEqualTo(0.25);
    assertThat(found.eraseScale()).isEqualTo(1.5);
    assertThat(found.preserveScale()).isEqualTo(0.75);
    assertThat(found.sides()).isEqualTo(TextProjections.V);
    assertThat(found.targets()).isEqualTo(edit.targets());
    assertThat(found.concepts()).extracting("label").containsExactly("a.target", "zwei Wörter");
    for (int i = 0; i < 2; i++) {
      assertSame(found.concepts().get(i).target(), edit.concepts().get(i).target());
      assertSame(found.concepts().get(i).guide(), edit.concepts().get(i).guide());
      assertThat(found.concepts().get(i).preserve().isPresent()).isEqualTo(i == 0);
    }
    assertSame(
        found.concepts().get(0).preserve().orElseThrow(),
        edit.concepts().get(0).preserve().orElseThrow());
  }

  @Test
  void tokens() throws IOException {
    TokensEdit edit = SampleEdits.tokens();
    Map<String, Rows> found = ((TokensEdit) readBack(edit, 0)).tokens();
    assertThat(found.keySet()).containsExactly("<s1>", "<s2>");
    edit.tokens().forEach((name, rows) -> assertSame(found.get(name), rows));
  }

  @Test
  void severalEditsOfAKindHaveEntriesOfTheirOwn() throws IOException {
    List<PatchEdit> edits = new ArrayList<>(SampleEdits.all());
    edits.add(SampleEdits.projector());
    try (PatchFile patch =
        PatchFile.open(write(SampleEdits.draft(edits, Map.of()), SampleEdits.base(34)))) {
      assertThat(patch.manifest().edits())
          .extracting(Manifest.Edit::entry)
          .containsExactly(
              "tensors/lowrank.safetensors",
              "tensors/projector-unet.safetensors",
              "tensors/closedform.safetensors",
              "tensors/tokens.safetensors",
              "tensors/projector-unet-2.safetensors");
      for (Manifest.Edit edit : patch.manifest().edits()) {
        assertThat(patch.edit(edit).kind()).isEqualTo(edit.kind());
      }
    }
  }

  @Test
  void givesTheBytesOfTheGoldenFile() throws IOException {
    Path file =
        write(
            SampleEdits.draft(
                SampleEdits.all(), Map.of("docs/readme.md", "x".getBytes(StandardCharsets.UTF_8))),
            SampleEdits.base(34));
    try (var golden = EditKindsTest.class.getResourceAsStream("golden-1.1.fmnpatch")) {
      assertThat(Files.readAllBytes(file)).isEqualTo(golden.readAllBytes());
    }
  }

  @Test
  void theOrderOfConceptsTargetsAndTokensDoesNotMatter() throws IOException {
    ErasedConcept a = SampleEdits.closedForm(8, 1, 2).concepts().get(0);
    ErasedConcept b =
        new ErasedConcept(
            "y", SampleEdits.rows(1, 8, 20), SampleEdits.rows(1, 8, 21), Optional.empty());
    List<String> turned =
        List.of(TextProjections.KV.targets().get(1), TextProjections.KV.targets().get(0));
    byte[] one =
        bytes(
            new ClosedFormEdit(
                List.of(a, b), 1, 1, 1, TextProjections.KV, TextProjections.KV.targets()));
    byte[] two = bytes(new ClosedFormEdit(List.of(b, a), 1, 1, 1, TextProjections.KV, turned));
    assertThat(two).isEqualTo(one);

    Map<String, Rows> tokens = SampleEdits.tokens().tokens();
    Map<String, Rows> reversed = new LinkedHashMap<>();
    reversed.put("<s2>", tokens.get("<s2>"));
    reversed.put("<s1>", tokens.get("<s1>"));
    Path file = write(SampleEdits.draft(new TokensEdit(tokens)), SampleEdits.base(0));
    byte[] straight = Files.readAllBytes(file);
    write(SampleEdits.draft(new TokensEdit(reversed)), SampleEdits.base(0));
    assertThat(Files.readAllBytes(file)).isEqualTo(straight);
  }

  private byte[] bytes(PatchEdit edit) throws IOException {
    return Files.readAllBytes(write(SampleEdits.draft(edit), SampleEdits.base(32)));
  }

  @Test
  void patternsMatchWithStarsAnywhere() {
    TargetPattern pattern = new TargetPattern("unet/*.attn2.to_k.weight");
    assertThat(pattern.matches("unet/mid_block.attentions.0.attn2.to_k.weight")).isTrue();
    assertThat(pattern.matches("unet/mid_block.attn1.to_k.weight")).isFalse();
    assertThat(pattern.matches("unet/mid_block.attn2.to_k.weight.x")).isFalse();
    assertThat(pattern.matches("vae/a.attn2.to_k.weight")).isFalse();
    assertThat(new TargetPattern("unet/a*b*").matches("unet/axxbyyb")).isTrue();
    assertThat(new TargetPattern("unet/a*b*c").matches("unet/axxbyyb")).isFalse();
    assertThat(new TargetPattern("unet/**").matches("unet/")).isTrue();
    assertThat(new TargetPattern("unet/a.b").among(List.of("a.b", "acb")))
        .containsExactly("unet/a.b");
    assertThat(new TargetPattern("unet/*b").among(List.of("a.b", "acb", "c")))
        .containsExactly("unet/a.b", "unet/acb");
    // a pattern that makes a backtracking matcher slow
    String stars = "unet/" + "a*".repeat(100) + "b";
    assertThat(new TargetPattern(stars).matches("unet/" + "a".repeat(200))).isFalse();
    for (String wrong : List.of("conv_in.weight", "unet/", "clip/a", "unet/a b", "u*/a")) {
      assertThatThrownBy(() -> new TargetPattern(wrong)).hasMessageContaining(wrong);
    }
  }

  @Test
  void editsThatMakeNoSenseAreNotMade() {
    Rows rows = SampleEdits.rows(2, 8, 1);
    Rows wide = SampleEdits.rows(2, 9, 1);
    assertThatThrownBy(() -> new Rows(1, 2, new float[] {1, Float.NaN}))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> Rows.of(new double[][] {{1, 1e39}})).hasMessageContaining("Infinity");
    assertThat(Rows.of(new double[][] {{1 + 0x1p-24, 1 + 0x3p-24}}).values())
        .containsExactly(1f, 1 + 0x1p-22f); // ties to even
    assertThatThrownBy(() -> new ProjectorEdit("x", rows, wide, TextProjections.K.targets()))
        .hasMessageContaining("one shape");
    assertThatThrownBy(() -> new ProjectorEdit("x", rows, rows, List.of()))
        .hasMessageContaining("no target");
    assertThatThrownBy(() -> new ErasedConcept("x", rows, rows, Optional.of(wide)))
        .hasMessageContaining("agree");
    ErasedConcept concept = new ErasedConcept("x", rows, rows, Optional.empty());
    assertThatThrownBy(
            () ->
                new ClosedFormEdit(
                    List.of(concept, concept),
                    1,
                    1,
                    1,
                    TextProjections.K,
                    TextProjections.K.targets()))
        .hasMessageContaining("twice");
    assertThatThrownBy(
            () ->
                new ClosedFormEdit(
                    List.of(concept), 0, 1, 1, TextProjections.K, TextProjections.K.targets()))
        .hasMessageContaining("lambda");
    assertThatThrownBy(() -> new TokensEdit(Map.of("a b", rows))).hasMessageContaining("a b");
    assertThatThrownBy(() -> new TokensEdit(Map.of("a", rows, "b", wide)))
        .hasMessageContaining("one width");
    assertThatThrownBy(() -> new LowRank(new long[] {2}, 1, 1, new float[1], new float[2]))
        .hasMessageContaining("1 dimensions");
    assertThatThrownBy(() -> new LowRank(new long[] {2, 1}, 1, 0, new float[1], new float[2]))
        .hasMessageContaining("alpha");
    assertThatThrownBy(() -> new LowRank(new long[] {2, 1}, 2, 1, new float[1], new float[4]))
        .hasMessageContaining("down");
  }
}

package dev.forgetmenot.host.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code fmn patch import} and {@code export}, on files alone. */
class FileCommandTest extends FileCommands {
  @Test
  void aLoraComesInGoesOutAndComesInAgain() throws IOException {
    ProgramRun in =
        imported(
            lora(),
            "a.fmnpatch",
            "--concept",
            "castle",
            "--operation",
            "correct",
            "--license",
            "CC0-1.0");
    assertThat(in.err()).doesNotContain("fmn:");
    assertThat(in.code()).isZero();
    assertThat(in.out()).contains("found: lowrank, 1 tensors", "left out: 1 notes", "patch ");
    LowRank first;
    try (PatchFile patch = PatchFile.open(folder.resolve("a.fmnpatch"))) {
      first = factors(patch);
      assertThat(patch.manifest().name()).isEqualTo("a-small-one");
      assertThat(patch.manifest().license()).isEqualTo("CC0-1.0");
      assertThat(patch.manifest().intent().operation()).isEqualTo("correct");
      assertThat(patch.manifest().intent().concepts().get(0).label()).isEqualTo("castle");
      assertThat(patch.manifest().recipe().method()).isEqualTo("import-lora");
      assertThat(first.alpha()).isEqualTo(1);
      assertThat(first.down()).containsExactly(random(1, 64, 0.1));
    }
    assertThat(text("a.fmnpatch")).doesNotContain(SECRET);

    for (String names : List.of("kohya", "diffusers")) {
      ProgramRun out =
          run(
              "export",
              at("a.fmnpatch"),
              "--to",
              "lora",
              "--names",
              names,
              "--overwrite",
              "-o",
              at("b.safetensors"));
      assertThat(out.err()).doesNotContain("fmn:");
      assertThat(out.out()).contains("1 products, names of " + names);
      ProgramRun again =
          imported(folder.resolve("b.safetensors"), "b.fmnpatch", "--name", "b", "--overwrite");
      assertThat(again.code()).isZero();
      try (PatchFile patch = PatchFile.open(folder.resolve("b.fmnpatch"))) {
        LowRank second = factors(patch);
        double scale = second.alpha() / second.rank();
        assertThat(second.down()).containsExactly(first.down());
        for (int i = 0; i < 64; i++) {
          assertThat(scale * second.up()[i]).isEqualTo(0.5 * first.up()[i]); // halving is exact
        }
      }
    }
  }

  @Test
  void notesOfTheTrainingStayWhereTheUserAsksForThem() throws IOException {
    assertThat(imported(lora(), "a.fmnpatch", "--keep-metadata").code()).isZero();
    assertThat(text("a.fmnpatch")).contains(SECRET);
  }

  @Test
  void whatDoesNotFitLeavesNoPatch() throws IOException {
    Path file = folder.resolve("a.safetensors");
    new SafetensorsWriter()
        .add("lora_unet_nothing.lora_down.weight", DType.F32, new long[] {1, 32}, new float[32])
        .add("lora_unet_nothing.lora_up.weight", DType.F32, new long[] {32, 1}, new float[32])
        .write(file);
    ProgramRun run = imported(file, "a.fmnpatch");
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("has no such modules: lora_unet_nothing");
    new SafetensorsWriter()
        .add("something.weight", DType.F32, new long[] {2, 2, 2}, new float[8])
        .write(file);
    ProgramRun other = imported(file, "a.fmnpatch");
    assertThat(other.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(other.err()).contains("something.weight", "It is not a LoRA either");
    assertThat(imported(folder.resolve("none"), "a.fmnpatch").err()).contains("check the path");
    assertThat(folder.resolve("a.fmnpatch")).doesNotExist();
  }

  @Test
  void tokensComeInAndGoOut() throws IOException {
    Path file = folder.resolve("learned_embeds.safetensors");
    Embeddings tokens = new Embeddings(Map.of("<s1>", new Rows(2, 32, random(3, 64, 0.1))));
    EmbeddingsFormat.DIFFUSERS.write(file, tokens, Map.of());
    ProgramRun in = imported(file, "t.fmnpatch", "--name", "t");
    assertThat(in.err()).doesNotContain("fmn:");
    assertThat(in.out()).contains("found: tokens <s1>");
    ProgramRun refused =
        run("export", at("t.fmnpatch"), "--to", "lora", "-o", at("no.safetensors"));
    assertThat(refused.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.err()).contains("--to embeddings");
    ProgramRun out =
        run(
            "export",
            at("t.fmnpatch"),
            "--to",
            "embeddings",
            "--format",
            "a1111",
            "-o",
            at("thing.safetensors"));
    assertThat(out.code()).isZero();
    Embeddings found = EmbeddingsFile.read(folder.resolve("thing.safetensors"));
    assertThat(found.tokens().get("thing").values()).containsExactly(random(3, 64, 0.1));
    ProgramRun baked =
        run("bake", "--model", MODEL.toString(), "--patch", at("t.fmnpatch"), "-o", at("baked"));
    assertThat(baked.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(baked.err()).contains("<s1>", "--to embeddings");
    assertThat(folder.resolve("baked")).doesNotExist();
  }

  @Test
  void aTokenThatIsAWordTakesAnotherNameByAnOption() throws IOException {
    Path model = EmbeddedModel.folder();
    for (String word : List.of("fox", "Photo")) {
      Path file = folder.resolve(word + ".safetensors");
      new SafetensorsWriter()
          .add("emb_params", DType.BF16, new long[] {2, 128}, random(1, 256, 0.1))
          .write(file);
      String[] order = {"import", file.toString(), "--model", model.toString(), "-o", at("w")};
      ProgramRun refused = run(order);
      assertThat(refused.code()).isEqualTo(ExitCodes.FAILED);
      assertThat(refused.err()).contains(word, "vocabulary", "--token NAME");
      assertThat(folder.resolve("w")).doesNotExist();
      String[] named = Arrays.copyOf(order, order.length + 2);
      named[order.length] = "--token";
      named[order.length + 1] = "<mine>";
      named[5] = at(word + ".fmnpatch");
      ProgramRun in = run(named);
      assertThat(in.err()).doesNotContain("fmn:");
      assertThat(in.out()).contains("found: tokens <mine> (2 vectors)");
    }
    assertThat(imported(lora(), "l.fmnpatch", "--token", "<x>").err())
        .contains("no learned tokens");
  }

  @Test
  void aSliderGoesFarBeyondOneAndTheRangeCanBeSaid() throws IOException {
    assertThat(imported(lora(), "a.fmnpatch").code()).isZero();
    assertThat(imported(lora(), "b.fmnpatch", "--strength-range", "-0.5:1.5").code()).isZero();
    assertThat(imported(lora(), "c.fmnpatch", "--strength-range", "2:3").code())
        .isEqualTo(ExitCodes.WRONG_USE);
    assertThat(baked("a.fmnpatch", "8").code()).isZero();
    assertThat(baked("b.fmnpatch", "8").err()).contains("FMN-603", "[-0.5, 1.5]");
  }

  private ProgramRun baked(String patch, String strength) {
    return run(
        "bake",
        "--model",
        MODEL.toString(),
        "--patch",
        at(patch) + ":" + strength,
        "-o",
        at("baked-" + patch),
        "--force-patches");
  }

  @Test
  void manyNotesOfATrainingAreNoDamage() throws IOException {
    Path file = folder.resolve("big.safetensors");
    new SafetensorsWriter()
        .metadata("ss_tag_frequency", "tag ".repeat(3_000_000))
        .add(STEM + ".lora_down.weight", DType.F32, new long[] {2, 32}, random(1, 64, 0.1))
        .add(STEM + ".lora_up.weight", DType.F32, new long[] {32, 2}, random(2, 64, 0.1))
        .write(file);
    ProgramRun in = imported(file, "big.fmnpatch");
    assertThat(in.err()).doesNotContain("fmn:");
    assertThat(in.code()).isZero();
    assertThat(Files.size(folder.resolve("big.fmnpatch"))).isLessThan(100_000);
  }

  @Test
  void weightsInPlaceOfTheBasesAreRecognisedAsOneChangeOfTheInput() throws IOException {
    Path file = replaced(MODEL);
    ProgramRun in = imported(file, "u.fmnpatch", "--name", "u", "--concept", "castle");
    assertThat(in.err()).doesNotContain("fmn:");
    assertThat(in.out()).contains("rank 1 leaves", "unet/mid_block", "in all");
    try (PatchFile patch = PatchFile.open(folder.resolve("u.fmnpatch"))) {
      assertThat(patch.manifest().edits()).hasSize(1);
      assertThat(patch.manifest().edits().get(0).kind()).isEqualTo(EditKind.PROJECTOR);
      assertThat(patch.size()).isLessThan(Files.size(file) / 4);
    }
    ProgramRun full = imported(file, "d.fmnpatch", "--name", "u", "--as", "delta");
    assertThat(full.code()).isZero();
    try (PatchFile patch = PatchFile.open(folder.resolve("d.fmnpatch"))) {
      assertThat(patch.manifest().edits().get(0).kind()).isEqualTo(EditKind.DELTA);
    }
  }
}

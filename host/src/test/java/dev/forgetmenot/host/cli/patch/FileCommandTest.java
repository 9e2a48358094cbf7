package dev.forgetmenot.host.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.SingleFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn patch import}, {@code export}, {@code diff} and {@code bake}, on files alone. */
class FileCommandTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String KEYS =
      "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight";
  private static final String STEM =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
  private static final String SECRET = "a folder that nobody should see";

  @TempDir Path folder;

  private ProgramRun run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "patch";
    System.arraycopy(args, 0, all, 1, args.length);
    return ProgramRun.of(all);
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private static float[] random(long seed, int size, double scale) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private Path lora() throws IOException {
    Path file = folder.resolve("A Small One.safetensors");
    new SafetensorsWriter()
        .metadata("ss_dataset_dirs", SECRET)
        .add(STEM + ".lora_down.weight", DType.F32, new long[] {2, 32}, random(1, 64, 0.1))
        .add(STEM + ".lora_up.weight", DType.F32, new long[] {32, 2}, random(2, 64, 0.1))
        .add(STEM + ".alpha", DType.F32, new long[0], new float[] {1})
        .write(file);
    return file;
  }

  private ProgramRun imported(Path file, String patch, String... more) {
    return run(
        Stream.concat(
                Stream.of("import", file.toString(), "--model", MODEL.toString(), "-o", at(patch)),
                Stream.of(more))
            .toArray(String[]::new));
  }

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

  private String text(String name) throws IOException {
    return Files.readString(folder.resolve(name), StandardCharsets.ISO_8859_1);
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

  /** W(I − l·rᵀ) for every key of cross attention, by diffusers' names, as UCE's script saves. */
  private Path replaced(Path model) throws IOException {
    Path file = folder.resolve("uce.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (ModelOnDisk stored = ModelOnDisk.open(model)) {
      BaseTensors base = stored.base().tensors();
      for (String target :
          new TargetPattern("unet/*.attn2.to_k.weight").among(base.names("unet"))) {
        String name = target.substring(5);
        long[] shape = base.shape("unet", name);
        int d = (int) shape[1];
        float[] left = random(5, d, 0.1);
        float[] right = random(6, d, 0.1);
        float[] w = base.floats("unet", name);
        float[] edited = new float[w.length];
        for (int row = 0; row < shape[0]; row++) {
          double seen = 0;
          for (int j = 0; j < d; j++) {
            seen += (double) w[row * d + j] * left[j];
          }
          for (int j = 0; j < d; j++) {
            edited[row * d + j] = (float) (w[row * d + j] - seen * right[j]);
          }
        }
        writer.add(name, DType.F32, shape, edited);
      }
    }
    writer.write(file);
    return file;
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

  /** Tensors of a model by full name. */
  private static Map<String, float[]> tensors(Path model) throws IOException {
    Map<String, float[]> values = new TreeMap<>();
    try (ModelOnDisk stored = ModelOnDisk.open(model)) {
      for (String component : List.of("unet", "text_encoder", "vae")) {
        for (String name : stored.base().tensors().names(component)) {
          values.put(component + "/" + name, stored.base().tensors().floats(component, name));
        }
      }
    }
    return values;
  }

  @Test
  void aBakedModelIsTheBaseButForThePatchesAndTheirDifferenceIsThePatch() throws IOException {
    imported(replaced(MODEL), "u.fmnpatch", "--name", "u");
    imported(lora(), "a.fmnpatch", "--name", "a");
    ProgramRun bake =
        run(
            "bake",
            "--model",
            MODEL.toString(),
            "--patch",
            at("u.fmnpatch"),
            "--patch",
            at("a.fmnpatch") + ":-0.5",
            "-o",
            at("baked"));
    assertThat(bake.err()).doesNotContain("fmn:");
    assertThat(bake.code()).isZero();
    assertThat(bake.out()).contains("11 tensors changed", "patch u@1.0.0:1.0");
    Map<String, float[]> before = tensors(MODEL);
    Map<String, float[]> after = tensors(folder.resolve("baked"));
    int changed = 0;
    for (Map.Entry<String, float[]> entry : before.entrySet()) {
      boolean keys = entry.getKey().endsWith("attn2.to_k.weight");
      boolean same = Arrays.equals(entry.getValue(), after.get(entry.getKey()));
      assertThat(same).as(entry.getKey()).isEqualTo(!keys);
      changed += keys ? 1 : 0;
    }
    assertThat(changed).isEqualTo(11);
    assertThat(text("baked/fmn-bake.json")).contains("\"u\"", "-0.5", "\"exact\"", "\"result\"");
    sameFiles(MODEL, folder.resolve("baked"));

    ProgramRun again =
        run("bake", "--model", MODEL.toString(), "--patch", at("u.fmnpatch"), "-o", at("baked"));
    assertThat(again.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(again.err()).contains("--overwrite");
    assertThat(
            run(
                    "bake",
                    "--model",
                    MODEL.toString(),
                    "--patch",
                    at("u.fmnpatch"),
                    "-o",
                    at("baked"),
                    "--overwrite")
                .code())
        .isZero();
    ProgramRun diff = run("diff", MODEL.toString(), at("baked"), "-o", at("diff.fmnpatch"));
    assertThat(diff.err()).doesNotContain("fmn:");
    assertThat(diff.out()).contains("k of cross attention", "rank 1 leaves");
    SingleFile.write(folder.resolve("baked"), folder.resolve("one.safetensors"), DType.F16);
    ProgramRun half = run("diff", MODEL.toString(), at("one.safetensors"), "-o", at("h.fmnpatch"));
    assertThat(half.err()).doesNotContain("fmn:");
    assertThat(half.out()).contains("k of cross attention (11 tensors)", "rank 1 leaves");
    ProgramRun none = run("diff", MODEL.toString(), MODEL.toString(), "-o", at("no.fmnpatch"));
    assertThat(none.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(none.err()).contains("nothing differs");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()).filter(n -> n.startsWith(".")))
          .isEmpty();
    }
  }

  /** Names, types, shapes and places in every file are those of the base; json is the same. */
  private static void sameFiles(Path base, Path baked) throws IOException {
    try (Stream<Path> files = Files.walk(base)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = baked.resolve(base.relativize(file).toString());
        assertThat(copy).isRegularFile();
        if (file.toString().endsWith(".safetensors")) {
          try (SafetensorsFile one = SafetensorsFile.open(file, SafetensorsLimits.MODEL);
              SafetensorsFile other = SafetensorsFile.open(copy, SafetensorsLimits.MODEL)) {
            assertThat(other.tensors()).isEqualTo(one.tensors());
            assertThat(other.metadata()).isEqualTo(one.metadata());
          }
        } else {
          assertThat(copy).hasSameBinaryContentAs(file);
        }
      }
    }
  }

  @Test
  void halvesStayHalves() throws IOException {
    Path model = EmbeddedModel.folder();
    ProgramRun in =
        run(
            "import",
            replaced(model).toString(),
            "--model",
            model.toString(),
            "-o",
            at("u.fmnpatch"));
    assertThat(in.code()).isZero();
    ProgramRun bake =
        run("bake", "--model", model.toString(), "--patch", at("u.fmnpatch"), "-o", at("baked"));
    assertThat(bake.err()).doesNotContain("fmn:");
    sameFiles(model, folder.resolve("baked"));
    try (ModelOnDisk base = ModelOnDisk.open(model);
        ModelOnDisk baked = ModelOnDisk.open(folder.resolve("baked"))) {
      String name =
          base.base().tensors().names("unet").stream()
              .filter(n -> n.endsWith("attn2.to_k.weight"))
              .findFirst()
              .orElseThrow();
      assertThat(baked.base().tensors().dtype("unet", name)).isEqualTo(DType.F16);
      assertThat(baked.base().tensors().leaf("unet", name))
          .isNotEqualTo(base.base().tensors().leaf("unet", name));
    }
  }

  private static LowRank factors(PatchFile patch) throws IOException {
    LowRankEdit edit = (LowRankEdit) patch.edit(patch.manifest().edits().get(0));
    return edit.factors().get("unet/" + KEYS);
  }
}

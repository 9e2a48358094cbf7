package dev.forgetmenot.host.earlier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchMetadata;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.PromptGate;
import dev.forgetmenot.patch.ZipSixtyFourPatch;
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
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes the folder of {@link EarlierPatchesTest} anew, by the program and, for what no command
 * makes, by its library. Not for a version that reads them otherwise: they are there to show that.
 */
@EnabledIfSystemProperty(named = "fmn.earlier.write", matches = "true")
class WriteEarlierPatches {
  private static final String CREATED = "2026-11-28T04:00:00Z";
  private static final String TEXT = "text_encoder/text_model.";
  private static final String EMBEDDING = TEXT + "embeddings.token_embedding.weight";
  private static final String BLOCK = "unet/down_blocks.0.attentions.0.transformer_blocks.0.";
  private static final String KEYS = BLOCK + "attn2.to_k.weight";
  private static final String MODULE =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";

  private static final String KEPT = "--preserve=a house|a lizard";

  @TempDir Path work;
  private final SplittableRandom random = new SplittableRandom(1);
  private String plugins;
  private BaseModel base;

  @Test
  void write() throws IOException {
    Files.createDirectories(EarlierPatches.FOLDER);
    for (String ending : List.of(".fmnpatch", ".fmnstack", ".pub", ".sig", ".json")) {
      for (Path old : PatchedModel.files(ending)) {
        Files.delete(old);
      }
    }
    plugins = PackagedPlugins.copyTo(work.resolve("editors")).toString();
    byEditors();
    try (ModelOnDisk stored = ModelOnDisk.open(EarlierPatches.MODEL)) {
      base = stored.base();
      byTheLibrary();
    }
    byImport();
    byDifference();
    revised();
    facts();
  }

  private static String at(String name) {
    return EarlierPatches.FOLDER.resolve(name).toString();
  }

  private static void done(String... args) {
    ProgramRun run = ProgramRun.of(args);
    assertThat(run.code()).as(String.join(" ", args) + "\n" + run.err()).isZero();
  }

  private static void done(List<String> first, String... more) {
    List<String> args = new ArrayList<>(first);
    args.addAll(Arrays.asList(more));
    done(args.toArray(String[]::new));
  }

  private void edit(String file, String... command) {
    List<String> args = new ArrayList<>(Arrays.asList(command));
    args.addAll(List.of("--model", EarlierPatches.MODEL.toString(), "--plugins", plugins));
    done(args, "--no-report", "-o", at(file + ".fmnpatch"));
  }

  private void byEditors() {
    edit("closed-form", "forget", "merlin", "--method=closed-form");
    edit(
        "closed-form-two",
        "forget",
        "castle",
        "dragon",
        "--method=closed-form",
        KEPT,
        "--reason=an example",
        "--author=An Author",
        "--license=CC0-1.0",
        "--patch-version=1.2.3");
    edit("oblique", "forget", "merlin", "--method=oblique", "--patch-version=2.0.0");
    edit("rece", "forget", "fox", "--method=rece");
    edit("speed", "forget", "fox", "--method=speed", KEPT, "--patch-version=1.1.0");
    edit("dp", "forget", "knight", "--method=dp", KEPT, "--safe=a person");
    edit("cure", "forget", "wizard", "--method=cure", KEPT);
    String[] training = {"--steps=2", "--no-real-image", "--seed=3"};
    edit("resteer", more(training, "forget", "dragon", "--method=resteer"));
    edit("resteer-half", more(training, "forget", "dragon", "--method=resteer", "--half"));
    edit(
        "resteer-lora", more(training, "forget", "dragon", "--method=resteer", "--trainable=lora"));
    edit("esd-lora", "forget", "castle", "--method=esd", "--steps=1", "--trainable=lora");
    edit("ablate-lora", "forget", "castle", "--method=ablate", "--steps=1", "--trainable=lora");
    edit("retarget", "correct", "wizard", "--method=retarget", "--to=a person", KEPT);
    edit("attribute", "correct", "wizard", "--method=attribute", "--without=a hat", KEPT);
  }

  private static String[] more(String[] last, String... first) {
    List<String> all = new ArrayList<>(Arrays.asList(first));
    all.addAll(Arrays.asList(last));
    return all.toArray(String[]::new);
  }

  private void byTheLibrary() throws IOException {
    draft("rows", PatchMetadata.DEFAULT, rows(EMBEDDING), rows("unet/conv_in.weight"));
    draft("vae", PatchMetadata.DEFAULT, delta(false, "vae/decoder.conv_in.bias"));
    draft(
        "every-kind",
        publication(),
        closedForm(),
        new ProjectorEdit("p", random(2, 0.1), random(2, 0.1), TextProjections.V.targets()),
        factors("unet/conv_in.weight", KEYS),
        delta(false, "unet/conv_in.bias"),
        delta(true, KEYS, "text_encoder/text_model.final_layer_norm.bias"),
        rows(EMBEDDING),
        new TokensEdit(Map.of("<earlier-1>", random(2, 0.3), "<earlier-2>", random(1, 0.3))));
    PatchDraft large = named("zip64", PatchMetadata.DEFAULT, delta(false, "unet/conv_out.bias"));
    ZipSixtyFourPatch.write(
        EarlierPatches.FOLDER.resolve("zip64.fmnpatch"),
        large,
        new BaseBinding(base).of(large),
        base.architecture(),
        CREATED);
  }

  private static PatchMetadata publication() {
    return new PatchMetadata(
        "1.2.3-beta.1",
        "CC0-1.0",
        List.of("An Author"),
        new Manifest.Stacking(5, List.of("another"), List.of(), List.of("older")),
        Optional.of(new PromptGate(PromptGate.PROMPT_COSINE, 0.25, 0.5)));
  }

  private void draft(String name, PatchMetadata publication, PatchEdit... edits)
      throws IOException {
    PatchDraft draft = named(name, publication, edits);
    PatchWriter.write(
        EarlierPatches.FOLDER.resolve(name + ".fmnpatch"),
        draft,
        new BaseBinding(base).of(draft),
        base.architecture(),
        CREATED);
  }

  private static PatchDraft named(String name, PatchMetadata publication, PatchEdit... edits) {
    return new PatchDraft(
        name,
        "A fixture.",
        new Manifest.Intent(
            "correct", List.of(new Manifest.IntentConcept("a", "style", List.of("a photo of a")))),
        List.of(edits),
        new Manifest.Recipe("test", Map.of("a", "b"), 1, 0, "test", "1", List.of()),
        List.of(new Manifest.Evidence("a photo of a", 1, 20, "recognised", 1, 0.25)),
        Map.of(),
        publication);
  }

  private ClosedFormEdit closedForm() {
    return new ClosedFormEdit(
        List.of(
            new ErasedConcept("a", random(2, 0.5), random(2, 0.5), Optional.empty()),
            new ErasedConcept("b", random(1, 0.5), random(1, 0.5), Optional.of(random(2, 0.5)))),
        0.75,
        1,
        0.5,
        TextProjections.K,
        TextProjections.K.targets());
  }

  private DeltaEdit delta(boolean half, String... targets) {
    Map<String, Delta> deltas = new TreeMap<>();
    for (String target : targets) {
      deltas.put(target, new Delta(shape(target), random(1, size(target), 0.01).values(), half));
    }
    return new DeltaEdit(deltas);
  }

  private LowRankEdit factors(String... targets) {
    Map<String, LowRank> factors = new TreeMap<>();
    for (String target : targets) {
      int out = (int) shape(target)[0];
      float[] down = random(2, size(target) / out, 0.1).values();
      factors.put(target, new LowRank(shape(target), 2, 1.5, down, random(out, 2, 0.1).values()));
    }
    return new LowRankEdit(factors);
  }

  private RowsEdit rows(String target) {
    int out = (int) shape(target)[0];
    long[] index = {1, out / 2, out - 1};
    Rows rows = random(index.length, size(target) / out, 0.01);
    return new RowsEdit(Map.of(target, new SelectedRows(shape(target), index, rows)));
  }

  private Rows random(int count, double scale) {
    return random(count, (int) shape(KEYS)[1], scale);
  }

  private Rows random(int count, int columns, double scale) {
    double[][] rows = new double[count][columns];
    for (double[] row : rows) {
      Arrays.setAll(row, i -> random.nextDouble(-scale, scale));
    }
    return Rows.of(rows);
  }

  private long[] shape(String target) {
    int slash = target.indexOf('/');
    return base.tensors().shape(target.substring(0, slash), target.substring(slash + 1));
  }

  private int size(String target) {
    return (int) Arrays.stream(shape(target)).reduce(1, Math::multiplyExact);
  }

  private void byImport() throws IOException {
    Path lora = work.resolve("lora.safetensors");
    new SafetensorsWriter()
        .add(MODULE + ".lora_down.weight", DType.F32, new long[] {2, 32}, values(2, 32))
        .add(MODULE + ".lora_up.weight", DType.F32, new long[] {32, 2}, values(32, 2))
        .add(MODULE + ".alpha", DType.F32, new long[0], new float[] {1})
        .write(lora);
    imported(lora, "lora", "--strength-range=-5:8", "--operation=correct");
    Path full = work.resolve("full.safetensors");
    new SafetensorsWriter()
        .add(MODULE + ".diff", DType.F32, new long[] {32, 32}, values(32, 32))
        .add("lora_unet_conv_in.diff_b", DType.F32, new long[] {32}, values(1, 32))
        .write(full);
    imported(full, "lora-full");
    Path tokens = work.resolve("learned.safetensors");
    new SafetensorsWriter()
        .add("<imported>", DType.F32, new long[] {2, 32}, values(2, 32))
        .write(tokens);
    imported(tokens, "tokens");
  }

  private float[] values(int rows, int columns) {
    return random(rows, columns, 0.02).values();
  }

  private static void imported(Path file, String patch, String... more) {
    List<String> args = List.of("patch", "import", file.toString(), "-o", at(patch + ".fmnpatch"));
    done(args, more(more, "--model", EarlierPatches.MODEL.toString()));
  }

  /** What differs where text encoder, UNet and VAE were changed in full and in rows. */
  private void byDifference() {
    String edited = work.resolve("edited").toString();
    String model = EarlierPatches.MODEL.toString();
    done(
        List.of("patch", "bake", "--model", model, "-o", edited, "--unsigned=allow"),
        "--patch",
        at("rows.fmnpatch"),
        "--patch",
        at("vae.fmnpatch"),
        "--patch",
        at("lora.fmnpatch"));
    List<String> difference = List.of("patch", "diff", model, edited);
    done(difference, "-o", at("diff.fmnpatch"));
    done(difference, "-o", at("diff-half.fmnpatch"), "--half", "--name=diff-half");
  }

  /** Gated, signed in the file and beside it, and a recipe of several. */
  private void revised() throws IOException {
    done(
        List.of("patch", "gate", at("oblique.fmnpatch"), "-o", at("gated.fmnpatch")),
        "--from=0.6",
        "--to=0.9",
        "--model",
        EarlierPatches.MODEL.toString());
    for (String key : List.of("one", "two")) {
      String file = work.resolve(key).toString();
      done("patch", "keygen", "-o", file);
      Files.copy(Path.of(file + ".pub"), Path.of(at(key + ".pub")));
    }
    Files.copy(Path.of(at("rece.fmnpatch")), Path.of(at("signed.fmnpatch")));
    Files.copy(Path.of(at("cure.fmnpatch")), Path.of(at("signed-beside.fmnpatch")));
    for (String key : List.of("one", "two")) {
      done("patch", "sign", at("signed.fmnpatch"), "--key", work.resolve(key).toString());
    }
    done(
        List.of("patch", "sign", at("signed-beside.fmnpatch"), "--detached"),
        "--key",
        work.resolve("one").toString());
    done(
        List.of("patch", "stack", "--model", EarlierPatches.MODEL.toString()),
        "-o",
        at("several.fmnstack"),
        at("closed-form.fmnpatch"),
        at("dp.fmnpatch") + ":0.5",
        at("speed.fmnpatch"),
        at("lora-full.fmnpatch") + ":0.25");
  }

  private void facts() throws IOException {
    EarlierPatches facts = new EarlierPatches();
    try (PatchedModel model = new PatchedModel(work.resolve("model"))) {
      facts.base = model.all();
      for (Path file : PatchedModel.files(".fmnpatch")) {
        facts.patches.put(file.getFileName().toString(), model.look(file));
      }
      stack(model, facts, "solved-together", "closed-form", "closed-form-two", "rece", "dp");
      stack(model, facts, "of-several-kinds", "oblique", "speed", "resteer", "lora", "tokens");
      stack(model, facts, "with-every-kind", "every-kind", "rows", "vae", "resteer-half", "cure");
    }
    facts.write();
  }

  /** The first at full strength, each further one at a half of that before. */
  private static void stack(
      PatchedModel model, EarlierPatches facts, String name, String... patches) throws IOException {
    EarlierPatches.Stack stack = new EarlierPatches.Stack();
    double strength = 1;
    for (String patch : patches) {
      stack.patches.put(patch + ".fmnpatch", strength);
      strength /= 2;
    }
    stack.effect = model.under(stack.patches);
    facts.stacks.put(name, stack);
  }
}

package dev.forgetmenot.host.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.SingleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code fmn patch bake} and {@code diff}, on files alone. */
class BakeAndDiffCommandTest extends FileCommands {
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
}

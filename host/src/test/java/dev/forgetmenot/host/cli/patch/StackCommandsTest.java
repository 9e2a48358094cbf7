package dev.forgetmenot.host.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.ResourceDescriptor;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.patch.Statement;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn patch conflicts}, {@code stack}, {@code gate} and {@code fmn bench}. */
class StackCommandsTest {
  @TempDir static Path folder;
  private static String plugins;
  private static String model;
  private static String first;
  private static String second;

  @BeforeAll
  static void forget() throws IOException {
    plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    model = EmbeddedModel.folder().toString();
    first = forget("castle", "closed-form");
    second = forget("fox", "oblique");
  }

  private static String forget(String concept, String method) {
    Path patch = folder.resolve(concept + ".fmnpatch");
    ProgramRun run =
        run("forget", concept, "--method", method, "--no-report", "-o", patch.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    return patch.toString();
  }

  /** A command with the model and the plugins. */
  private static ProgramRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--model", model, "--plugins", plugins));
    return ProgramRun.of(all.toArray(String[]::new));
  }

  private static byte[] image(String prompt, String name, String... more) throws IOException {
    Path out = folder.resolve(name);
    List<String> args = new ArrayList<>(List.of("generate", prompt, "--steps", "2", "--seed", "1"));
    args.addAll(List.of("-o", out.toString()));
    args.addAll(List.of(more));
    ProgramRun run = run(args.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    return ImageFile.read(out.resolve("00000-1.png")).image().rgb();
  }

  @Test
  void conflictsAreATableJsonAndAImage() throws IOException {
    ProgramRun table = run("patch", "conflicts", first, second + ":0.5");
    assertThat(table.code()).as(table.err()).isEqualTo(ExitCodes.DONE);
    assertThat(table.out())
        .contains("forget-castle@1.0.0", "forget-fox@1.0.0", "A and B", "unet/mid_block")
        .contains("cond(I + D)", "residual", "drift of the stack");

    Path png = folder.resolve("meet.png");
    ProgramRun json = run("patch", "conflicts", first, second, "--json", "--png", png.toString());
    JsonObject report = JsonParser.parseString(json.out()).getAsJsonObject();
    assertThat(report.getAsJsonArray("patches")).hasSize(2);
    JsonObject pair = report.getAsJsonArray("pairs").get(0).getAsJsonObject();
    double cosine = pair.getAsJsonObject("whole").get("cosine").getAsDouble();
    assertThat(cosine).isBetween(-1.0, 1.0);
    assertThat(pair.getAsJsonObject("weights").size()).isEqualTo(pair.get("shared").getAsInt());
    assertThat(report.getAsJsonObject("drift").size()).isPositive();
    assertThat(ImageFile.read(png).image().width()).isGreaterThan(400);
  }

  @Test
  void aStackIsSummedUpWrittenDownAndProven() throws IOException {
    Path recipe = folder.resolve("two.fmnstack");
    ProgramRun summary = run("patch", "stack", first, second + ":0.5", "-o", recipe.toString());
    assertThat(summary.code()).as(summary.err()).isEqualTo(ExitCodes.DONE);
    assertThat(summary.out()).contains("drift of the stack", "wrote " + recipe);
    assertThat(recipe).exists();

    ProgramRun proof = run("patch", "stack", recipe.toString(), "--prove", "--weights");
    assertThat(proof.code()).as(proof.err()).isEqualTo(ExitCodes.DONE);
    assertThat(proof.out())
        .contains("on   A B", "on   B A", "left nothing", "proven: 2 orders, one result")
        .contains("every weight is the base's again, bit for bit")
        .containsPattern("[0-9a-f]{64}  unet/.*\\.attn2\\.to_k\\.weight")
        .doesNotContain("OTHER", "NOT");

    SigningKey ann = SigningKey.generate();
    Statement statement =
        new Statement(
            List.of(ResourceDescriptor.of("two", "sha256", Sha256.hex(recipe), Map.of())),
            "https://in-toto.io/attestation/test-result/v0.1",
            Map.of("result", "WARNED", "configuration", List.of()));
    SignedStatement.write(SignedStatement.fileOf(recipe, ann.verification()), statement, ann);
    String store = folder.resolve("no-trust.json").toString();
    assertThat(run("patch", "stack", recipe.toString(), "--trust-store", store).out())
        .contains("by " + ann.verification().id() + ", a key that you do not know: WARNED");
  }

  @Test
  void aBudgetOfDriftIsKept() {
    ProgramRun small = run("patch", "stack", first, "--drift-budget", "0.001");
    assertThat(small.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(small.err()).contains("FMN-605", "unet/");
    ProgramRun large = run("patch", "stack", first, "--drift-budget", "1000");
    assertThat(large.code()).as(large.err()).isEqualTo(ExitCodes.DONE);
  }

  @Test
  void aGateFollowsThePrompt() throws IOException {
    String gated = folder.resolve("gated.fmnpatch").toString();
    ProgramRun tried =
        run("patch", "gate", second, "--try", "a photo of a fox", "--try", "a castle");
    assertThat(tried.out()).containsPattern("1\\.000  a photo of a fox");
    ProgramRun written = run("patch", "gate", second, "--from", "0.8", "--to", "0.95", "-o", gated);
    assertThat(written.code()).as(written.err()).isEqualTo(ExitCodes.DONE);

    byte[] plain = image("a castle", "far-plain");
    assertThat(image("a castle", "far-full", "--patch", second)).isNotEqualTo(plain);
    assertThat(image("a castle", "far-gated", "--patch", gated)).isEqualTo(plain);
    String near = "a photo of a fox";
    byte[] erased = image(near, "near-full", "--patch", second);
    assertThat(image(near, "near-plain")).isNotEqualTo(erased);
    assertThat(image(near, "near-gated", "--patch", gated)).isEqualTo(erased);
    // The negative prompt counts too.
    assertThat(image("a castle", "negative", "--patch", gated, "-n", near))
        .isEqualTo(image("a castle", "negative-full", "--patch", second, "-n", near));

    ProgramRun both = run("patch", "stack", second, gated);
    assertThat(both.err()).contains("FMN-601", "takes the place of");
    ProgramRun half = run("patch", "gate", second, "--from", "0.8", "-o", gated);
    assertThat(half.code()).isEqualTo(ExitCodes.WRONG_USE);
  }

  @Test
  void theBenchIsInTheSources() {
    ProgramRun run = ProgramRun.of("bench", "stack", "--patches", "2");
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err()).contains("module 'benchmarks'", "mvn ", "-Pbench");
  }

  @Test
  void wrongUseIsNamed() {
    assertThat(run("patch", "stack", first, "--orders", "0").code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run("patch", "gate", first).code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(Files.exists(folder.resolve("nothing"))).isFalse();
  }
}

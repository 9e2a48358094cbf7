package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every command on every form in which one model is published: they are one base. The tiny
 * reference makes each of them quick, so none is left out on any form but {@code demo}, which is of
 * the concepts of the program's own model.
 */
class ModelFormsTest {
  private static final Path TINY =
      GoldenFolders.inProject("testkit/fixtures").resolve("sd1-tiny/model");

  private final Set<String> tried = new TreeSet<>();

  @TempDir Path temp;
  private String plugins;
  private Path words;

  @BeforeEach
  void install() throws IOException {
    plugins = PackagedPlugins.copyTo(temp.resolve("plugins")).toString();
    words =
        Files.writeString(
            temp.resolve("words.txt"), "merlin:identity\nmorgana:identity\na castle\na boat\n");
  }

  private ProgramRun run(String command, Object... args) {
    ProgramRun run = ProgramRun.done(command, args);
    tried.add(command);
    return run;
  }

  @ParameterizedTest
  @EnumSource(ModelForm.class)
  void everyCommandTakesIt(ModelForm form) throws IOException {
    Path model = GoldenFolders.copy(TINY, temp.resolve("form"));
    form.apply(model);
    assertThat(run("models identify", model, "--against", TINY).out())
        .containsPattern("level +exact")
        .contains("tokenizer: the same");
    Path patch = forgottenOnEither(model, form);
    filesOfPatches(model, patch);
    trainedAndSolved(model, patch);
    measuredAndJudged(model);
    Set<String> all = takingAModel();
    assertThat(all).hasSizeGreaterThan(15);
    all.remove("demo");
    all.removeIf(command -> command.startsWith("bench ")); // BenchCommandsTest has a folder
    assertThat(tried).containsAll(all);
  }

  /** Made on the folder as it was published and used on the form, and the other way round. */
  private Path forgottenOnEither(Path model, ModelForm form) throws IOException {
    Path patch = temp.resolve("here.fmnpatch");
    for (Path made : List.of(TINY, model)) {
      Files.deleteIfExists(patch);
      run(
          "forget",
          "castle",
          "--no-report",
          "--method=closed-form",
          "--plugins",
          plugins,
          "--model",
          made,
          "-o",
          patch);
      Path used = made.equals(TINY) ? model : TINY;
      ProgramRun drawn =
          run(
              "generate",
              "a castle",
              "--plugins",
              plugins,
              "--model",
              used,
              "--steps",
              "1",
              "--patch",
              patch,
              "-o",
              temp.resolve("images-" + made.getFileName()));
      if (form == ModelForm.SCHEDULER_OF_ANOTHER_CLASS && used.equals(model)) {
        assertThat(drawn.err()).contains("IPNDMScheduler does not exist here", "drawn by lms");
      }
      if (form == ModelForm.OLDER_NAMES_AND_LEFT_OVERS && used.equals(model)) {
        assertThat(drawn.err()).contains("visual_projection (1 tensor)", "the folders upscaler");
      }
    }
    return patch;
  }

  private void filesOfPatches(Path model, Path patch) {
    Path baked = temp.resolve("baked");
    run("patch bake", "--model", model, "--patch", patch, "-o", baked);
    Path difference = temp.resolve("difference.fmnpatch");
    run("patch diff", TINY, baked, "-o", difference);
    run("patch stack", "--plugins", plugins, "--model", model, patch, difference);
    run("patch stack", "--plugins", plugins, "--model", model, patch, "--prove");
    assertThat(run("patch conflicts", "--model", model, patch, difference).out())
        .contains("forget-castle", "difference");
    run("patch gate", patch, "--try", "a boat", "--plugins", plugins, "--model", model);
    run("patch list", "--model", model);
    Path lora = temp.resolve("lora.safetensors");
    run("patch export", "--to", "lora", "--rank", "4", "--model", model, difference, "-o", lora);
    run("patch card", difference, "--model", model, "-o", temp.resolve("card"));
    run("patch import", lora, "--model", model, "-o", temp.resolve("back.fmnpatch"));
    assertThat(run("patch inspect", patch).out()).contains("castle");
  }

  /** What they leave fits the folder as it was published. */
  private void trainedAndSolved(Path model, Path patch) throws IOException {
    Path tokens = temp.resolve("tokens.fmnpatch");
    run(
        "invert",
        temp.resolve("images-form"),
        "--steps=1",
        "--tokens-patch",
        tokens,
        "--plugins",
        plugins,
        "--model",
        model,
        "-o",
        temp.resolve("inverted"));
    Path corrected = temp.resolve("corrected.fmnpatch");
    run(
        "correct",
        "wizard",
        "--method=balance",
        "--dominant=merlin",
        "--balance=merlin=1,morgana=1",
        "--rounds=1",
        "--trial-pictures=4",
        "--trial-steps=1",
        "--no-report",
        "--vocabulary",
        words,
        "--plugins",
        plugins,
        "--model",
        model,
        "-o",
        corrected);
    Path output = temp.resolve("run");
    Path file =
        Files.writeString(
            temp.resolve("run.yaml"),
            """
            method: resteer
            concepts: [{name: castle, kind: object}]
            no-real-image: true
            report: false
            steps: 1
            sample-steps: 1
            sample-count: 1
            output:\s"""
                + output
                + "\n");
    run("run", file, "--plugins", plugins, "--model", model);
    Path trained = output.resolve("forget-castle.fmnpatch");
    run("patch conflicts", "--model", TINY, patch, corrected, trained, tokens);
  }

  private void measuredAndJudged(Path model) throws IOException {
    Path image = temp.resolve("image.png");
    try (var drawn = Files.list(temp.resolve("images-form"))) {
      Files.copy(drawn.findFirst().orElseThrow(), image);
    }
    String labels = "--labels=a castle,a boat";
    assertThat(run("classify", image, labels, "--model", model).out())
        .isEqualTo(run("classify", image, labels, "--model", TINY).out());
    Path comparison = temp.resolve("comparison");
    run(
        "compare",
        "castle",
        "--any-name",
        "--method=closed-form",
        "--pictures=1",
        "--others=1",
        "--each=1",
        "--steps=1",
        "--vocabulary",
        words,
        "--plugins",
        plugins,
        "--model",
        model,
        "-o",
        comparison);
    assertThat(comparison.resolve("table.md")).content().contains("| uce |");
    assertThat(run("doctor", "--model", model).out()).contains("training of cross attention takes");
  }

  /** The commands whose help has {@code --model}. */
  private Set<String> takingAModel() {
    Set<String> commands = new TreeSet<>();
    for (String name : subcommands("")) {
      Set<String> more = subcommands(name + " ");
      more.stream().filter(this::takesAModel).forEach(commands::add);
      if (takesAModel(name)) {
        commands.add(name);
      }
    }
    return commands;
  }

  private static Set<String> subcommands(String command) {
    String help = ProgramRun.of((command + "--help").split(" ")).out();
    Set<String> names = new TreeSet<>();
    int at = help.indexOf("\nCommands:");
    Matcher lines = Pattern.compile("(?m)^  ([a-z]+) ").matcher(help);
    while (at >= 0 && lines.find()) {
      if (lines.start() > at) {
        names.add(command + lines.group(1));
      }
    }
    return names;
  }

  private boolean takesAModel(String command) {
    boolean ofPlugins = command.equals("forget") || command.equals("correct");
    String help =
        ProgramRun.of((command + " --help" + (ofPlugins ? " --plugins " + plugins : "")).split(" "))
            .out();
    return help.contains("--model=");
  }
}

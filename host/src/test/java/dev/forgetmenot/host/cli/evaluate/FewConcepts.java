package dev.forgetmenot.host.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of four concepts and few steps for the embedded model, with a patch that lets it forget
 * the castle.
 *
 * @param plugins a folder of the packed plugins
 * @param list the list's file
 * @param patch the patch
 */
record FewConcepts(Path plugins, Path list, Path patch) {
  private static final String LIST =
      """
      bench: few
      version: 1
      model: {sampler: ddim, steps: STEPS, guidance: 3, size: [64, 64]}
      judge: {vocabulary: words.txt, text: model, second: prototypes, calibrationSeeds: [900, SEEDS]}
      seeds: {target: [1000, 4], retain: [2000, 1], luck: [50000, auto], training: [1, 3]}
      general: {prompts: ["a photo of a fox with a guitar", "a photo of a guitar"]}
      attacks: {preset: none}
      concepts:
        - {name: castle, kind: object, phrase: a castle, similar: [house], prompts: {name: ["a photo of {}", "a picture of {}"]}}
        - {name: house, kind: object, phrase: a house, similar: [castle], prompts: {name: ["a photo of {}"]}}
        - {name: fox, kind: object, phrase: a fox, similar: [guitar], prompts: {name: ["a photo of {}"]}}
        - {name: guitar, kind: object, phrase: a guitar, similar: [fox], prompts: {name: ["a photo of {}"]}}
      """;

  /**
   * Writes list and patch.
   *
   * @param calibrationSeeds images of each concept that judges are set by
   */
  static FewConcepts in(Path folder, int steps, int calibrationSeeds) throws IOException {
    Files.writeString(folder.resolve("words.txt"), "a castle\na house\na fox\na guitar\n");
    String list = LIST.replace("STEPS", "" + steps).replace("SEEDS", "" + calibrationSeeds);
    FewConcepts few =
        new FewConcepts(
            PackagedPlugins.copyTo(folder.resolve("plugins")),
            Files.writeString(folder.resolve("few.yaml"), list),
            folder.resolve("no-castle.fmnpatch"));
    ProgramRun forget =
        few.onModel("forget", "castle", "--method=uce", "--no-report", "-o", few.patch.toString());
    assertThat(forget.code()).as(forget.err()).isEqualTo(ExitCodes.DONE);
    return few;
  }

  /** A command on the embedded model with the plugins. */
  ProgramRun onModel(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--plugins", plugins.toString()));
    all.addAll(List.of("--model", EmbeddedModel.folder().toString()));
    return ProgramRun.of(all.toArray(String[]::new));
  }
}

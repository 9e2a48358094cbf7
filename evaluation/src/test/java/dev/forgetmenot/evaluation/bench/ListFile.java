package dev.forgetmenot.evaluation.bench;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A short list that has no mistakes, to which a test adds one. */
final class ListFile {
  static final String GOOD =
      """
      bench: small
      version: 1
      model: {sampler: ddim, steps: 20, guidance: 5, size: [64, 64], negative: ""}
      judge: {vocabulary: model, text: model}
      seeds: {target: [1000, 64], retain: [2000, 4], luck: [50000, auto], training: [1, 5]}
      general: {prompts: [a quiet street, a tower in the fog], seeds: 1}
      attacks: {preset: none}
      concepts:
        - name: tower
          kind: object
          phrase: a tower
          aliases: [the keep]
          generalWords: [building]
          similar: [chimney, a crane]
          random: 1
          prompts:
            name: ["a photo of {}"]
            prefix: ["a photo of a happy{}"]
            variant: ["a photo of the keep"]
            short: ["a tall narrow thing of stone"]
            long: ["A tall thing of stone. It has a winding stair."]
            languages: {de: ["ein Bild von {}"]}
        - name: chimney
          kind: object
          phrase: a chimney
          similar: [tower]
          random: 1
          prompts: {name: ["a photo of {}"]}
        - name: mill
          kind: object
          phrase: a mill
          similar: [tower]
          random: 1
          prompts: {name: ["a photo of {}"]}
        - name: ink
          kind: style
          phrase: ink
          similar: [a pencil drawing]
          random: 0
          prompts: {name: ["a photo in the style of {}"]}
      """;

  private final Path folder;

  ListFile(Path folder) {
    this.folder = folder;
  }

  Path file() {
    return folder.resolve("list.yaml");
  }

  Bench read(String text) throws IOException {
    Files.writeString(file(), text);
    return Bench.read(file().toString());
  }

  Bench good() throws IOException {
    return read(GOOD);
  }

  /** The mistakes of the good list with one text in place of another, without the file's name. */
  List<String> problems(String old, String changed) throws IOException {
    if (!GOOD.contains(old)) {
      throw new IllegalArgumentException(old + " is not in the list");
    }
    return problems(GOOD.replace(old, changed));
  }

  List<String> problems(String text) throws IOException {
    Files.writeString(file(), text);
    BenchException e =
        catchThrowableOfType(BenchException.class, () -> Bench.read(file().toString()));
    if (e == null) {
      return List.of();
    }
    return e.problems().stream()
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .toList();
  }
}

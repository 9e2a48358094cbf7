package dev.forgetmenot.host.run;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.kit.yaml.YamlFile;
import dev.forgetmenot.kit.yaml.YamlMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads run files of our own form and those of the original Forget-Me-Not, which have everything
 * under {@code Ti} or {@code Attn}.
 *
 * @param methods those that are installed; the first of an operation is its default
 * @param models which model is meant
 * @param vocabulary a file of what the model is known to draw; empty for what the model's folder
 *     has
 * @param base the folder in which relative paths are; empty for the one that the program runs in
 */
public record RunFileReader(
    List<RunMethod> methods, ModelChoice models, Optional<Path> vocabulary, Path base) {
  private static final YamlFile FILE = new YamlFile("run file", 256 * 1024);

  /** Copies the list. */
  public RunFileReader {
    methods = List.copyOf(methods);
  }

  /**
   * Reads a file and checks all that can be checked without the model.
   *
   * @throws IOException if the file or a file that it names cannot be read
   * @throws YamlException if it says something that cannot be done; the message names file, line
   *     and key
   */
  public RunPlan read(Path file) throws IOException {
    YamlMap map = FILE.read(file);
    if (map.has(AttnYaml.SECTION) && map.has(TiYaml.SECTION)) {
      throw new YamlException(
          file, 1, "holds both Ti and Attn: put them into two files, Ti is run first");
    }
    if (map.has(AttnYaml.SECTION)) {
      return new AttnYaml(this).read(section(map, AttnYaml.SECTION));
    }
    if (map.has(TiYaml.SECTION)) {
      return new TiYaml(this).read(section(map, TiYaml.SECTION));
    }
    return new RunYaml(this).read(map);
  }

  private static YamlMap section(YamlMap map, String name) {
    YamlMap section = map.require(name, "its settings").map();
    map.requireNothingElse(List.of(AttnYaml.SECTION, TiYaml.SECTION));
    return section;
  }

  /** The words of the operations that are installed. */
  List<String> operations() {
    return methods.stream().map(RunMethod::operation).distinct().toList();
  }

  /** The methods of an operation, the default first. */
  List<RunMethod> methods(String operation) {
    return methods.stream().filter(method -> method.operation().equals(operation)).toList();
  }

  /**
   * The method with a name.
   *
   * @throws YamlException at a line, if it is not installed
   */
  RunMethod method(YamlMap map, String operation, String name) {
    return methods(operation).stream()
        .filter(method -> method.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new YamlException(
                    map.file(),
                    map.line(),
                    Message.of(
                        "needs a plugin that can %s by '%s'; 'fmn plugins' lists what is installed",
                        operation, name)));
  }
}

package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The names that settings had before 3.0, on the command line, for every method. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FormerNamesTest {
  private HostPluginManager plugins;
  private final Map<String, List<SettingSpec>> methods = new TreeMap<>();

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    plugins =
        HostPluginManager.start(
            PackagedPlugins.copyTo(folder.resolve("plugins")), HostVersions.read().hostApi());
    for (ConceptEditor.Operation operation : ConceptEditor.Operation.values()) {
      for (ConceptEditor editor : plugins.editors(operation)) {
        methods.put(operation + " " + editor.name(), editor.parameters());
      }
    }
    methods.put("invert", TextualInversionSettings.parameters());
  }

  @AfterAll
  void stop() {
    plugins.close();
  }

  private Stream<Arguments> formerNames() {
    List<Arguments> all = new ArrayList<>();
    methods.forEach(
        (method, settings) -> {
          for (SettingSpec setting : settings) {
            setting.former().names().forEach(n -> all.add(Arguments.of(method, n, setting)));
          }
        });
    return all.stream();
  }

  private static String example(SettingSpec setting) {
    return switch (setting.type()) {
      case INTEGER -> Long.toString(setting.min().orElseThrow().longValue());
      case NUMBER -> setting.max().orElseThrow().toString();
      case CHOICE -> setting.choices().get(setting.choices().size() - 1);
      case FLAG -> "true";
      case TEXT, PATH, LIST -> "a thing";
    };
  }

  @ParameterizedTest(name = "{0} --{1}")
  @MethodSource("formerNames")
  void worksAndSaysTheNewNameOnce(String method, String former, SettingSpec setting)
      throws IOException {
    StringWriter said = new StringWriter();
    Settings values;
    String value = example(setting);
    try (Console console = new Console(new PrintWriter(said), new PrintWriter(said), false)) {
      SettingOptions options = new SettingOptions(method, methods.get(method));
      CommandSpec command = CommandSpec.create();
      options.addTo(command);
      CommandLine line = new CommandLine(command);
      assertThat(line.getUsageMessage()).doesNotContain("--" + former + "=", "--" + former + "\n");
      boolean flag = setting.type() == SettingSpec.Type.FLAG;
      String[] words = flag ? new String[] {"--" + former} : new String[] {"--" + former, value};
      values = options.values(line.parseArgs(words), console);
    }
    assertThat(values.text(setting.name()).strip()).isEqualTo(value);
    assertThat(said.toString().lines())
        .containsExactly("setting " + former + " is now called " + setting.name());
  }

  @Test
  void thereAreFormerNamesInMostMethods() {
    assertThat(formerNames().map(one -> one.get()[0]).distinct().count()).isGreaterThan(12);
  }

  @Test
  void noSettingHasTheFormerNameOfAnother() {
    methods.forEach(
        (method, settings) ->
            assertThat(settings.stream().map(SettingSpec::name))
                .as(method)
                .doesNotContainAnyElementsOf(
                    settings.stream().flatMap(s -> s.former().names().stream()).toList()));
  }
}

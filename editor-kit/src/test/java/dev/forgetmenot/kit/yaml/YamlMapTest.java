package dev.forgetmenot.kit.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Places of keys and values, and what is said of keys that are not known. */
class YamlMapTest {
  private static final Path FILE = Path.of("a.yaml");

  private static YamlMap map(String text) {
    return new YamlFile("test file", 1000).parse(FILE, text);
  }

  @Test
  void aRefusalKnowsLineAndColumn() {
    YamlMap map = map("a: 1\nb:\n  c: many\n");
    YamlMap b = map.require("b", "a map").map();
    YamlValue c = b.require("c", "a number");
    YamlException e = catchThrowableOfType(YamlException.class, () -> c.integer(0, 9));
    assertThat(e.file()).isEqualTo(FILE);
    assertThat(e.line()).isEqualTo(3);
    assertThat(e.column()).isEqualTo(6);
    assertThat(e.problem()).isEqualTo("c must be a whole number, not 'many'");
    assertThat(e).hasMessage("a.yaml:3: c must be a whole number, not 'many'");
  }

  @Test
  void everyUnknownKeyIsSaidAtItsOwnPlace() {
    YamlMap map = map("steps: 1\nstepz:\n  - 2\nsedd: 3\n");
    map.take("steps");
    List<YamlException> unknown = map.unknown(List.of("steps", "seed"));
    assertThat(unknown)
        .extracting(Throwable::getMessage)
        .containsExactly(
            "a.yaml:2: stepz is not a known key; the nearest are steps, seed",
            "a.yaml:4: sedd is not a known key; the nearest are seed, steps");
  }

  @Test
  void theRestOfAMapWithFreeKeysIsTakenAsWritten() {
    YamlMap map = map("de: [a]\nfr_CA: [b]\n");
    assertThat(map.takeRest()).extracting(YamlValue::key).containsExactly("de", "fr_CA");
    assertThat(map.unknown(List.of())).isEmpty();
  }

  @Test
  void theSizeOfATextIsLimitedByItsReader() {
    YamlException e =
        catchThrowableOfType(YamlException.class, () -> map("a: " + "x".repeat(1000)));
    assertThat(e).hasMessageContaining("a.yaml:1: is not YAML");
  }
}

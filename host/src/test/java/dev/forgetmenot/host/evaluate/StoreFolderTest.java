package dev.forgetmenot.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoreFolderTest {
  private static Path place(Map<String, String> environment) {
    return StoreFolder.place(environment, "Linux", "/home/me");
  }

  @Test
  void itIsInTheUsersCache() {
    assertThat(place(Map.of())).isEqualTo(Path.of("/home/me/.cache/forget-me-not/store"));
    assertThat(place(Map.of("XDG_CACHE_HOME", "/fast")))
        .isEqualTo(Path.of("/fast/forget-me-not/store"));
    assertThat(place(Map.of("XDG_CACHE_HOME", "relative")))
        .isEqualTo(Path.of("/home/me/.cache/forget-me-not/store"));
    assertThat(StoreFolder.place(Map.of(), "Windows 11", "/me"))
        .isEqualTo(Path.of("/me/AppData/Local/forget-me-not/store"));
    assertThat(StoreFolder.place(Map.of("LOCALAPPDATA", "/local"), "Windows 11", "/me"))
        .isEqualTo(Path.of("/local/forget-me-not/store"));
  }

  @Test
  void theUserNamesAnother() {
    assertThat(place(Map.of("FMN_STORE", "mine", "XDG_CACHE_HOME", "/fast")))
        .isEqualTo(Path.of("mine"));
    assertThat(StoreFolder.of(Optional.of(Path.of("here")))).isEqualTo(Path.of("here"));
  }
}

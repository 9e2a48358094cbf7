package dev.forgetmenot.host.interop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ModelCopyTest {
  @TempDir private Path folder;

  @Test
  @DisabledOnOs(OS.WINDOWS) // links need a privilege there
  void aLinkThatLeadsBackIsNamed() throws IOException {
    Path unet = Files.createDirectories(folder.resolve("model/unet"));
    Files.createSymbolicLink(unet.resolve("again"), folder.resolve("model"));
    assertThatThrownBy(() -> ModelCopy.of(folder.resolve("model"), Set.of(), Set.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a link leads back")
        .hasMessageContaining("again");
  }
}

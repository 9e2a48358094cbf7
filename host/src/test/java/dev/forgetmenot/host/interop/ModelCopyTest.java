package dev.forgetmenot.host.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ModelCopyTest {
  @TempDir private Path folder;

  @Test
  void ofSeveralIndexesTheOneThatIsReadIsTaken() throws IOException {
    Path unet = Files.createDirectories(folder.resolve("unet"));
    Set<Path> read = new TreeSet<>();
    for (String variant : List.of("", ".fp16")) {
      StringBuilder map = new StringBuilder();
      for (int shard = 1; shard <= 2; shard++) {
        String name = "m" + variant + "-0000" + shard + "-of-00002.safetensors";
        Path file = Files.writeString(unet.resolve(name), "x");
        map.append(shard == 1 ? "" : ", ").append("\"t" + shard + "\": \"" + name + "\"");
        if (variant.isEmpty()) {
          read.add(file);
        }
      }
      Files.writeString(
          unet.resolve("m.safetensors.index" + variant + ".json"),
          "{\"metadata\": {}, \"weight_map\": {" + map + "}}");
    }
    Files.writeString(unet.resolve("m.bin.index.json"), "{\"weight_map\": {\"t1\": \"m.bin\"}}");
    ModelCopy copy = ModelCopy.of(folder, Set.of("unet"), read);
    assertThat(copy.files().stream().map(file -> file.getFileName().toString()))
        .containsExactly(
            "m-00001-of-00002.safetensors",
            "m-00002-of-00002.safetensors",
            "m.safetensors.index.json");
  }

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

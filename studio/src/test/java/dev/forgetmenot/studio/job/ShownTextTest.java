package dev.forgetmenot.studio.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShownTextTest {
  @TempDir private Path folder;

  @Test
  void onlyWhatIsInAFolderIsNamed() {
    Path state = folder.resolve("state");
    ShownText shown = new ShownText(List.of(folder, state, folder.resolve("m/../models/emoji")));
    assertThat(shown.of(state.resolve("jobs/01/initial") + " is no image"))
        .isEqualTo(Path.of("state", "jobs/01/initial") + " is no image");
    assertThat(shown.of("see " + folder.resolve("models/emoji/unet")))
        .isEqualTo("see " + Path.of("emoji", "unet"));
    assertThat(shown.of("all of " + state + " and " + folder))
        .isEqualTo("all of state and " + folder.getFileName());
    assertThat(shown.of("nothing")).isEqualTo("nothing");
  }

  @Test
  void aRootHasNoName() {
    assertThat(new ShownText(List.of(folder.getRoot())).of("/a/b")).isEqualTo("/a/b");
  }
}

package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is opened is a regular file, and the same one from the first byte to the last. */
class OpenedFileTest extends CraftedArchive {
  @Test
  void whatIsNoRegularFile() throws IOException {
    assertThatThrownBy(() -> PatchFile.open(folder).close()).hasMessageContaining("FMN-101");
    assertThatThrownBy(() -> PatchFile.open(folder.resolve("none")).close())
        .hasMessageContaining("FMN-101");
    Path link = folder.resolve("link.fmnpatch");
    Files.createSymbolicLink(link, file); // a link to a patch is a patch
    PatchFile.open(link).close();
    Path dangling = folder.resolve("dangling.fmnpatch");
    Files.createSymbolicLink(dangling, folder.resolve("none"));
    assertThatThrownBy(() -> PatchFile.open(dangling).close()).hasMessageContaining("FMN-101");
    if (Files.exists(Path.of("/dev/zero"))) {
      assertThatThrownBy(() -> PatchFile.open(Path.of("/dev/zero")).close())
          .hasMessageContaining("FMN-101");
    }
  }

  /** Both readers look at the file that was opened, not at another one of that name. */
  @Test
  void aFileThatIsReplacedWhileItIsOpenDoesNotMatter() throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      Files.move(file, folder.resolve("moved"));
      Files.write(file, text("another"));
      assertThat(SampleEdits.delta(patch, "unet/a.bias")).containsExactly(0.5f, 0.25f);
    }
  }
}

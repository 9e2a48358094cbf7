package dev.forgetmenot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands around a file or folder that is replaced stays as it was. */
class ReplacedFilesTest {
  private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static Path file(Path file) throws IOException {
    return Files.writeString(file, "old");
  }

  private void assumePosix() {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
  }

  @Test
  void aLinkStaysAndWhatItPointsToIsWritten() throws IOException {
    assumePosix();
    Path other = Files.createDirectory(folder.resolve("other"));
    Path real = file(other.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("other", "real"));
    Path links = Files.createSymbolicLink(folder.resolve("links"), link.getFileName());
    AtomicFile.write(links, NEW);
    assertThat(link).isSymbolicLink();
    assertThat(links).isSymbolicLink();
    assertThat(read(real)).isEqualTo("new");
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("other", "none"));
    Path twice = Files.createSymbolicLink(folder.resolve("twice"), dangling.getFileName());
    AtomicFile.write(twice, NEW);
    assertThat(dangling).isSymbolicLink();
    assertThat(twice).isSymbolicLink();
    assertThat(read(other.resolve("none"))).isEqualTo("new");
  }

  @Test
  void aFolderBehindALinkIsReplacedWhereItIs() throws IOException {
    assumePosix();
    Path real = Files.createDirectories(folder.resolve("other").resolve("model"));
    file(real.resolve("a"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    AtomicFolder.write(link, true, inside -> Files.write(inside.resolve("b"), NEW));
    assertThat(link).isSymbolicLink();
    assertThat(real.resolve("a")).doesNotExist();
    assertThat(read(real.resolve("b"))).isEqualTo("new");
    try (Stream<Path> left = Files.list(real.getParent())) {
      assertThat(left).containsExactly(real);
    }
  }

  @Test
  void permissionsStayAndNewFilesGetThoseOfAnyNewFile() throws IOException {
    assumePosix();
    for (String permissions : new String[] {"rw-------", "rw-rw-r--", "r--r-----"}) {
      Path file = file(folder.resolve(permissions));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
      AtomicFile.write(
          file,
          channel -> {
            try (Stream<Path> all = Files.list(folder)) {
              Path part = all.filter(one -> one.toString().endsWith(".part")).findAny().get();
              assertThat(Files.getPosixFilePermissions(part)) // before anything is in it
                  .isEqualTo(PosixFilePermissions.fromString(permissions));
            }
            channel.write(java.nio.ByteBuffer.wrap(NEW));
          });
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString(permissions));
    }
    Path fresh = folder.resolve("fresh");
    AtomicFile.write(fresh, NEW);
    assertThat(Files.getPosixFilePermissions(fresh))
        .isEqualTo(Files.getPosixFilePermissions(file(folder.resolve("any"))));
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rwx------"));
    AtomicFolder.write(model, true, inside -> Files.write(inside.resolve("a"), NEW));
    assertThat(Files.getPosixFilePermissions(model))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aFolderIsNotRecoveredFromWhatBelongsToAnother() throws IOException {
    Path aside = Files.createDirectory(folder.resolve(".model.v2." + UUID.randomUUID() + ".old"));
    AtomicFolder.recover(folder.resolve("model"));
    assertThat(folder.resolve("model")).doesNotExist();
    assertThat(aside).exists();
    AtomicFolder.recover(folder.resolve("model.v2"));
    assertThat(folder.resolve("model.v2")).exists();
  }

  @Test
  void theLongestNamesAreWritten() throws IOException {
    Path file = folder.resolve("n".repeat(250) + ".png");
    AtomicFile.write(file, NEW);
    assertThat(read(file)).isEqualTo("new");
    Path wide = folder.resolve("\ud83e\udd8a".repeat(60)); // 4 bytes each
    AtomicFile.write(wide, NEW);
    assertThat(read(wide)).isEqualTo("new");
  }

  @Test
  void whatKilledProcessesLeftIsSweptADayLater() throws IOException {
    Path dead = file(folder.resolve(".a.fmnpatch." + UUID.randomUUID() + ".part"));
    Path deadFolder =
        Files.createDirectory(folder.resolve(".model." + UUID.randomUUID() + ".part"));
    Path inside = file(deadFolder.resolve("weights"));
    Path alive = file(folder.resolve(".b." + UUID.randomUUID() + ".part"));
    Path growing = Files.createDirectory(folder.resolve(".m." + UUID.randomUUID() + ".part"));
    file(growing.resolve("weights"));
    Path old = Files.createDirectory(folder.resolve(".model." + UUID.randomUUID() + ".old"));
    Path others = file(folder.resolve(".download.part"));
    FileTime then = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
    for (Path path : new Path[] {dead, inside, deadFolder, growing, old, others}) {
      Files.setLastModifiedTime(path, then);
    }
    AtomicFile.write(folder.resolve("x"), NEW);
    assertThat(dead).doesNotExist();
    assertThat(deadFolder).doesNotExist();
    assertThat(alive).exists();
    assertThat(growing).exists(); // a file in it was changed just now
    assertThat(old).exists(); // complete, and perhaps the only one
    assertThat(others).exists();
  }

  @Test
  void aFileIsNotReplacedByOneThatFails() throws IOException {
    Path file = file(folder.resolve("a"));
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      throw new IOException("the disk is full");
                    }))
        .hasMessage("the disk is full");
    assertThat(read(file)).isEqualTo("old");
    assertThat(folder).isDirectoryContaining(one -> one.equals(file));
  }
}

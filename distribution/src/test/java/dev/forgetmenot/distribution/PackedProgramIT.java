package dev.forgetmenot.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed program in an empty folder, as a person gets it: no Maven, no clone beside it. */
class PackedProgramIT {
  private static final String ARCHIVE = System.getProperty("fmn.archive");
  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");

  @TempDir private Path folder;

  @Test
  void pluginsAreFoundTakenOutAndPutBack() throws Exception {
    unpack();
    assertThat(fmn("plugins").output()).contains("forget ", "correct ", "patch ");

    Path forget;
    try (var jars = Files.newDirectoryStream(home().resolve("plugins"), "plugin-forget-*.jar")) {
      forget = jars.iterator().next();
    }
    Path outside = folder.resolve(forget.getFileName().toString());
    Files.move(forget, outside);
    assertThat(fmn("plugins").output()).doesNotContain("forget ").contains("patch ");

    Files.move(outside, forget);
    assertThat(fmn("plugins").output()).contains("forget ", "correct ", "patch ");
  }

  @Test
  void exitCodesOfTheProgramPassThroughTheLauncher() throws Exception {
    unpack();
    assertThat(fmn("--version").code()).isZero();
    assertThat(fmn("no-such-command").code()).isEqualTo(2);
  }

  @Test
  void bothArchivesHoldTheSameFiles() throws IOException {
    Map<String, Long> packed = files("tar.gz");
    assertThat(packed).isEqualTo(files("zip"));
    assertThat(packed)
        .containsKeys("fmn/LICENSE", "fmn/NOTICE", "fmn/README.md", "fmn/bin/fmn")
        .containsKeys("fmn/bin/fmn.bat", "fmn/models/emoji-64/model_index.json")
        .containsKeys("fmn/models/clip-bpe/merges.txt", "fmn/man/man1/fmn-patch-sign.1");
    assertThat(packed.keySet())
        .as("plugins are loaded from plugins/ alone")
        .noneMatch(name -> name.startsWith("fmn/lib/plugin-"))
        .anyMatch(name -> name.startsWith("fmn/lib/pytorch-native-cpu-"))
        .anyMatch(name -> name.startsWith("fmn/lib/fmn-plugin-oci-"));
  }

  private Path home() {
    return folder.resolve("fmn");
  }

  private void unpack() throws IOException {
    try (ArchiveInputStream<?> archive = open("tar.gz")) {
      for (ArchiveEntry entry; (entry = archive.getNextEntry()) != null; ) {
        Path target = folder.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(archive, target);
        }
      }
    }
    assertThat(home().resolve("bin/fmn").toFile().setExecutable(true)).isTrue();
  }

  private static Map<String, Long> files(String kind) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (ArchiveInputStream<?> archive = open(kind)) {
      for (ArchiveEntry entry; (entry = archive.getNextEntry()) != null; ) {
        if (!entry.isDirectory()) {
          sizes.put(entry.getName(), archive.skip(Long.MAX_VALUE));
        }
      }
    }
    return sizes;
  }

  private static ArchiveInputStream<?> open(String kind) throws IOException {
    Path file = Path.of("target", ARCHIVE + "." + kind);
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
    return "zip".equals(kind)
        ? new ZipArchiveInputStream(bytes)
        : new TarArchiveInputStream(new GzipCompressorInputStream(bytes));
  }

  private Result fmn(String... arguments) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder command = new ProcessBuilder();
    command.command().add(home().resolve(WINDOWS ? "bin/fmn.bat" : "bin/fmn").toString());
    command.command().addAll(List.of(arguments));
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    command.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = command.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended in time").isTrue();
    return new Result(process.exitValue(), Files.readString(output));
  }

  private record Result(int code, String output) {}
}

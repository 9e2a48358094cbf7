package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same draft is the same file: in another Java, time zone, locale, encoding and order. */
class SameBytesTest {
  /** Of the bytes, so that no change of the writer goes unseen; a new minor version may be one. */
  private static final String EXPECTED =
      "dd5dd559d5ddf3dc0f96558a0c5e4218aca45eeeeb5def06e091134cc37d3d23";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "Pacific/Kiritimati,tr,TR,UTF-8,C",
    "America/Los_Angeles,ar,EG,US-ASCII,POSIX",
    "Asia/Kathmandu,th,TH,UTF-16,C",
    "Africa/Monrovia,de,DE,ISO-8859-1,C"
  })
  void inAnotherJava(String zone, String language, String country, String encoding, String posix)
      throws IOException, InterruptedException {
    List<String> options =
        List.of(
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:hashCode=2", // objects hash otherwise
            "-Duser.timezone=" + zone,
            "-Duser.language=" + language,
            "-Duser.country=" + country,
            "-Dfile.encoding=" + encoding,
            "-Dline.separator=" + (posix.equals("C") ? "\r\n" : "\n"));
    String printed =
        ForkedJvm.run(
            WriteEverything.class, options, folder.toString(), String.valueOf(zone.length()));
    assertThat(printed.strip()).isEqualTo(EXPECTED);
  }

  @Test
  void inAnyOrder() throws IOException {
    for (long order = 0; order < 20; order++) {
      assertThat(WriteEverything.digest(folder, order)).as("order " + order).isEqualTo(EXPECTED);
    }
  }
}

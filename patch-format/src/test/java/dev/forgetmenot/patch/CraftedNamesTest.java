package dev.forgetmenot.patch;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import java.io.IOException;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Entries that no patch has by their names, how often a name is there, and how many they are. */
class CraftedNamesTest extends CraftedArchive {
  static Stream<Arguments> names() {
    return Stream.of(
            "..",
            "../a",
            "docs/../../a",
            "docs/..",
            "/a",
            "//a",
            "c:/a",
            "c:\\a",
            "\\\\host\\a",
            "docs\\a.png",
            "./a",
            "docs/./a",
            "docs//a",
            "docs/",
            "",
            " ",
            "a ",
            "a.",
            "docs/a.",
            "docs./a",
            ".hidden",
            "docs/.a",
            "-rf",
            "_a",
            "~/a",
            "$a",
            "a\u0000.png",
            "a\nb",
            "a\tb",
            "a:stream",
            "a?b",
            "a*b",
            "a|b",
            "\"a\"",
            "<a>",
            "con",
            "con.txt",
            "docs/nul",
            "aux.png",
            "prn",
            "com1",
            "com9.txt",
            "lpt3",
            "com0",
            "DOCS/a.png",
            "docs/A.png",
            "docs/\u00e9.png",
            "docs/e\u0301.png",
            "docs/\u212a.png",
            "docs/\uff0e\uff0e/a",
            "docs/a\u202egnp.exe",
            "docs/\ud83d\ude00.png",
            "a/b/c/d/e",
            "a".repeat(97),
            "docs/" + "a".repeat(300))
        .map(name -> Arguments.of(name, name));
  }

  @ParameterizedTest(name = "[{index}]")
  @MethodSource("names")
  void name(String name, String unused) throws IOException {
    CraftedZip zip = CraftedZip.of(good);
    zip.add(name, text("x"));
    assertRefused(zip, PatchError.BAD_ENTRY_NAME);
  }

  @Test
  void twoEntriesOfOneName() throws IOException {
    for (String name : good.keySet()) {
      CraftedZip zip = CraftedZip.of(good);
      zip.add(name, text("another"));
      assertRefused(zip, PatchError.DUPLICATE_ENTRY);
    }
  }

  @Test
  void sixtyFourEntriesAreEnough() throws IOException {
    CraftedZip zip = CraftedZip.of(good);
    for (int i = zip.entries.size(); i < 64; i++) {
      zip.add("z" + (100 + i), text("x"));
    }
    assertRefused(zip, PatchError.UNLISTED);
    zip.add("zz", text("x"));
    assertRefused(zip, PatchError.SIZE_LIMIT);
    Collections.reverse(zip.entries);
    assertRefused(zip, PatchError.SIZE_LIMIT);
  }
}

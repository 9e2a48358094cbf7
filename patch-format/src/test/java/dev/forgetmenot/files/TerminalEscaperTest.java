package dev.forgetmenot.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class TerminalEscaperTest {
  @Test
  void whatATerminalWouldObeyIsWrittenOut() {
    assertThat(TerminalEscaper.of("a\u001b[2Jb")).isEqualTo("a\\u001b[2Jb");
    assertThat(TerminalEscaper.of("a\rb\bc\u0007\u009b1m\u007f"))
        .isEqualTo("a\\u000db\\u0008c\\u0007\\u009b1m\\u007f");
    assertThat(TerminalEscaper.of("\u202egnp.\u2066x")).isEqualTo("\\u202egnp.\\u2066x");
  }

  @Test
  void everythingElseStays() {
    String text = "två\tlines\r\nand 漢字, עברית, 👩\u200d🚀, $1 \\ {}";
    assertThat(TerminalEscaper.of(text)).isEqualTo(text);
  }

  @Test
  void aFieldStaysInItsLineAndShowsWhatIsNotSeen() {
    assertThat(TerminalEscaper.field("x\nsignature  good\r\n\tby me\u2028y"))
        .isEqualTo("x\\u000asignature  good\\u000d\\u000a\\u0009by me\\u2028y");
    for (int hidden : new int[] {0x200b, 0x200f, 0x202a, 0x2060, 0x2064, 0x2069, 0x61c, 0xfeff}) {
      assertThat(TerminalEscaper.field("a" + Character.toString(hidden) + "b"))
          .isEqualTo(String.format(Locale.ROOT, "a\\u%04xb", hidden));
    }
    assertThat(TerminalEscaper.field("a" + Character.toString(0xe0041) + "b"))
        .isEqualTo("a\\u{e0041}b");
    assertThat(TerminalEscaper.field("två 漢字, עברית $1 \\ {}")).isEqualTo("två 漢字, עברית $1 \\ {}");
  }
}

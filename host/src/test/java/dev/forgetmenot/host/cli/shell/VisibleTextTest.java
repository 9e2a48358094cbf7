package dev.forgetmenot.host.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class VisibleTextTest {
  @Test
  void whatATerminalWouldObeyIsWrittenOut() {
    assertThat(VisibleText.of("a\u001b[2Jb")).isEqualTo("a\\u001b[2Jb");
    assertThat(VisibleText.of("a\rb\bc\u0007\u009b1m\u007f"))
        .isEqualTo("a\\u000db\\u0008c\\u0007\\u009b1m\\u007f");
    assertThat(VisibleText.of("\u202egnp.\u2066x")).isEqualTo("\\u202egnp.\\u2066x");
  }

  @Test
  void everythingElseStays() {
    String text = "två\tlines\r\nand 漢字, עברית, 👩\u200d🚀, $1 \\ {}";
    assertThat(VisibleText.of(text)).isEqualTo(text);
  }

  @Test
  void bothStreamsOfAConsoleDoSo() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (Console console = new Console(new PrintWriter(out), new PrintWriter(err), false)) {
      console.say("a\u001bb");
      console.note("c\u001bd");
    }
    assertThat(out.toString().strip()).isEqualTo("a\\u001bb");
    assertThat(err.toString().strip()).isEqualTo("c\\u001bd");
  }
}

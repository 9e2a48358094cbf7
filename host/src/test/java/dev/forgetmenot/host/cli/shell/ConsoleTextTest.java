package dev.forgetmenot.host.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ConsoleTextTest {
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

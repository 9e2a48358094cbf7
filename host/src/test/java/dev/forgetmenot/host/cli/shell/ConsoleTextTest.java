package dev.forgetmenot.host.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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

  @Test
  void aLineStaysOneLineAndATextIsIndented() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (Console console = new Console(new PrintWriter(out), new PrintWriter(err), false)) {
      console.say("what       a fox\nsignature  good: by Ann\u200b");
      console.sayText("{\n  \"a\": 1\n}");
      console.noteText("fmn: one\nsignature  good");
    }
    assertThat(out.toString().lines())
        .containsExactly(
            "what       a fox\\u000asignature  good: by Ann\\u200b", "{", "  \"a\": 1", "}");
    assertThat(err.toString().lines()).containsExactly("fmn: one", "  signature  good");
  }

  @Test
  void aStreamHasTheCharacterSetOfWhatIsBehindIt() {
    Map<String, String> windows = Map.of("stdout.encoding", "IBM437", "native.encoding", "Cp1252");
    assertThat(Console.charset("stdout", windows::get)).isEqualTo(Charset.forName("IBM437"));
    assertThat(Console.charset("stderr", windows::get)).isEqualTo(Charset.forName("windows-1252"));
    Map<String, String> older = Map.of("sun.stdout.encoding", "cp850");
    assertThat(Console.charset("stdout", older::get)).isEqualTo(Charset.forName("IBM850"));
    Map<String, String> unknown = Map.of("stdout.encoding", "?", "native.encoding", "UTF-8");
    assertThat(Console.charset("stdout", unknown::get)).isEqualTo(StandardCharsets.UTF_8);
  }
}

package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MethodTextTest {
  @Test
  void onlyTheFirstEqualsSignSplitsAndAnEscapedCommaBelongsToTheValue() {
    assertThat(MethodText.parse("plain")).isEqualTo(new MethodText("plain", Map.of()));
    assertThat(MethodText.parse("m,balance=a=1;b=2,to=x\\,y,path=c:\\d"))
        .isEqualTo(new MethodText("m", Map.of("balance", "a=1;b=2", "to", "x,y", "path", "c:\\d")));
    assertThat(MethodText.parse("m,a=\\\\,b=1").settings()).isEqualTo(Map.of("a", "\\", "b", "1"));
  }

  @Test
  void whatIsNoSettingIsRefused() {
    assertThatThrownBy(() -> MethodText.parse("m,to=x,y")).hasMessageContaining("'y' should be");
    assertThatThrownBy(() -> MethodText.parse("m,=y")).hasMessageContaining("'=y' should be");
    assertThatThrownBy(() -> MethodText.parse("m,a=1,a=2")).hasMessageContaining("a is said twice");
  }
}

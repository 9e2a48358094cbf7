package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MethodSpecTest {
  @Test
  void onlyTheFirstEqualsSignSplitsAndAnEscapedCommaBelongsToTheValue() {
    assertThat(MethodSpec.parse("plain")).isEqualTo(new MethodSpec("plain", Map.of()));
    assertThat(MethodSpec.parse("m,balance=a=1;b=2,to=x\\,y,path=c:\\d"))
        .isEqualTo(
            new MethodSpec(
                "m",
                Map.of(
                    "balance",
                    List.of("a=1;b=2"),
                    "to",
                    List.of("x,y"),
                    "path",
                    List.of("c:\\d"))));
    assertThat(MethodSpec.parse("m,a=\\\\,b=1,b=2").settings())
        .isEqualTo(Map.of("a", List.of("\\"), "b", List.of("1", "2")));
  }

  @Test
  void whatIsNoSettingIsRefused() {
    assertThatThrownBy(() -> MethodSpec.parse("m,to=x,y")).hasMessageContaining("'y' should be");
    assertThatThrownBy(() -> MethodSpec.parse("m,=y")).hasMessageContaining("'=y' should be");
  }
}

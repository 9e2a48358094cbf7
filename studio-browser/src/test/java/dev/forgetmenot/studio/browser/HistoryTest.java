package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import org.junit.jupiter.api.Test;

/** What was drawn before is there after the server ended and began again, without a sign-in. */
class HistoryTest extends StudioPageTest {
  @Test
  void imagesSurviveTheServer() throws Exception {
    open("Draw");
    ask("a purple grape", 2, "12");
    button("Draw").click();
    assertThat(drawn("a purple grape")).hasCount(1);

    expect("net::ERR_");
    restartServer(() -> assertThat(alert()).containsText("The server does not answer"));
    assertThat(alert()).hasCount(0);
    assertThat(drawn("a purple grape")).hasCount(1);
    drawn("a purple grape").click();
    assertThat(region("Image")).containsText("Seed: 12");

    page().reload();
    assertThat(drawn("a purple grape")).hasCount(1);
    drawn("a purple grape").click();
    inside(region("Image"), "Delete").click();
    assertThat(drawn("a purple grape")).hasCount(0);
  }
}

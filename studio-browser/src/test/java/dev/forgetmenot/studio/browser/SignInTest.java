package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import org.junit.jupiter.api.Test;

/** Who has the token may draw; the browser keeps it from pages and people. */
class SignInTest extends StudioPageTest {
  private static final String OTHER = "x".repeat(43);

  @Test
  void withoutATokenThePageAsksForIt() {
    expectRefusal(401);
    page().navigate(studio().site());
    assertThat(field("Token")).isVisible();
    assertThat(button("Draw")).hasCount(0);
    field("Token").fill(OTHER);
    press("Enter");
    assertThat(alert()).containsText("the token is missing or wrong");
    field("Token").fill(studio().token());
    press("Enter");
    assertOn("Draw");
  }

  @Test
  void anAddressWithAnotherTokenAsksForIt() {
    expectRefusal(401);
    page().navigate(studio().site() + "#token=" + OTHER);
    assertThat(field("Token")).isVisible();
    assertThat(page().url()).doesNotContain("token");
  }

  @Test
  void theTokenLeavesTheAddressAndScriptsDoNotSeeIt() {
    open("Draw");
    assertThat(page().url()).isEqualTo(studio().site() + "#/draw");
    assertThat(profile().storageState()).doesNotContain(studio().token());
    assertThat((String) page().evaluate("document.cookie")).isEmpty();
    assertThat(profile().cookies()).hasSize(1);
    Cookie cookie = profile().cookies().get(0);
    assertThat(cookie.httpOnly).isTrue();
    assertThat(cookie.sameSite).isEqualTo(SameSiteAttribute.STRICT);
    assertThat(page().evaluate("history.length"))
        .as("the empty page and this one: no step back leads to the token")
        .isEqualTo(2);
  }
}

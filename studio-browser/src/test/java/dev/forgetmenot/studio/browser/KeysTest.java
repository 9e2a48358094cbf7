package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that act on the whole page. */
class KeysTest extends StudioPageTest {
  @BeforeEach
  void openScreen() {
    open("Draw");
  }

  private Locator list() {
    return page().getByRole(AriaRole.DIALOG, new Page.GetByRoleOptions().setName("Keys"));
  }

  @Test
  void digitsChooseAScreen() {
    press("2");
    assertOn("Patches");
    press("3");
    assertOn("Forget");
    press("4");
    assertOn("Correct");
    press("5");
    assertOn("Evaluate");
    press("1");
    assertOn("Draw");
    page().goBack();
    assertOn("Evaluate");
    page().reload();
    assertOn("Evaluate");
  }

  @Test
  void keysOfTheBrowserAreLeftToIt() {
    press("Alt+2");
    press("Control+3");
    press("Control+/");
    assertThat(field("Prompt")).not().isFocused();
    assertOn("Draw");
  }

  @Test
  void whatIsTypedIsText() {
    field("Prompt").focus();
    page().keyboard().type("2 / b?");
    assertThat(field("Prompt")).hasValue("2 / b?");
    assertOn("Draw");
    assertThat(list()).hasCount(0);
  }

  @Test
  void theListOfKeysOpensAndCloses() {
    button("Draw").focus();
    press("?");
    assertThat(inside(list(), "Close")).isFocused();
    press("Tab");
    press("Tab");
    press("Tab");
    assertThat(page().locator("main :focus")).hasCount(0);
    press("2");
    press("Escape");
    assertThat(list()).hasCount(0);
    assertThat(button("Draw")).isFocused();

    press("?");
    assertThat(list()).isVisible();
    press("?");
    assertThat(list()).hasCount(0);
    button("Keys").click();
    inside(list(), "Close").click();
    assertThat(list()).hasCount(0);
    assertOn("Draw");
  }

  @Test
  void theFirstLinkLeadsToTheContent() {
    go("Patches");
    page().reload();
    press("Tab");
    press("Enter");
    assertOn("Patches");
    assertThat(page().getByRole(AriaRole.MAIN)).isFocused();
  }

  @Test
  void escapeClosesAnImage() {
    ask("a pink flower", 2, "1");
    button("Draw").click();
    drawn("a pink flower").click();
    assertThat(region("Image")).isVisible();
    press("Escape");
    assertThat(region("Image")).hasCount(0);
  }
}

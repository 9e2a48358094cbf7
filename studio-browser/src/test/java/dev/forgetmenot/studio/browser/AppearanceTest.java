package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every screen, light on a desk and dark on a phone: nothing serious for axe-core, contrast among
 * it, and nothing wider than the window.
 */
class AppearanceTest extends StudioPageTest {
  private static final int PHONE = 360; // pixels

  private ScreenImages images;

  @BeforeAll
  static void makeWhatIsShown() throws Exception {
    for (String prompt : new String[] {"a fox", "an owl", "a robot", "a photo of merlin"}) {
      studio()
          .done(
              "{\"kind\": \"draw\", \"prompt\": \"PROMPT\", \"seed\": \"1\", \"count\": 3}"
                  .replace("PROMPT", prompt));
    }
    for (String concept : new String[] {"fox", "merlin"}) {
      studio()
          .done(
              ("{\"kind\": \"forget\", \"method\": \"oblique\", \"concepts\": [\"CONCEPT\"],"
                      + " \"report\": MEASURED}")
                  .replace("CONCEPT", concept)
                  .replace("MEASURED", String.valueOf(ScreenImages.WANTED)));
    }
  }

  @ParameterizedTest
  @CsvSource({"LIGHT, 1280, 1000", "DARK, 360, 780"})
  void everyScreenIsReadableAndNoWiderThanTheWindow(ColorScheme scheme, int width, int height) {
    openProfile(
        new Browser.NewContextOptions().setColorScheme(scheme).setViewportSize(width, height));
    images = new ScreenImages(page(), width == PHONE ? "phone-" : "");
    signIn();
    draw();
    patches();
    beforeAndAfter();
    otherScreens();
  }

  /** Judges what is shown now. */
  private void look(String shown) {
    Accessibility.check(page(), shown);
    assertThat((int) page().evaluate("document.documentElement.scrollWidth"))
        .as(shown + ": width of what is shown")
        .isLessThanOrEqualTo((int) page().evaluate("document.documentElement.clientWidth"));
  }

  private void signIn() {
    expectRefusal(401);
    page().navigate(studio().site());
    field("Token").fill("wrong");
    button("Enter").click();
    assertThat(alert()).isVisible();
    look("the question for the token");
    field("Token").fill(studio().token());
    button("Enter").click();
    assertOn("Draw");
  }

  private void draw() {
    look("Draw");
    ask("a photo of merlin", 20, "9007199254740993");
    drawn("a photo of merlin").first().click();
    assertShown(region("Image").getByRole(AriaRole.IMG), 64);
    look("an image");
    images.write("draw");
    button("Keys").click();
    look("the list of keys");
    press("Escape");
    press("Escape");

    ask("a photo of merlin", 150, "1");
    field("Images").fill("16");
    button("Draw").click();
    button("Draw").click();
    assertThat(region("Being drawn").getByAltText("Preview")).isVisible();
    look("a drawing and one that waits");
    inside(page().getByRole(AriaRole.LIST).first(), "Cancel").click();
    inside(region("Being drawn"), "Cancel").click();
    assertThat(region("Being drawn")).hasCount(0);

    ask("a fox <patch:missing-" + "x".repeat(80) + ":1>", 2, "1");
    button("Draw").click();
    assertThat(alert()).isVisible();
    look("a drawing that failed");
    inside(alert(), "Remove").click();
    assertThat(alert()).hasCount(0);
  }

  private void patches() {
    go("Patches");
    Locator first = page().getByRole(AriaRole.LISTITEM).first();
    inside(first, "Put on").click();
    assertThat(alert()).isVisible();
    look("Patches with a question");
    inside(first, "Put on all the same").click();
    Locator second = page().getByRole(AriaRole.LISTITEM).nth(1);
    inside(second, "Put on").click();
    inside(second, "Put on all the same").click();
    second.getByRole(AriaRole.SLIDER).focus();
    press("ArrowLeft");
    press("ArrowLeft");
    page().getByText("All that are on together").click();
    button("Check and save as .fmnstack").click();
    assertThat(region("Stack")).containsText("Overlap");
    look("Patches with a stack");
    images.write("patches");
    inside(region("Stack"), "Remove from this list").click();
    assertThat(region("Stack")).hasCount(0);
  }

  private void beforeAndAfter() {
    go("Draw");
    ask("a photo of merlin", 20, "5");
    field("Images").fill("3");
    button("Draw before and after").click();
    assertThat(region("Before and after").getByRole(AriaRole.BUTTON)).hasCount(6);
    assertShown(region("Before and after").getByAltText("With patches, seed 5"), 64);
    look("before and after");
    images.write("before-after");
    inside(region("Before and after"), "Close").click();
  }

  private void otherScreens() {
    go("Forget");
    field("What should it forget?").fill("merlin");
    field("Method").selectOption("oblique");
    look("Forget");
    images.write("forget");
    page().getByText("What this model is known to draw").click();
    page().getByText("Settings of oblique").click();
    look("Forget with settings");
    go("Correct");
    field("Which word shows one thing alone?").fill("wizard");
    look("Correct");
    images.write("correct");
    go("Evaluate");
    look("Evaluate");
    images.write("evaluate");
  }
}

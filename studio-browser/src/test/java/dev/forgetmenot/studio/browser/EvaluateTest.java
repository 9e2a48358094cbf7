package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.Test;

/**
 * The screen Evaluate: what it would take, and an evaluation of hundreds of images, which is
 * stopped.
 */
class EvaluateTest extends StudioPageTest {
  private void measureAlone(String name) {
    Locator ticks = page().getByRole(AriaRole.GROUP).getByRole(AriaRole.CHECKBOX);
    assertThat(ticks.first()).isVisible();
    for (Locator tick : ticks.all()) {
      tick.setChecked(tick.locator("xpath=..").textContent().strip().startsWith(name + " "));
    }
  }

  @Test
  void theModelItselfIsMeasuredUntilThatIsCancelled() {
    open("Evaluate");
    assertThat(page().getByText("No patch is on")).isVisible();
    field("Concepts").fill("merlin");
    field("Images of each prompt or concept, at most").fill("1");
    measureAlone("forgetting");
    assertThat(page().getByText("1 of ")).isVisible();

    button("What would it take?").click();
    Locator result = region("Result");
    assertThat(result).containsText("images");
    assertThat(result.getByRole(AriaRole.LINK)).hasCount(0);
    inside(result, "Remove from this list").click();
    assertThat(result).hasCount(0);

    button("Evaluate").click();
    assertThat(region("Being done")).containsText("evaluate merlin");
    page().reload();
    assertThat(region("Being done")).containsText("drawing");
    cancel("evaluate merlin");
  }

  @Test
  void aNameThatTheListDoesNotHaveIsRefused() {
    expectRefusal(422);
    open("Evaluate");
    field("Concepts").fill("qwertz");
    button("Evaluate").click();
    assertThat(alert()).containsText("qwertz");
    assertThat(region("Result")).hasCount(0);
  }
}

package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.Test;

/** The screen Evaluate: from a concept to a report. */
class EvaluateTest extends StudioPageTest {
  private static final double JOB_MILLIS = 180_000;

  private void measureAlone(String name) {
    Locator ticks = page().getByRole(AriaRole.GROUP).getByRole(AriaRole.CHECKBOX);
    assertThat(ticks.first()).isVisible();
    for (Locator tick : ticks.all()) {
      tick.setChecked(tick.locator("xpath=..").textContent().strip().startsWith(name + " "));
    }
  }

  @Test
  void theModelItselfIsMeasuredAndTheReportOpened() {
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
    assertThat(result.getByRole(AriaRole.LINK))
        .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(JOB_MILLIS));
    assertThat(result).containsText("merlin");
    page().reload();
    Page report = profile().waitForPage(() -> result.getByRole(AriaRole.LINK).click());
    assertThat(report.getByRole(AriaRole.HEADING).first()).isVisible();
    assertThat(report.content()).contains("merlin");
    assertThat(report.evaluate("window.origin")).as("a sandbox").isEqualTo("null");
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

package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The screens Forget and Correct: from a name to a patch that is on, or to a sentence. */
class ForgetTest extends StudioPageTest {
  private static final double JOB_MILLIS = 180_000; // 68 images are drawn and judged

  private static final String WHAT = "What should it forget?";

  /** Nothing of one test is shown in the next. */
  @AfterEach
  void removeJobs() throws Exception {
    studio().until("status", one -> !one.has("running"));
    removeAll("jobs");
    removeAll("patches");
  }

  private static void removeAll(String what) throws Exception {
    for (var one : studio().get(what).getAsJsonArray(what)) {
      studio().remove(what + "/" + one.getAsJsonObject().get("id").getAsString());
    }
  }

  private void choose(String what, String name, String method) {
    field(what).fill(name);
    field("Method").selectOption(method);
  }

  @Test
  void whatItWouldTakeIsSaidBefore() {
    open("Forget");
    choose(WHAT, "merlin", "oblique");
    button("What would it take?").click();
    Locator result = region("Result");
    assertThat(result).containsText("oblique would take about");
    assertThat(result).containsText("nearest to 'merlin'");
    assertThat(button("Put on and draw")).hasCount(0);
    page().getByText("Settings of oblique").click();
    result.getByRole(AriaRole.CHECKBOX, new Locator.GetByRoleOptions().setName("morgana")).check();
    assertThat(field("keep")).hasValue("morgana");
    inside(result, "Remove from this list").click();
    assertThat(result).hasCount(0);
  }

  @Test
  void aNameIsForgottenAndThePatchPutOn() throws Exception {
    open("Forget");
    page().getByText("What this model is known to draw").click();
    button("merlin").click();
    assertThat(field(WHAT)).hasValue("merlin");
    field("Method").selectOption("oblique");
    page().getByText("Report and what the patch says of itself").click();
    field("Images of each concept, before and after").fill("4");
    field("Pairs of them that go into the patch, for its card").fill("1");
    button("Forget").click();
    assertThat(region("Being done")).containsText("merlin");

    page().reload();
    assertThat(field(WHAT)).hasValue("merlin");
    Locator result = region("Result");
    assertThat(result)
        .containsText(
            Pattern.compile("merlin, recognised\\s+4/4 .*\\s0/4"),
            new LocatorAssertions.ContainsTextOptions()
                .setUseInnerText(true) // which parts the cells of a row
                .setTimeout(JOB_MILLIS));
    Locator sheet = result.getByRole(AriaRole.IMG);
    assertThat(sheet).hasJSProperty("complete", true);
    assertThat(sheet).not().hasJSProperty("naturalWidth", 0);
    Accessibility.check(page(), "Forget with a result");

    button("Put on and draw").click();
    assertOn("Draw");
    assertThat(page().getByText("On: ")).containsText("merlin");
    ask("merlin", 2, "6");
    button("Draw").click();
    drawn("merlin").click();
    assertThat(region("Image")).containsText("forget-merlin");
    go("Patches");
    Locator card = page().getByRole(AriaRole.LISTITEM);
    assertShown(card.getByAltText(Pattern.compile(", without$")).first(), 64);
    assertShown(card.getByAltText(Pattern.compile(", with$")).first(), 64);
  }

  @Test
  void oneThatIsBeingDoneIsCancelledAfterAReload() {
    open("Forget");
    choose(WHAT, "merlin", "auto");
    button("Forget").click();
    assertThat(region("Being done")).containsText("forget merlin");
    page().reload();
    cancel("forget merlin");
  }

  @Test
  void aNameThatIsNotKnownIsRefused() {
    expectRefusal(422);
    open("Forget");
    choose(WHAT, "qwertz", "oblique");
    button("What would it take?").click();
    assertThat(alert()).containsText("qwertz");
    assertThat(region("Result")).hasCount(0);
  }

  @Test
  void aWordIsCorrectedOnAScreenOfItsOwn() {
    open("Correct");
    field("Which word shows one thing alone?").fill("wizard");
    button("Correct").click();
    assertThat(region("Being done")).containsText("correct wizard");
    inside(region("Being done"), "Cancel").click();
    assertThat(alert()).containsText("correct wizard: cancelled");
    go("Forget");
    assertThat(field(WHAT)).hasValue("");
    assertThat(alert()).hasCount(0);
  }
}

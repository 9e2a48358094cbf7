package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The screen Draw: a prompt becomes an image, and an image gives its recipe back. */
class DrawTest extends StudioPageTest {
  private static final int SIZE = 64; // of images of the embedded model
  private static final int LONG = 150; // steps

  @BeforeEach
  void openScreen() {
    open("Draw");
  }

  private static JsonObject newest() throws Exception {
    return studio().jobs().get(0).getAsJsonObject();
  }

  /** Begins what does not end by itself in the time of a test, and waits for its first step. */
  private void beginLong(String prompt) {
    ask(prompt, LONG, "3");
    field("Images").fill("16");
    button("Draw").click();
    assertThat(region("Being drawn")).containsText("drawing: ");
    assertShown(region("Being drawn").getByAltText("Preview"), SIZE);
  }

  private void assertStopped(String prompt) throws Exception {
    assertThat(region("Being drawn")).hasCount(0);
    assertThat(newest().get("title").getAsString()).isEqualTo(prompt);
    assertThat(newest().get("state").getAsString()).isEqualTo("cancelled");
  }

  @Test
  void anImageIsDrawnAndShowsItsRecipe() {
    ask("a red apple", 4, "9007199254740993");
    button("Draw").click();
    drawn("a red apple").click();
    Locator image = region("Image");
    assertShown(image.getByRole(AriaRole.IMG), SIZE);
    assertThat(image).containsText("a red apple");
    assertThat(image).containsText("Steps: 4");
    assertThat(image).containsText("Seed: 9007199254740993");
  }

  @Test
  void settingsThatAreSeldomSetAreTheModels() throws Exception {
    ask("a white swan", 2, "5");
    page().getByText("More settings").click();
    assertThat(field("Prompt of the second text encoder")).hasCount(0);
    field("Clip skip").fill("2");
    button("Draw").click();
    assertThat(drawn("a white swan")).hasCount(1);
    assertThat(newest().getAsJsonObject("request").get("clipSkip").getAsInt()).isEqualTo(2);
  }

  @Test
  void theRecipeGoesToTheClipboard() {
    profile().grantPermissions(List.of("clipboard-read", "clipboard-write"));
    ask("a pear", 2, "8");
    button("Draw").click();
    drawn("a pear").click();
    button("Copy recipe").click();
    assertThat(button("Copied")).isVisible();
    assertThat((String) page().evaluate("navigator.clipboard.readText()"))
        .startsWith("a pear\n")
        .contains("Seed: 8,");
  }

  @Test
  void theSeedIsUsedAloneOrWithAllSettings() {
    ask("a blue whale", 3, "77");
    button("Draw").click();
    assertThat(drawn("a blue whale")).hasCount(1);
    ask("a yellow duck", 5, "");
    drawn("a blue whale").click();

    button("Use seed").click();
    assertThat(field("Seed")).hasValue("77");
    assertThat(field("Prompt")).hasValue("a yellow duck");
    assertThat(field("Prompt")).isFocused();
    assertThat(field("Steps")).hasValue("5");

    button("Use all").click();
    assertThat(field("Prompt")).hasValue("a blue whale");
    assertThat(field("Steps")).hasValue("3");
    assertThat(field("Seed")).hasValue("77");

    button("Random seed").click();
    assertThat(field("Seed")).hasValue("");
  }

  @Test
  void keysAloneDrawAndOpenAndClose() {
    press("/");
    assertThat(field("Prompt")).isFocused();
    page().keyboard().type("a green frog");
    tabTo(field("Steps"));
    page().keyboard().type("3");
    tabTo(field("Images"));
    page().keyboard().type("2");
    press("Control+Enter");
    Locator images = drawn("a green frog");
    assertThat(images).hasCount(2);

    tabTo(images.first());
    press("ArrowRight");
    assertThat(images.nth(1)).isFocused();
    press("ArrowLeft");
    assertThat(images.first()).isFocused();
    press("Enter");
    assertThat(region("Image")).containsText("a green frog");
    assertThat(inside(region("Image"), "Close")).isFocused();
    press("Enter");
    assertThat(region("Image")).hasCount(0);
    assertThat(images.first()).isFocused();
  }

  @Test
  void aKeyThatComesBeforeTheNextFrameDrawsWhatTheFieldsHold() {
    ask("a pink whale", 3, "7");
    page()
        .evaluate(
            """
            async () => {
              const images = document.getElementById("count");
              images.value = "2";
              images.dispatchEvent(new Event("input", { bubbles: true }));
              await new Promise((done) => {
                const next = new MessageChannel(); // the next task, which comes before the next frame
                next.port1.onmessage = done;
                next.port2.postMessage("");
              });
              const key = { key: "Enter", ctrlKey: true, bubbles: true };
              images.dispatchEvent(new KeyboardEvent("keydown", key));
            }""");
    assertThat(drawn("a pink whale")).hasCount(2);
  }

  /** Presses Tab until a part has the focus. */
  private void tabTo(Locator part) {
    for (int i = 0; i < 60; i++) {
      press("Tab");
      if ((boolean) part.evaluate("one => one === document.activeElement")) {
        return;
      }
    }
    throw new AssertionError("the key Tab does not lead to " + part);
  }

  @Test
  void shiftAndXStopAndKeepTheImageAsItIs() throws Exception {
    beginLong("an orange fox");
    field("Prompt").focus();
    press("End");
    press("Shift+X");
    assertThat(field("Prompt")).hasValue("an orange foxX");
    assertThat(region("Being drawn")).isVisible();

    button("Draw").focus();
    press("Shift+X");
    assertStopped("an orange fox");
    assertThat(drawn("an orange fox")).hasCount(1);
  }

  @Test
  void aReloadInTheMidstLosesNothing() throws Exception {
    beginLong("a white owl");
    page().reload();
    assertThat(region("Being drawn")).containsText("a white owl");
    assertThat(field("Prompt")).hasValue("a white owl");
    assertThat(field("Steps")).hasValue(String.valueOf(LONG));
    assertShown(region("Being drawn").getByAltText("Preview"), SIZE);
    inside(region("Being drawn"), "Cancel").click();
    assertStopped("a white owl");
  }

  @Test
  void eachOfThoseThatWaitCanBeCancelled() throws Exception {
    beginLong("a pink pig");
    ask("a brown bear", 2, "4");
    button("Draw").click();
    Locator waiting =
        page().getByRole(AriaRole.LIST).filter(new Locator.FilterOptions().setHasText("bear"));
    assertThat(waiting).hasAttribute("aria-label", "Waiting");
    inside(waiting, "Cancel").click();
    assertThat(waiting).hasCount(0);
    assertThat(region("Being drawn")).containsText("a pink pig");
    inside(region("Being drawn"), "Cancel").click();
    assertThat(region("Being drawn")).hasCount(0);
    assertThat(drawn("a brown bear")).hasCount(0);
  }

  @Test
  void anImageThatIsDroppedGivesItsRecipeAndIsBegunWith() throws Exception {
    page().navigate("about:blank"); // the page would ask for an image that is gone meanwhile
    JsonObject job =
        studio()
            .done(
                "{\"kind\": \"draw\", \"prompt\": \"a snowman\", \"seed\": \"21\", \"steps\": 3}");
    String id = job.getAsJsonObject("result").getAsJsonArray("images").get(0).getAsString();
    byte[] png = studio().ask("GET", "images/" + id + ".png", "", new byte[0]).body();
    studio().remove("images/" + id);
    open("Draw");
    drop("Drop an image here to see its recipe, or", "kept.png", png);
    assertThat(region("Image")).containsText("Seed: 21");
    button("Use all").click();
    assertThat(field("Prompt")).hasValue("a snowman");
    assertThat(field("Seed")).hasValue("21");

    button("Begin with it").click();
    field("Drawn anew (denoising strength)").fill("0.5");
    ask("a penguin", 4, "22");
    button("Draw").click();
    drawn("a penguin").click();
    assertThat(region("Image")).containsText("Denoising strength: 0.5");
  }

  @Test
  void whatIsRefusedOrFailsSaysWhy() {
    expectRefusal(422);
    ask("a fox", 400, "1");
    press("Control+Enter");
    assertThat(alert()).containsText("steps");
    assertThat(alert()).containsText("FMN-");

    ask("a fox <patch:missing:1>", 2, "1");
    press("Control+Enter");
    assertThat(alert()).containsText("missing");
    inside(alert(), "Remove").click();
    assertThat(alert()).hasCount(0);
  }
}

package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Locator;
import dev.forgetmenot.testkit.GoldenFolders;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The screen Draw, of a model with two text encoders. */
class TwoPromptsTest extends StudioPageTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sdxl-tiny/model");

  @BeforeAll
  static void serveAnotherModel() throws Exception {
    restartServer(() -> {}, "--model", MODEL.toString());
  }

  @BeforeEach
  void openScreen() {
    open("Draw");
  }

  private Locator more() {
    return page().getByText("More settings");
  }

  private static JsonObject newest() throws Exception {
    return studio().jobs().get(0).getAsJsonObject().getAsJsonObject("request");
  }

  @Test
  void secondPromptsAndSizesAreDrawnAndUsedAgain() throws Exception {
    ask("a castle", 1, "4");
    more().click();
    field("Prompt of the second text encoder").fill("oil on canvas");
    field("Negative prompt of the second text encoder").fill("ink");
    field("Original width").fill("32");
    field("Original height").fill("24");
    field("Crop top").fill("8");
    Accessibility.check(page(), "all settings");
    new ScreenImages(page(), "two-").write("prompts");
    button("Draw").click();
    assertThat(drawn("a castle")).hasCount(1);
    JsonObject request = newest();
    assertThat(request.get("secondPrompt").getAsString()).isEqualTo("oil on canvas");
    assertThat(request.get("secondNegativePrompt").getAsString()).isEqualTo("ink");
    assertThat(request.get("originalWidth").getAsInt()).isEqualTo(32);
    assertThat(request.get("originalHeight").getAsInt()).isEqualTo(24);
    assertThat(request.get("cropTop").getAsInt()).isEqualTo(8);
    assertThat(request.has("targetWidth")).isFalse();

    field("Prompt of the second text encoder").fill("");
    field("Crop top").fill("");
    drawn("a castle").click();
    button("Use all").click();
    assertThat(field("Prompt of the second text encoder")).hasValue("oil on canvas");
    assertThat(field("Crop top")).hasValue("8");
    assertThat(field("Target width")).hasValue("");
  }

  @Test
  void aSizeWithOneSideIsRefusedWithWords() {
    ask("a castle", 1, "4");
    more().click();
    field("Target width").fill("32");
    expectRefusal(422);
    button("Draw").click();
    assertThat(alert()).containsText("targetWidth and targetHeight should be given both");
  }
}

package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The screen Patches: what is made of patches, and patches made of other tools' files. */
class MadeOfPatchesTest extends StudioPageTest {
  private static final double JOB_MILLIS = 180_000; // 20 images

  @BeforeAll
  static void makePatch() throws Exception {
    JsonObject job =
        studio()
            .done(
                "{\"kind\": \"forget\", \"method\": \"oblique\", \"report\": false, \"concepts\":"
                    + " [\"merlin\"]}");
    assertThat(job.getAsJsonObject("result").get("patch").getAsString()).isNotEmpty();
  }

  @Test
  void aLoraIsDownloadedAndComesBackAsAPatch() throws Exception {
    open("Patches");
    inside(card("forget-merlin"), "As a LoRA").click();
    Locator made = region("Result");
    Download file = page().waitForDownload(() -> made.getByRole(AriaRole.LINK).click());
    assertThat(file.suggestedFilename()).endsWith(".safetensors");
    byte[] lora = Files.readAllBytes(file.path());
    inside(made, "Remove from this list").click();
    assertThat(made).hasCount(0);

    drop("Drop .fmnpatch files, LoRAs or embeddings here, or", "borrowed.safetensors", lora);
    assertThat(made).containsText("It is among the patches as");
    assertThat(card("borrowed")).containsText("fits this model");
    inside(made, "Remove from this list").click();
    inside(card("borrowed"), "Delete").click();
    assertThat(card("borrowed")).hasCount(0);
  }

  @Test
  void aCopyOfTheModelHasThemInIt() {
    open("Patches");
    putOn();
    page().getByText("All that are on together").click();
    field("Name of a copy of the model").fill("without-merlin");
    button("Write a copy of the model with them in it").click();
    assertThat(region("Result")).containsText("models/without-merlin");
    assertThat(folder().resolve("state/models/without-merlin/model_index.json")).exists();
    inside(region("Result"), "Remove from this list").click();
  }

  @Test
  void aGridHasStrengthsAndSeeds() {
    open("Patches");
    inside(card("forget-merlin"), "Grid").click();
    Locator grid = region("Strengths and seeds");
    assertThat(grid.getByRole(AriaRole.IMG))
        .hasCount(5 * 4, new LocatorAssertions.HasCountOptions().setTimeout(JOB_MILLIS));
    assertShown(grid.getByRole(AriaRole.IMG).first(), 64);
    assertThat(grid.getByRole(AriaRole.ROWHEADER).first()).hasText("0");
    page().reload();
    assertThat(grid.getByRole(AriaRole.IMG)).hasCount(5 * 4);
    inside(grid, "Close").click();
    assertThat(grid).hasCount(0);
  }

  private void putOn() {
    inside(card("forget-merlin"), "Put on").click();
    inside(card("forget-merlin"), "Put on all the same").click();
  }
}

package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.FileChooser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The screen Patches: files come in, are put on as strongly as wanted, and go with a drawing. */
class PatchesTest extends StudioPageTest {
  private static final String NO_MORE = "is on and is not here any more";

  /** Patches that nobody signed, as somebody sends them. */
  private static Path merlin;

  private static Path fox;

  @BeforeAll
  static void makePatches() throws Exception {
    merlin = patch("merlin");
    fox = patch("fox");
  }

  private static Path patch(String concept) throws Exception {
    JsonObject job =
        studio()
            .done(
                "{'kind': 'forget', 'method': 'oblique', 'report': false, 'concepts': ['CONCEPT']}"
                    .replace("CONCEPT", concept)
                    .replace('\'', '"'));
    String id = job.getAsJsonObject("result").get("patch").getAsString();
    Path file = folder().resolve("forget-" + concept + ".fmnpatch");
    return Files.write(
        file, studio().ask("GET", "patches/" + id + "/file", "", new byte[0]).body());
  }

  @BeforeEach
  void openScreenWithoutPatches() throws Exception {
    for (var card : studio().get("patches").getAsJsonArray("patches")) {
      studio().remove("patches/" + card.getAsJsonObject().get("id").getAsString());
    }
    open("Patches");
  }

  private void drop(String name, byte[] content) {
    drop("Drop .fmnpatch files, LoRAs or embeddings here, or", name, content);
  }

  /** Drops a patch and puts it on. */
  private Locator on(Path patch) throws Exception {
    String name = patch.getFileName().toString().replace(".fmnpatch", "");
    drop(patch.getFileName().toString(), Files.readAllBytes(patch));
    inside(card(name), "Put on").click();
    inside(card(name), "Put on all the same").click();
    assertThat(slider(card(name))).isVisible();
    return card(name);
  }

  private static Locator slider(Locator card) {
    return card.getByRole(AriaRole.SLIDER);
  }

  @Test
  void oneThatNobodySignedIsAskedAboutOnce() throws Exception {
    drop("forget-merlin.fmnpatch", Files.readAllBytes(merlin));
    Locator card = card("forget-merlin");
    assertThat(card).containsText("forget merlin · oblique");
    assertThat(card).containsText("not signed");
    assertThat(card).containsText("fits this model");

    inside(card, "Put on").click();
    assertThat(alert()).containsText("not signed");
    assertThat(slider(card)).hasCount(0);
    inside(card, "Do not use").click();
    assertThat(alert()).hasCount(0);
    assertThat(slider(card)).hasCount(0);

    inside(card, "Put on").click();
    inside(card, "Put on all the same").click();
    assertThat(slider(card)).hasValue("1");
    assertThat(alert()).hasCount(0);
    page().reload();
    assertThat(slider(card)).hasValue("1");
    inside(card, "Take off").click();
    inside(card, "Delete").click();
    assertThat(card).hasCount(0);
  }

  @Test
  void aFileThatIsNoPatchIsRefused() throws Exception {
    expectRefusal(422);
    drop("notes.fmnpatch", "hello".getBytes(StandardCharsets.UTF_8));
    assertThat(alert()).containsText("FMN-");
    assertThat(page().getByRole(AriaRole.LISTITEM)).hasCount(0);
    drop("forget-fox.fmnpatch", Files.readAllBytes(fox));
    assertThat(card("forget-fox")).isVisible();
    assertThat(alert()).hasCount(0);
  }

  @Test
  void filesAreChosenByKeys() {
    button("Choose files").focus();
    FileChooser chooser = page().waitForFileChooser(() -> press("Enter"));
    assertThat(chooser.isMultiple()).isTrue();
    chooser.setFiles(new Path[] {merlin, fox});
    assertThat(card("forget-merlin")).isVisible();
    assertThat(card("forget-fox")).isVisible();
  }

  @Test
  void aKeyIsMadeOnceAndSigns() throws Exception {
    drop("forget-merlin.fmnpatch", Files.readAllBytes(merlin));
    assertThat(inside(card("forget-merlin"), "Sign")).hasCount(0);
    page().getByText("Sign patches").click();
    field("Your name, for those who get them").fill("Ann");
    button("Make a key").click();
    inside(card("forget-merlin"), "Sign").click();
    assertThat(card("forget-merlin")).containsText("signed by Ann");
    Download other = page().waitForDownload(() -> page().getByText("download it").click());
    assertThat(other.suggestedFilename()).isEqualTo("signing.key.pub");
    inside(card("forget-merlin"), "Put on").click();
    assertThat(slider(card("forget-merlin"))).isVisible();
    page().reload();
    assertThat(page().getByText("Patches are signed here by Ann")).isVisible();
  }

  @Test
  void strengthsAreMovedTypedAndTakenBack() throws Exception {
    Locator card = on(merlin);
    Locator slider = slider(card);
    Locator number = card.getByLabel("Strength of forget-merlin");
    slider.focus();
    press("ArrowLeft");
    assertThat(slider).hasValue("0.95");
    assertThat(number).hasValue("0.95");
    number.fill("0.5");
    press("Enter");
    assertThat(slider).hasValue("0.5");

    button("Undo").click();
    assertThat(slider).hasValue("0.95");
    slider.focus();
    press("Control+z");
    assertThat(slider).hasValue("1");

    number.fill("99");
    press("Tab");
    String most = slider.getAttribute("max");
    assertThat(slider).hasValue(most);
    assertThat(number).hasValue(most);
    slider.dblclick();
    assertThat(slider).hasValue("1");
  }

  @Test
  void beforeAndAfterHaveEqualSeeds() throws Exception {
    Locator card = on(merlin);
    assertThat(card).isVisible();
    go("Draw");
    assertThat(page().getByText("On: ")).containsText("forget-merlin");
    ask("merlin", 6, "7");
    field("Images").fill("2");
    button("Draw before and after").click();

    Locator wipe = region("Before and after");
    assertShown(wipe.getByAltText("Without patches, seed 7"), 64);
    assertShown(wipe.getByAltText("With patches, seed 7"), 64);
    assertThat(bytes(wipe.getByAltText("With patches, seed 7")))
        .as("the patch forgets merlin")
        .isNotEqualTo(bytes(wipe.getByAltText("Without patches, seed 7")));
    inside(wipe, "Seed 8").click();
    assertShown(wipe.getByAltText("Without patches, seed 8"), 64);
    assertShown(wipe.getByAltText("With patches, seed 8"), 64);

    Locator patched = wipe.getByAltText("With patches, seed 8");
    Locator share = wipe.getByRole(AriaRole.SLIDER);
    share.fill("30");
    assertThat(patched).hasCSS("clip-path", "inset(0px 0px 0px 70%)");
    press("b");
    assertThat(patched).hasCSS("clip-path", "inset(0px 0px 0px 0%)");
    inside(wipe, "Before").click();
    assertThat(patched).hasCSS("clip-path", "inset(0px 0px 0px 100%)");
    press("B");
    assertThat(patched).hasCSS("clip-path", "inset(0px 0px 0px 0%)");

    page().reload();
    assertThat(wipe).isVisible();
    inside(wipe, "Close").click();
    assertThat(wipe).hasCount(0);
    assertThat(drawn("merlin")).hasCount(4);
    drawn("merlin").first().click();
    assertThat(region("Image")).containsText("forget-merlin");
    drawn("merlin").last().click();
    assertThat(region("Image")).not().containsText("forget-merlin");
  }

  private byte[] bytes(Locator image) {
    return page().request().get(image.evaluate("one => one.src").toString()).body();
  }

  @Test
  void whatIsOnIsSavedAsAStack() throws Exception {
    on(merlin);
    Locator card = on(fox);
    card.getByLabel("Strength of forget-fox").fill("0.5");
    press("Enter");
    page().getByText("All that are on together").click();
    button("Check and save as .fmnstack").click();
    Locator stack = region("Stack");
    assertThat(stack).containsText("Left in the stack");
    Locator link = stack.getByRole(AriaRole.LINK);
    Download file = page().waitForDownload(link::click);
    assertThat(file.suggestedFilename()).endsWith(".fmnstack");
    assertThat(Files.readString(file.path())).contains("forget-merlin", "forget-fox", "0.5");
    inside(stack, "Remove from this list").click();
    assertThat(stack).hasCount(0);
  }

  @Test
  void oneThatIsGoneIsSaidAndTakenOff() throws Exception {
    on(merlin);
    openScreenOfOthers();
    assertThat(alert()).containsText(NO_MORE);
    inside(alert(), "Take off").click();
    assertThat(alert()).hasCount(0);
  }

  /** The patches are removed elsewhere, such as in another tab. */
  private void openScreenOfOthers() throws Exception {
    openScreenWithoutPatches();
    page().reload();
  }
}

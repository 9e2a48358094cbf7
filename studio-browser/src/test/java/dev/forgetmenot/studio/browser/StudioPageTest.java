package dev.forgetmenot.studio.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tests of the page share: a server of each class, a browser profile of each test, and
 * names for what is on the page. An error in the console, such as one of the content policy, fails
 * the test at its end, and so does one that was expected and did not come.
 */
abstract class StudioPageTest {
  private static final double LONGEST_MILLIS = 30_000;

  @TempDir private static Path folder;
  private static StudioProgram studio;

  private final List<String> errors = new ArrayList<>();
  private final Set<String> expected = new TreeSet<>();
  private BrowserContext profile;
  private Page page;

  @BeforeAll
  static void startServer() throws Exception {
    Chromium.browser();
    studio = StudioProgram.start(folder, 0);
    PlaywrightAssertions.setDefaultAssertionTimeout(LONGEST_MILLIS);
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (studio != null) {
      studio.close();
      studio = null;
    }
  }

  /**
   * Ends the server and starts it again, with the same state and at the same address.
   *
   * @param options more of them, for this time
   */
  static void restartServer(Runnable between, String... options) throws Exception {
    int port = studio.port();
    studio.close();
    between.run();
    studio = StudioProgram.start(folder, port, options);
  }

  static StudioProgram studio() {
    return studio;
  }

  /** A folder of this class. */
  static Path folder() {
    return folder;
  }

  @BeforeEach
  void openProfile() {
    openProfile(new Browser.NewContextOptions());
  }

  /** Begins anew in a profile with other settings. */
  void openProfile(Browser.NewContextOptions options) {
    if (profile != null) {
      profile.close();
    }
    profile = Chromium.browser().newContext(options.setLocale("en-US"));
    profile.setDefaultTimeout(LONGEST_MILLIS);
    profile.onConsoleMessage(
        message -> {
          if (!Set.of("log", "info", "debug").contains(message.type())) {
            errors.add(message.text() + " at " + message.location());
          }
        });
    profile.onWebError(error -> errors.add(error.error()));
    page = profile.newPage();
    // The browser is told once to hand over its dialogs of files: told only when a key is about to
    // be pressed, it has opened one of its own in 3 of 25 tries.
    page.onFileChooser(chooser -> {});
  }

  @AfterEach
  void closeProfile() {
    profile.close();
    assertThat(errors)
        .as("in the console of the browser")
        .allMatch(error -> expected.stream().anyMatch(error::contains));
    assertThat(expected)
        .allSatisfy(part -> assertThat(errors).anyMatch(error -> error.contains(part)));
  }

  /** Errors with this text are meant to come. */
  void expect(String part) {
    expected.add(part);
  }

  /** The browser writes refusals of requests to its console: this one is meant to come. */
  void expectRefusal(int status) {
    expect("the server responded with a status of " + status);
  }

  Page page() {
    return page;
  }

  BrowserContext profile() {
    return profile;
  }

  /** Opens the printed address and goes to a screen. */
  void open(String screen) {
    page.navigate(studio.site() + "#token=" + studio.token());
    go(screen);
  }

  void go(String screen) {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(screen).setExact(true))
        .first()
        .click();
    assertOn(screen);
  }

  void assertOn(String screen) {
    assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1)))
        .hasText(screen);
  }

  Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator field(String label) {
    return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
  }

  Locator region(String name) {
    return page.getByRole(
        AriaRole.REGION, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  static Locator inside(Locator part, String button) {
    return part.getByRole(
        AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(button).setExact(true));
  }

  Locator alert() {
    return page.getByRole(AriaRole.ALERT);
  }

  void press(String key) {
    page.keyboard().press(key);
  }

  /** Fills the form of the screen Draw. */
  void ask(String prompt, int steps, String seed) {
    field("Prompt").fill(prompt);
    field("Steps").fill(String.valueOf(steps));
    field("Seed").fill(seed);
  }

  /** Drops a file on the place that has these words. */
  void drop(String words, String name, byte[] content) {
    JSHandle files =
        page.evaluateHandle(
            "([name, content]) => { const files = new DataTransfer();"
                + " const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));"
                + " files.items.add(new File([bytes], name)); return files; }",
            List.of(name, Base64.getEncoder().encodeToString(content)));
    Locator place = page.getByText(words);
    place.dispatchEvent("dragover", Map.of("dataTransfer", files));
    place.dispatchEvent("drop", Map.of("dataTransfer", files));
  }

  /** The card of a patch. */
  Locator card(String name) {
    return page()
        .getByRole(AriaRole.LISTITEM)
        .filter(
            new Locator.FilterOptions()
                .setHas(
                    page().getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name))));
  }

  /** Cancels the job that is being done, and removes it from the list. */
  void cancel(String title) {
    inside(region("Being done"), "Cancel").click();
    assertThat(region("Being done")).hasCount(0);
    assertThat(alert()).containsText(title + ": cancelled");
    inside(alert(), "Remove from this list").click();
    assertThat(alert()).hasCount(0);
  }

  /** The images that were drawn of a prompt. */
  Locator drawn(String prompt) {
    return region("Drawn before")
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(prompt));
  }

  /** An image that has been loaded and is as wide as the model draws. */
  static void assertShown(Locator image, int width) {
    assertThat(image).hasJSProperty("naturalWidth", width);
  }
}

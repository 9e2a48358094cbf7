package dev.forgetmenot.studio.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** The browser of this machine, started once for all tests; it ends with their process. */
final class Chromium {
  private static final List<String> PLACES =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  private static Browser browser;

  private Chromium() {}

  /**
   * The browser.
   *
   * @throws TestAbortedException saying why there is none
   */
  static synchronized Browser browser() {
    if (browser == null) {
      String named = System.getProperty("fmn.browser", "");
      List<String> places = named.isEmpty() ? PLACES : List.of(named);
      browser =
          launch(
              places.stream()
                  .map(Path::of)
                  .filter(Files::isExecutable)
                  .findFirst()
                  .orElseThrow(() -> new TestAbortedException("there is no browser: " + places)));
    }
    return browser;
  }

  /** Nothing is downloaded: what drives the browser is in a jar. */
  private static Browser launch(Path executable) {
    try {
      Playwright driver =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      return driver.chromium().launch(new LaunchOptions().setExecutablePath(executable));
    } catch (RuntimeException e) {
      throw new TestAbortedException(executable + " cannot be driven: " + e.getMessage(), e);
    }
  }
}

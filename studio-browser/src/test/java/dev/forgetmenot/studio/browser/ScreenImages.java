package dev.forgetmenot.studio.browser;

import com.microsoft.playwright.Page;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Images of the page for its documentation, as PNG files with a palette: in the folder that {@code
 * -Dfmn.screenshots=FOLDER} names, else nowhere.
 *
 * @param page that is shown
 * @param prefix of the names of files
 */
record ScreenImages(Page page, String prefix) {
  private static final String FOLDER = System.getProperty("fmn.screenshots", "");

  /** Whether there is a folder for them. */
  static final boolean WANTED = !FOLDER.isEmpty();

  /** Writes what the window shows now, if that is wanted. */
  void write(String name) {
    if (!WANTED) {
      return;
    }
    page.evaluate("scrollTo(0, 0)");
    try (ByteArrayInputStream shown = new ByteArrayInputStream(page.screenshot())) {
      Path folder = Files.createDirectories(Path.of(FOLDER));
      ImageIO.write(
          new Palette(256).of(ImageIO.read(shown)),
          "png",
          folder.resolve(prefix + name + ".png").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

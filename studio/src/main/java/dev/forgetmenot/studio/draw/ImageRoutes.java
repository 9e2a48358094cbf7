package dev.forgetmenot.studio.draw;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.host.generate.RecordedSettings;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpCall;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The routes of images: those that were drawn, and those that were sent to begin with, to learn
 * from, or to read how they were made.
 *
 * @param store has them
 */
public record ImageRoutes(ImageStore store) {
  private static final String PNG = ".png";
  private static final int MOST_BYTES = 32 << 20;

  /**
   * The routes below a prefix.
   *
   * @param here such as {@code /api/v1/images}
   */
  public List<Route> below(String here) {
    return List.of(
        Route.of("GET", here, this::list),
        Route.of("POST", here, this::add).taking(Route.BINARY, MOST_BYTES),
        Route.of("GET", here + "/{id}", this::image),
        Route.of("GET", here + "/{id}/recipe", this::recipe),
        Route.of("DELETE", here + "/{id}", this::remove));
  }

  private HttpAnswer list(HttpCall call) throws HttpProblem {
    int limit = call.limit();
    JsonArray images = new JsonArray();
    store.list(call.asked("before"), limit).stream().map(StoredImage::json).forEach(images::add);
    return HttpAnswer.page("images", images, limit);
  }

  /** Keeps the pixels and the text; what else a photo says of its maker is left out. */
  private HttpAnswer add(HttpCall call) throws HttpProblem, IOException {
    Path file = Files.createTempFile("fmn-sent", ".image");
    try {
      Files.write(file, call.body());
      ImageFile image = ImageFile.read(file);
      String text = "";
      try {
        text = ImageFile.text(file, PngFile.KEYWORD).orElse("");
      } catch (IOException e) {
        // no PNG: it has no text
      }
      return HttpAnswer.json(201, store.addSent(image.image(), text).json());
    } catch (IOException e) {
      throw HttpProblem.unfit(String.valueOf(e.getMessage()).replace(file.toString(), "the file"));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** What is known of an image, or with {@code .png} its file. */
  private HttpAnswer image(HttpCall call) throws HttpProblem, IOException {
    String id = call.name("id");
    StoredImage image = stored(id.endsWith(PNG) ? id.substring(0, id.length() - 4) : id);
    return id.endsWith(PNG)
        ? HttpAnswer.bytes("image/png", store.bytes(image.id()))
            .with("Cache-Control", "private, max-age=31536000, immutable")
        : HttpAnswer.json(image.json());
  }

  private StoredImage stored(String id) throws HttpProblem {
    return store.image(id).orElseThrow(() -> HttpProblem.notFound("there is no image of this id"));
  }

  /** The settings that the text of an image names, as a drawing has them. */
  private HttpAnswer recipe(HttpCall call) throws HttpProblem {
    StoredImage image = stored(call.name("id"));
    if (image.infotext().isEmpty()) {
      throw HttpProblem.notFound("the image does not say how it was drawn");
    }
    RecordedSettings said = RecordedSettings.of("the image", image.infotext());
    JsonObject json = new JsonObject();
    json.addProperty("prompt", said.prompt());
    json.addProperty("negativePrompt", said.negativePrompt());
    number(json, "steps", said.steps());
    number(json, "guidance", said.guidance());
    number(json, "width", said.width());
    number(json, "height", said.height());
    number(json, "clipSkip", said.clipSkip());
    said.seed().ifPresent(seed -> json.addProperty("seed", Long.toString(seed)));
    said.sampler().ifPresent(name -> json.addProperty("sampler", name));
    said.note().ifPresent(note -> json.addProperty("note", note));
    return HttpAnswer.json(json);
  }

  private static void number(JsonObject json, String key, Optional<? extends Number> value) {
    value.ifPresent(number -> json.addProperty(key, number));
  }

  private HttpAnswer remove(HttpCall call) throws HttpProblem, IOException {
    store.remove(stored(call.name("id")).id());
    return HttpAnswer.none();
  }
}

package dev.forgetmenot.studio.patch;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patch.PatchSigner;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpCall;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.KeyedAnswers;
import dev.forgetmenot.studio.http.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The routes of patches.
 *
 * @param trust says who signed them and what the user decided
 * @param key signs those that were made or sent here, if there is one
 */
public record PatchRoutes(
    SentPatches patches, PatchVerifier trust, ServedModel model, ServerKey key) {
  /** A larger patch is put into a folder of patches by hand. */
  private static final int MOST_BYTES = 64 << 20;

  /**
   * The routes below a prefix.
   *
   * @param here such as {@code /api/v1/patches}
   * @param keyed what was answered to requests that may come twice
   */
  public List<Route> below(String here, KeyedAnswers keyed) {
    return List.of(
        Route.of("GET", here, call -> list()),
        keyed.of(Route.of("POST", here, this::add).taking(Route.BINARY, MOST_BYTES)),
        Route.of("GET", here + "/{id}", call -> HttpAnswer.json(card(file(call)))),
        Route.of("GET", here + "/{id}/file", this::download),
        Route.of("GET", here + "/{id}/previews/{number}", this::preview),
        Route.of("POST", here + "/{id}/sign", this::sign),
        Route.of("DELETE", here + "/{id}", this::remove));
  }

  /** The job that makes stacks of them. */
  public StackKind stacks() {
    return new StackKind(patches, trust, model);
  }

  private JsonObject card(Path file) throws IOException {
    return new PatchCard(trust, model.ready().map(loaded -> loaded.model().base().architecture()))
        .of(file, patches.wasSent(file), key.key().isPresent());
  }

  /** Broken files are named, and do not hide the others. */
  private HttpAnswer list() throws IOException {
    JsonArray cards = new JsonArray();
    JsonArray broken = new JsonArray();
    for (Path file : patches.all().files()) {
      try {
        cards.add(card(file));
      } catch (PatchFormatException e) {
        JsonObject one = new JsonObject();
        one.addProperty("name", SentPatches.nameOf(file));
        one.addProperty("code", e.error().code());
        one.addProperty("detail", e.why());
        broken.add(one);
      }
    }
    JsonObject json = new JsonObject();
    json.add("patches", cards);
    json.add("broken", broken);
    return HttpAnswer.json(json);
  }

  private HttpAnswer add(HttpCall call) throws HttpProblem, IOException {
    try {
      return HttpAnswer.json(201, card(patches.add(call.body())));
    } catch (PatchFormatException e) {
      throw new HttpProblem(422, e.error().code(), "this is no patch that can be used: " + e.why());
    }
  }

  private Path file(HttpCall call) throws HttpProblem, IOException {
    return patches
        .all()
        .withId(call.name("id"))
        .orElseThrow(() -> HttpProblem.notFound("there is no patch of this id"));
  }

  private HttpAnswer download(HttpCall call) throws HttpProblem, IOException {
    Path file = file(call);
    String name;
    try (PatchFile patch = PatchFile.open(file)) {
      name = patch.manifest().name() + "-" + patch.manifest().patchVersion() + ".fmnpatch";
    }
    return HttpAnswer.bytes(Route.BINARY, Files.readAllBytes(file))
        .with("Content-Disposition", "attachment; filename=\"" + name + "\"");
  }

  /**
   * One of the images that the patch holds, by its place in the card; an id has the same ones for
   * ever.
   */
  private HttpAnswer preview(HttpCall call) throws HttpProblem, IOException {
    try (PatchFile patch = PatchFile.open(file(call))) {
      List<PatchPreview> previews = patch.manifest().previews();
      for (int i = 0; i < previews.size(); i++) {
        if (Integer.toString(i).equals(call.name("number"))) {
          return HttpAnswer.bytes("image/png", patch.content(previews.get(i).entry()))
              .with("Cache-Control", "private, max-age=31536000, immutable");
        }
      }
      throw HttpProblem.notFound("the patch has " + previews.size() + " images, numbered from 0");
    }
  }

  /** Its id stays: signatures are no part of what it is of. */
  private HttpAnswer sign(HttpCall call) throws HttpProblem, IOException {
    Path file = sent(call);
    PatchSigner.embed(file, key.key().orElseThrow(ServerKey::missing));
    return HttpAnswer.json(card(file));
  }

  private HttpAnswer remove(HttpCall call) throws HttpProblem, IOException {
    Files.delete(sent(call));
    return HttpAnswer.none();
  }

  /** A file that may be changed here. */
  private Path sent(HttpCall call) throws HttpProblem, IOException {
    Path file = file(call);
    if (!patches.wasSent(file)) {
      throw new HttpProblem(
          409,
          "FMN-812",
          "the patch is in a folder of the model or the program; sign or remove it there");
    }
    return file;
  }
}

package dev.forgetmenot.studio.patch;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.studio.job.RequestFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The patches that prompts can name: those of the model's and the program's folders, and those that
 * were sent to the server, which it keeps. Any thread.
 *
 * @param folder of those that were sent; made when the first one comes
 * @param all the folders, this one too
 */
public record SentPatches(Path folder, PatchFolders all) {
  private static final String ENDING = ".fmnpatch";
  private static final int SHORT_ID = 8; // digits; a name with it never means another patch

  /** Beside the folders of a model. */
  public static SentPatches beside(PatchFolders others, Path folder) {
    return new SentPatches(folder, others.before(folder));
  }

  /**
   * Keeps a patch, after the strict reader has taken all of it.
   *
   * @param bytes of its file
   * @return its file; the one that is there already where it has the same id
   * @throws dev.forgetmenot.patch.error.PatchFormatException if it is not a patch
   * @throws IOException if it cannot be written
   */
  public Path add(byte[] bytes) throws IOException {
    Files.createDirectories(folder);
    Path unread = Files.createTempFile(folder, "sent", ".tmp");
    try {
      Files.write(unread, bytes);
      return keep(unread);
    } finally {
      Files.deleteIfExists(unread);
    }
  }

  /** Moves a file into the folder, unless the same patch is there already. */
  private Path keep(Path made) throws IOException {
    String id;
    String name;
    try (PatchFile patch = PatchFile.open(made)) {
      id = patch.id();
      name = patch.manifest().name();
    }
    Optional<Path> known = all.withId(id);
    if (known.isPresent()) {
      return known.get();
    }
    Files.createDirectories(folder);
    Path file = folder.resolve(name + "-" + id.substring(0, SHORT_ID) + ENDING);
    return Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Keeps a patch that a job made; its file is gone then.
   *
   * @param made on the same disk
   * @return what the result of a job says of it: its id and the name for prompts
   */
  public JsonObject adopt(Path made) throws IOException {
    Path file = keep(made);
    Files.deleteIfExists(made);
    JsonObject json = new JsonObject();
    json.addProperty("patch", PatchFile.header(file).id());
    json.addProperty("name", nameOf(file));
    return json;
  }

  /**
   * The patches that a request names: {@code "patches": [{"id": …, "strength": …}]}; none where
   * there is no such list.
   *
   * @throws IllegalArgumentException if one does not fit or is not here
   */
  public List<PatchRequest> requests(JsonObject json) throws IOException {
    JsonElement given = json.get("patches");
    if (given == null || given.isJsonNull()) {
      return List.of();
    }
    if (!given.isJsonArray()) {
      throw new IllegalArgumentException(
          "patches should be a list of {\"id\": …, \"strength\": …}");
    }
    List<PatchRequest> requests = new ArrayList<>();
    for (JsonElement one : given.getAsJsonArray()) {
      if (!one.isJsonObject()) {
        throw new IllegalArgumentException("a patch should have an id and a strength");
      }
      requests.add(request(new RequestFields(one.getAsJsonObject()), "id"));
    }
    return requests;
  }

  /**
   * One patch that a request names, with its {@code strength}, 1 where that is not given.
   *
   * @param key of its id
   * @throws IllegalArgumentException if it does not fit or is not here
   */
  public PatchRequest request(RequestFields fields, String key) throws IOException {
    String id =
        fields
            .text(key)
            .orElseThrow(() -> new IllegalArgumentException("a patch should have an id"));
    Path file =
        all.withId(id)
            .orElseThrow(() -> new IllegalArgumentException("there is no patch of the id " + id));
    return new PatchRequest(file, fields.decimal("strength", 1));
  }

  /** What a prompt calls a patch: the name of its file without the ending. */
  public static String nameOf(Path file) {
    String own = String.valueOf(file.getFileName());
    return own.substring(0, own.length() - ENDING.length());
  }

  /** Whether a patch was sent here, and so may be removed here. */
  public boolean wasSent(Path file) {
    return folder.equals(file.getParent());
  }
}

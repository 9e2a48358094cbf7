package dev.forgetmenot.diffusion.tokenizer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of a {@code tokenizer} folder. */
record TokenizerFiles(Path folder) {
  static final String VOCAB = "vocab.json";
  static final String MERGES = "merges.txt";
  static final String WHOLE = "tokenizer.json";

  boolean has(String name) {
    return Files.isRegularFile(folder.resolve(name));
  }

  /** A JSON object. */
  JsonObject object(String name) throws IOException {
    Path file = folder.resolve(name);
    try {
      JsonElement json = JsonParser.parseString(text(name));
      if (!json.isJsonObject()) {
        throw new IOException(file + " is no JSON object");
      }
      return json.getAsJsonObject();
    } catch (JsonParseException e) {
      throw new IOException(file + " is no valid JSON: " + e.getMessage(), e);
    }
  }

  /** The same, empty if there is no such file. */
  JsonObject objectIfPresent(String name) throws IOException {
    return has(name) ? object(name) : new JsonObject();
  }

  /** The merges in order, each two pieces with a space between them. */
  List<String> merges() throws IOException {
    var merges = new ArrayList<String>();
    int number = 0;
    for (String line : text(MERGES).lines().toList()) {
      number++;
      if (line.isBlank() || (number == 1 && line.startsWith("#version"))) {
        continue;
      }
      if (!line.matches("\\S+ \\S+")) {
        throw new IOException(
            folder.resolve(MERGES)
                + ", line "
                + number
                + ": expected two pieces with a space between them, not \""
                + line
                + "\"");
      }
      merges.add(line);
    }
    return merges;
  }

  /** SHA-256 in hex, empty if there is no such file. */
  String sha256(String name) throws IOException {
    return has(name) ? Sha256.hex(Files.readAllBytes(folder.resolve(name))) : "";
  }

  private String text(String name) throws IOException {
    Path file = folder.resolve(name);
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is no UTF-8 text", e);
    }
  }
}

package dev.forgetmenot.evaluation.unit;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.files.TextFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * The units of one evaluation, each once, in the order of their keys within a model, so that a
 * stack of patches is applied once. As a file it is JSON lines: a header, then a unit a line.
 *
 * @param bench the digest of the list that it was made from
 * @param units the units in order
 */
public record Plan(String bench, List<ImageUnit> units) {
  private static final String FORMAT = "fmn-plan";
  private static final int VERSION = 1;

  /** Orders the units and leaves out what is there twice. */
  public Plan {
    units = ordered(units);
  }

  private static List<ImageUnit> ordered(Collection<ImageUnit> units) {
    TreeMap<String, ImageUnit> sorted = new TreeMap<>();
    for (ImageUnit unit : units) {
      sorted.put(Sha256.hex(CanonicalJson.bytes(unit.model().json())) + unit.key(), unit);
    }
    return List.copyOf(sorted.values());
  }

  /**
   * The digest of the plan: parts of one plan can be merged, parts of others not.
   *
   * @return 64 hexadecimal digits, SHA-256 of its file
   */
  public String hash() {
    return Sha256.hex(bytes());
  }

  /**
   * One part of n: the units whose key's first 8 bytes, as an unsigned number, leave i - 1 when
   * divided by n.
   *
   * @param i 1 to n
   * @param n 1 or more
   * @return the units of that part, in order
   */
  public List<ImageUnit> shard(int i, int n) {
    if (i < 1 || n < i) {
      throw new IllegalArgumentException(
          "Part " + i + " of " + n + " does not exist; parts are numbered from 1 to their number");
    }
    return units.stream()
        .filter(
            unit ->
                Long.remainderUnsigned(Long.parseUnsignedLong(unit.key().substring(0, 16), 16), n)
                    == i - 1)
        .toList();
  }

  /**
   * Writes the plan.
   *
   * @param file its file
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    AtomicFile.write(file, bytes());
  }

  private byte[] bytes() {
    JsonObject header = new JsonObject();
    header.addProperty("format", FORMAT);
    header.addProperty("version", VERSION);
    header.addProperty("bench", bench);
    header.addProperty("units", units.size());
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    lines.writeBytes(CanonicalJson.bytes(header));
    lines.write('\n');
    for (ImageUnit unit : units) {
      lines.writeBytes(CanonicalJson.bytes(unit.json()));
      lines.write('\n');
    }
    return lines.toByteArray();
  }

  /**
   * Reads a plan.
   *
   * @param file as {@link #write} leaves it
   * @return the plan
   * @throws IOException if it is not a whole plan of this version; the message has the line
   */
  public static Plan read(Path file) throws IOException {
    List<String> lines = TextFile.lines(file);
    int number = 0;
    try {
      JsonObject header = JsonParser.parseString(lines.get(number)).getAsJsonObject();
      if (!FORMAT.equals(header.get("format").getAsString())
          || header.get("version").getAsInt() != VERSION) {
        throw new IOException(
            file
                + " is not a plan of version "
                + VERSION
                + "; make it again by fmn evaluate --plan");
      }
      List<ImageUnit> units = new ArrayList<>();
      while (++number < lines.size()) {
        units.add(ImageUnit.of(JsonParser.parseString(lines.get(number)).getAsJsonObject()));
      }
      if (units.size() != header.get("units").getAsInt()) {
        throw new IOException(
            file
                + " is cut off: it holds "
                + units.size()
                + " of "
                + header.get("units")
                + " units; copy it again");
      }
      return new Plan(header.get("bench").getAsString(), units);
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      throw new IOException(file + ", line " + (number + 1) + ": not a line of a plan", e);
    }
  }
}

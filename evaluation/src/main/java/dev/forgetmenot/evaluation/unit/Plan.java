package dev.forgetmenot.evaluation.unit;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.files.TextFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The units of one evaluation, each once, in the order of their keys within a model, so that a
 * stack of patches is applied once. As a file it is JSON lines: a header, then a unit a line.
 *
 * @param about what else decides the evaluation, by name: the list, the targets, the evaluators,
 *     the judges
 * @param units the units in order
 */
public record Plan(Map<String, String> about, List<ImageUnit> units) {
  private static final String FORMAT = "fmn-plan";
  private static final int VERSION = 1;

  /** Orders the units and leaves out what is there twice. */
  public Plan {
    about = Collections.unmodifiableMap(new TreeMap<>(about));
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
   * What differs from another plan, in words: parts of both cannot be joined.
   *
   * @return the first thing that differs, empty if the plans are equal
   */
  public Optional<String> differenceFrom(Plan other) {
    TreeSet<String> names = new TreeSet<>(about.keySet());
    names.addAll(other.about.keySet());
    for (String name : names) {
      String here = about.getOrDefault(name, "none");
      String there = other.about.getOrDefault(name, "none");
      if (!here.equals(there)) {
        return Optional.of(Message.of("%s: %s and %s", name, here, there));
      }
    }
    return difference("the base model", other, unit -> unit.model().base())
        .or(() -> difference("numerics", other, unit -> unit.model().numerics()))
        .or(() -> difference("patches", other, unit -> unit.model().patches()))
        .or(
            () ->
                units.equals(other.units)
                    ? Optional.empty()
                    : Optional.of(
                        Message.of("images: %d and %d", units.size(), other.units.size())));
  }

  private Optional<String> difference(String what, Plan other, Function<ImageUnit, Object> part) {
    List<Object> here = units.stream().map(part).distinct().toList();
    List<Object> there = other.units.stream().map(part).distinct().toList();
    return here.equals(there)
        ? Optional.empty()
        : Optional.of(Message.of("%s: %s and %s", what, here, there));
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
    return units.stream().filter(unit -> unit.shard(n) == i).toList();
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
    JsonObject described = new JsonObject();
    about.forEach(described::addProperty);
    header.add("about", described);
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
      Map<String, String> about = new TreeMap<>();
      header
          .getAsJsonObject("about")
          .asMap()
          .forEach((name, value) -> about.put(name, value.getAsString()));
      return new Plan(about, units);
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      throw new IOException(file + ", line " + (number + 1) + ": not a line of a plan", e);
    }
  }
}

package dev.forgetmenot.diffusion.image;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonSyntaxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How an image was made, in the text form that A1111 writes and Civitai, ComfyUI's savers and other
 * tools read: the prompt, the negative prompt, then {@code key: value} pairs on the last line.
 *
 * @param prompt the prompt
 * @param negativePrompt the negative prompt; its line is left out when empty
 * @param pairs at least three, since readers take fewer for a part of the prompt; in order
 */
public record Infotext(String prompt, String negativePrompt, Map<String, String> pairs) {
  // html escaping would turn < and > of prompts and patch names into \\u003c
  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();
  private static final Pattern PAIR =
      Pattern.compile(
          "\\s*([\\p{Alnum}_][\\p{Alnum}_ /-]*):\\s*(\"(?:\\\\.|[^\\\\\"])*\"|[^,]*)(?:,|$)");
  private static final String NEGATIVE = "Negative prompt:";
  private static final int FEWEST = 3;

  /** Copies the map. */
  public Infotext {
    pairs = Collections.unmodifiableMap(new LinkedHashMap<>(pairs));
  }

  /** Makes the text; see the components. */
  public static String of(String prompt, String negativePrompt, Map<String, String> pairs) {
    return new Infotext(prompt, negativePrompt, pairs).text();
  }

  /** The text. */
  public String text() {
    String last =
        pairs.entrySet().stream()
            .map(pair -> pair.getKey() + ": " + quoted(pair.getValue()))
            .collect(Collectors.joining(", "));
    String negative = negativePrompt.isEmpty() ? "" : "\n" + NEGATIVE + " " + negativePrompt;
    return prompt + negative + "\n" + last;
  }

  /** A value that holds a separator is written as a JSON string. */
  private static String quoted(String value) {
    boolean plain = value.chars().noneMatch(c -> c == ',' || c == ':' || c == '\n' || c == '"');
    return plain ? value : JSON.toJson(value);
  }

  /** Reads the text of this program or of A1111; one without pairs is a prompt. */
  public static Infotext parse(String text) {
    List<String> lines = new ArrayList<>(text.strip().lines().toList());
    Map<String, String> pairs = lines.isEmpty() ? Map.of() : pairs(lines.get(lines.size() - 1));
    if (pairs.size() >= FEWEST) {
      lines.remove(lines.size() - 1);
    } else {
      pairs = Map.of();
    }
    int negative = 0;
    while (negative < lines.size() && !lines.get(negative).startsWith(NEGATIVE)) {
      negative++;
    }
    String after = String.join("\n", lines.subList(negative, lines.size()));
    return new Infotext(
        String.join("\n", lines.subList(0, negative)).strip(),
        after.isEmpty() ? "" : after.substring(NEGATIVE.length()).strip(),
        pairs);
  }

  private static Map<String, String> pairs(String line) {
    Map<String, String> pairs = new LinkedHashMap<>();
    Matcher pair = PAIR.matcher(line);
    while (pair.find()) {
      pairs.put(pair.group(1), unquoted(pair.group(2).strip()));
    }
    return pairs;
  }

  private static String unquoted(String value) {
    if (!value.startsWith("\"")) {
      return value;
    }
    try {
      return JSON.fromJson(value, String.class);
    } catch (JsonSyntaxException e) {
      return value; // of another program
    }
  }

  /** The value of a key, if it is there. */
  public Optional<String> get(String key) {
    return Optional.ofNullable(pairs.get(key));
  }
}

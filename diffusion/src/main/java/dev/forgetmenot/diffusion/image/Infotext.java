package dev.forgetmenot.diffusion.image;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How an image was made, in the text form that A1111 writes and Civitai, ComfyUI's savers and other
 * tools read: the prompt, the negative prompt, then {@code key: value} pairs on the last line.
 */
public final class Infotext {
  // html escaping would turn < and > of prompts and patch names into \\u003c
  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

  private Infotext() {}

  /**
   * Makes the text.
   *
   * @param prompt the prompt
   * @param negativePrompt the negative prompt; its line is left out when empty
   * @param pairs at least three, since readers take fewer for a part of the prompt; in order
   */
  public static String of(String prompt, String negativePrompt, Map<String, String> pairs) {
    String last =
        pairs.entrySet().stream()
            .map(pair -> pair.getKey() + ": " + quoted(pair.getValue()))
            .collect(Collectors.joining(", "));
    String negative = negativePrompt.isEmpty() ? "" : "\nNegative prompt: " + negativePrompt;
    return prompt + negative + "\n" + last;
  }

  /** A value that holds a separator is written as a JSON string. */
  private static String quoted(String value) {
    boolean plain = value.chars().noneMatch(c -> c == ',' || c == ':' || c == '\n' || c == '"');
    return plain ? value : JSON.toJson(value);
  }
}

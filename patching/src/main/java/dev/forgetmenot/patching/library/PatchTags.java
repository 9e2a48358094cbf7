package dev.forgetmenot.patching.library;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Patches that a prompt names: {@code <patch:name>} or {@code <patch:name:0.8>}, anywhere in it, as
 * other tools do with LoRAs. The model does not see them.
 *
 * @param prompt the prompt without them
 * @param tags in the order of the prompt
 */
public record PatchTags(String prompt, List<Tag> tags) {
  private static final Pattern TAG = Pattern.compile("\\s*<patch:([^<>]*)>");
  private static final Pattern CONTENT =
      Pattern.compile("([^:]+)(?::([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?\\d+)?))?");

  /**
   * One tag.
   *
   * @param name of a patch, see the folders of patches
   * @param strength 1 where the tag gives none
   */
  public record Tag(String name, double strength) {}

  /** Copies the list. */
  public PatchTags {
    tags = List.copyOf(tags);
  }

  /**
   * Takes the tags out of a prompt.
   *
   * @throws IllegalArgumentException if one is not understood
   */
  public static PatchTags of(String text) {
    List<Tag> tags = new ArrayList<>();
    StringBuilder rest = new StringBuilder();
    Matcher matcher = TAG.matcher(text);
    while (matcher.find()) {
      Matcher content = CONTENT.matcher(matcher.group(1));
      if (!content.matches()) {
        throw new IllegalArgumentException(
            matcher.group().strip() + " should be <patch:NAME> or <patch:NAME:STRENGTH>");
      }
      String strength = content.group(2);
      tags.add(
          new Tag(content.group(1).strip(), strength == null ? 1 : Double.parseDouble(strength)));
      matcher.appendReplacement(rest, "");
    }
    matcher.appendTail(rest);
    return new PatchTags(tags.isEmpty() ? text : rest.toString().strip(), tags);
  }
}

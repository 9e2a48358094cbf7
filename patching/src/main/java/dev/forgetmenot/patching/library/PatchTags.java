package dev.forgetmenot.patching.library;

import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Patches that a prompt names: {@code <patch:name>} or {@code <patch:name:0.8>}, anywhere in it,
 * and {@code <lora:name:0.8>} as other tools write it, which names a LoRA that was imported as a
 * patch. The model does not see them.
 *
 * @param prompt the prompt without them
 * @param tags in the order of the prompt
 */
public record PatchTags(String prompt, List<Tag> tags) {
  private static final Pattern TAG = Pattern.compile("\\s*<(patch|lora):([^<>]*)>");
  private static final Pattern CONTENT =
      Pattern.compile("([^:]+)(?::([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?\\d+)?))?");

  /**
   * One tag.
   *
   * @param name of a patch, see the folders of patches
   * @param strength 1 where the tag gives none
   * @param lora whether it is written as other tools name a LoRA
   */
  public record Tag(String name, double strength, boolean lora) {
    /** A tag {@code <patch:name:strength>}. */
    public Tag(String name, double strength) {
      this(name, strength, false);
    }
  }

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
      String kind = matcher.group(1);
      Matcher content = CONTENT.matcher(matcher.group(2));
      if (!content.matches()) {
        throw new IllegalArgumentException(
            Message.of(
                "%s should be <%s:NAME> or <%s:NAME:STRENGTH>",
                matcher.group().strip(), kind, kind));
      }
      String strength = content.group(2);
      tags.add(
          new Tag(
              content.group(1).strip(),
              strength == null ? 1 : Double.parseDouble(strength),
              kind.equals("lora")));
      matcher.appendReplacement(rest, "");
    }
    matcher.appendTail(rest);
    return new PatchTags(tags.isEmpty() ? text : rest.toString().strip(), tags);
  }
}

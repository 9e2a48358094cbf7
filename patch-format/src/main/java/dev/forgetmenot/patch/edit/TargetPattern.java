package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The name of a target in which each {@code *} stands for any run of characters, also none: {@code
 * unet/*.attn2.to_k.weight} is the key projection of every cross attention. The component is
 * spelled out. Matching takes no more than pattern length times name length.
 *
 * @param text component, slash, canonical parameter name with stars
 */
public record TargetPattern(String text) {
  /** The components that targets are of, as a regular expression. */
  public static final String COMPONENTS = "unet|text_encoder|text_encoder_2|vae";

  private static final String SYNTAX = "(" + COMPONENTS + ")/[A-Za-z0-9_.*]{1,250}";

  /** Checks the spelling. */
  public TargetPattern {
    if (!text.matches(SYNTAX)) {
      throw new IllegalArgumentException(
          "expected a target such as unet/conv_in.weight or unet/*.attn2.to_k.weight, found "
              + text);
    }
  }

  /** Reads the member {@code patterns} of what a manifest says of an edit. */
  static List<String> read(JsonObjectReader members) throws PatchFormatException {
    List<String> patterns = members.texts("patterns");
    for (String pattern : patterns) {
      if (!pattern.matches(SYNTAX)) {
        throw members.wrong("patterns", "'" + pattern + "' is not a pattern of targets");
      }
    }
    return patterns;
  }

  static List<String> sorted(List<String> targets) {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: it has no target");
    }
    targets.forEach(TargetPattern::new);
    return List.copyOf(new TreeSet<>(targets));
  }

  /** The component, such as {@code unet}. */
  public String component() {
    return text.substring(0, text.indexOf('/'));
  }

  /** Whether it stands for this target, component included. */
  public boolean matches(String target) {
    int p = 0;
    int t = 0;
    int star = -1; // the last star seen, and how much of the target it has taken so far
    int taken = 0;
    while (t < target.length()) {
      if (p < text.length() && text.charAt(p) == '*') {
        star = p++;
        taken = t;
      } else if (p < text.length() && text.charAt(p) == target.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++taken;
      } else {
        return false;
      }
    }
    while (p < text.length() && text.charAt(p) == '*') {
      p++;
    }
    return p == text.length();
  }

  /** The matching ones among the parameter names of its component, with the component, in order. */
  public List<String> among(Collection<String> localNames) {
    if (text.indexOf('*') < 0) {
      String local = text.substring(component().length() + 1);
      return localNames.contains(local) ? List.of(text) : List.of();
    }
    List<String> found = new ArrayList<>();
    for (String name : localNames) {
      String target = component() + "/" + name;
      if (matches(target)) {
        found.add(target);
      }
    }
    return found;
  }
}

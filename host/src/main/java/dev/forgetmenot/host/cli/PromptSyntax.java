package dev.forgetmenot.host.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The prompt syntax of other programs, which is read as plain words here. */
final class PromptSyntax {
  private static final Map<String, Pattern> FORMS =
      new TreeMap<>(
          Map.of(
              "weights as in (fox:1.5)", Pattern.compile("\\([^()]*:\\s*[-+]?[0-9.]+\\s*\\)"),
              "alternatives as in [a|b] or [a:b:0.5]",
                  Pattern.compile("\\[[^\\[\\]]*[|:][^\\[\\]]*]"),
              "BREAK and AND", Pattern.compile("\\b(BREAK|AND)\\b"),
              "files as in <lora:name:1>", Pattern.compile("<(lora|lyco|hypernet):[^<>]*>")));

  private PromptSyntax() {}

  /** One sentence about the forms that a prompt has; empty if it has none. */
  static Optional<String> note(String prompt) {
    List<String> found = new ArrayList<>();
    FORMS.forEach(
        (form, pattern) -> {
          if (pattern.matcher(prompt).find()) {
            found.add(form);
          }
        });
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "prompt syntax of other programs is read as plain words: "
                + String.join(", ", found)
                + (prompt.contains("<lora:")
                    ? "; a LoRA becomes a patch by 'fmn patch import', which --patch puts on"
                    : ""));
  }
}

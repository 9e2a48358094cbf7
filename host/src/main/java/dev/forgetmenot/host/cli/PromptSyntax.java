package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.tokenizer.WeightedPrompt;
import dev.forgetmenot.files.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The prompt syntax of A1111: what is read, and what is read as plain words. */
final class PromptSyntax {
  private static final Map<String, Pattern> FORMS =
      new TreeMap<>(
          Map.of(
              "alternatives as in [a|b] or [a:b:0.5]",
                  Pattern.compile("\\[[^\\[\\]]*[|:][^\\[\\]]*]"),
              "AND", Pattern.compile("\\bAND\\b"),
              "files as in <hypernet:name:1>", Pattern.compile("<(lyco|hypernet):[^<>]*>")));

  private static final Map<String, Pattern> WEIGHTS =
      Map.of(
          "weights as in (fox:1.5)", Pattern.compile("\\([^()]*:\\s*[-+]?[0-9.]+\\s*\\)"),
          "BREAK", Pattern.compile("\\bBREAK\\b"));

  private PromptSyntax() {}

  /** One sentence about the forms that are not read; empty if there are none. */
  static Optional<String> note(List<GenerationRequest> requests) {
    String prompts =
        requests.stream()
            .map(request -> request.prompt() + " " + request.negativePrompt())
            .collect(Collectors.joining("\n"));
    Map<String, Pattern> forms = new TreeMap<>(FORMS);
    if (!requests.get(0).promptWeights()) {
      forms.putAll(WEIGHTS);
    }
    List<String> found =
        forms.entrySet().stream()
            .filter(form -> form.getValue().matcher(prompts).find())
            .map(Map.Entry::getKey)
            .toList();
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of("prompt syntax that is read as plain words: " + String.join(", ", found));
  }

  /** The words that a prompt weighs, since brackets may have been meant as brackets. */
  static Optional<String> weights(GenerationRequest request) {
    String said =
        WeightedPrompt.parse(request.prompt()).parts().stream()
            .filter(part -> part.weight() != 1)
            .map(part -> Message.of("\"%s\" %.3g", part.text().strip(), part.weight()))
            .collect(Collectors.joining(", "));
    return said.isEmpty() || !request.promptWeights()
        ? Optional.empty()
        : Optional.of("prompt weights: " + said + " (\\( is a bracket; --no-prompt-weights)");
  }
}

package dev.forgetmenot.host.run;

import dev.forgetmenot.api.sampling.GenerationRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of sample prompts as kohya's trainers read them: {@code prompt --n negative --w 512 --h
 * 512 --d seed --s steps --l scale}. What a line does not say comes from the run's defaults.
 *
 * @param prompt what is drawn
 * @param negative what to stay away from; may be empty
 */
public record SampleLine(
    String prompt,
    String negative,
    Optional<Integer> width,
    Optional<Integer> height,
    Optional<Long> seed,
    Optional<Integer> steps,
    Optional<Double> guidance) {
  private static final Pattern OPTION = Pattern.compile("(?s)(\\p{Alpha}+)\\s+(.+)");
  private static final Pattern MARK = Pattern.compile("\\s--(?=\\p{Alpha})");

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if an option is unknown, comes twice or has no number
   */
  static SampleLine of(String line) {
    List<String> parts = List.of(MARK.split(line.strip(), -1));
    SampleLine result =
        new SampleLine(
            parts.get(0).strip(),
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    if (result.prompt.isEmpty() || result.prompt.startsWith("--")) {
      throw new IllegalArgumentException("'" + line + "' has no prompt before its options");
    }
    for (String part : parts.subList(1, parts.size())) {
      Matcher option = OPTION.matcher(part.strip());
      if (!option.matches()) {
        throw new IllegalArgumentException("'--" + part.strip() + "' has no value");
      }
      result = result.with(option.group(1), option.group(2).strip());
    }
    return result;
  }

  private SampleLine with(String option, String text) {
    String n = negative;
    Optional<Integer> w = width;
    Optional<Integer> h = height;
    Optional<Long> d = seed;
    Optional<Integer> s = steps;
    Optional<Double> l = guidance;
    try {
      switch (option) {
        case "n" -> n = text;
        case "w" -> w = Optional.of(Integer.valueOf(text));
        case "h" -> h = Optional.of(Integer.valueOf(text));
        case "d" -> d = Optional.of(Long.valueOf(text));
        case "s" -> s = Optional.of(Integer.valueOf(text));
        case "l" -> l = Optional.of(Double.valueOf(text));
        default ->
            throw new IllegalArgumentException(
                "--"
                    + option
                    + " is unknown in a sample prompt; known are --n --w --h --d --s --l");
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--" + option + " needs a number, not '" + text + "'", e);
    }
    return new SampleLine(prompt, n, w, h, d, s, l);
  }

  /** The line as {@link #of} reads it. */
  String text() {
    StringBuilder line = new StringBuilder(prompt);
    if (!negative.isEmpty()) {
      line.append(" --n ").append(negative);
    }
    width.ifPresent(value -> line.append(" --w ").append(value));
    height.ifPresent(value -> line.append(" --h ").append(value));
    seed.ifPresent(value -> line.append(" --d ").append(value));
    steps.ifPresent(value -> line.append(" --s ").append(value));
    guidance.ifPresent(value -> line.append(" --l ").append(value));
    return line.toString();
  }

  /**
   * What is drawn.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  GenerationRequest request(SampleSettings settings) {
    GenerationRequest.Builder usual =
        GenerationRequest.builder(prompt)
            .seed(settings.seed())
            .count(settings.count())
            .steps(settings.steps())
            .guidance(settings.guidance());
    settings.sampler().ifPresent(usual::sampler);
    return request(usual.build());
  }

  /**
   * What is drawn, with what the line does not say from another request.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  GenerationRequest request(GenerationRequest usual) {
    GenerationRequest.Builder request =
        usual.toBuilder()
            .prompt(prompt)
            .seed(seed.orElse(usual.seed()))
            .steps(steps.orElse(usual.steps()))
            .guidance(guidance.orElse(usual.guidance()));
    if (!negative.isEmpty()) {
      request.negativePrompt(negative);
    }
    width.ifPresent(request::width);
    height.ifPresent(request::height);
    return request.build();
  }
}

package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A built-in sampler with a schedule: {@code dpmpp-2m-karras}, {@code ddim-trailing-eta-1}. What
 * its name says goes before what the model's configuration says.
 */
record SamplerVariant(BuiltInSampler base, Words words) implements SamplerProvider {
  private static final Pattern ETA = Pattern.compile("eta-(\\d+(?:\\.\\d+)?)(?:-(.*))?");

  /**
   * The words after a sampler's name.
   *
   * @param eta how much noise is drawn, [0, 1], as it was written; empty for the sampler's own
   */
  record Words(List<ScheduleOption> options, Optional<String> eta) {
    static final Words NONE = new Words(List.of(), Optional.empty());

    boolean isNone() {
      return equals(NONE);
    }

    private Words and(ScheduleOption option) {
      var all = new ArrayList<>(options);
      all.add(option);
      return new Words(List.copyOf(all), eta);
    }
  }

  /**
   * Reads what stands after a sampler's name.
   *
   * @param rest lower case, words joined by hyphens; {@code automatic} says nothing
   * @return empty if a word is not known
   */
  static Optional<Words> words(String rest) {
    return words(rest, Words.NONE);
  }

  private static Optional<Words> words(String rest, Words before) {
    if (rest.isEmpty() || rest.equals("automatic")) {
      return Optional.of(before);
    }
    Matcher eta = ETA.matcher(rest);
    if (eta.matches() && before.eta().isEmpty()) {
      var words = new Words(before.options(), Optional.of(eta.group(1)));
      return words(Optional.ofNullable(eta.group(2)).orElse(""), words);
    }
    for (ScheduleOption option : ScheduleOption.values()) {
      for (String name : option.names().toList()) {
        if (rest.equals(name) || rest.startsWith(name + "-")) {
          String after = rest.substring(Math.min(rest.length(), name.length() + 1));
          Optional<Words> words = words(after, before.and(option));
          if (words.isPresent()) {
            return words;
          }
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The variant of a sampler that words name; the sampler itself where they say nothing.
   *
   * @throws IllegalArgumentException if the sampler does not have what they name
   */
  static SamplerProvider of(SamplerProvider sampler, Words words) {
    if (words.isNone()) {
      return sampler;
    }
    if (!(sampler instanceof BuiltInSampler base)) {
      throw new IllegalArgumentException(
          Message.of(
              "the sampler %s is a plugin's and takes no schedule; expected its name alone",
              sampler.name()));
    }
    for (ScheduleOption option : words.options()) {
      if (!base.options().contains(option)) {
        throw refused(base, option.plainName());
      }
      if (words.options().stream().filter(option::excludes).count() > 1) {
        throw new IllegalArgumentException(
            Message.of("the sampler %s should have one schedule of a kind", base.name()));
      }
    }
    if (words.eta().isPresent() && !base.takesEta()) {
      throw refused(base, "eta");
    }
    return new SamplerVariant(base, words);
  }

  private static IllegalArgumentException refused(BuiltInSampler base, String word) {
    var known =
        base.options().stream()
            .map(ScheduleOption::plainName)
            .collect(Collectors.toCollection(TreeSet::new));
    if (base.takesEta()) {
      known.add("eta-NUMBER");
    }
    return new IllegalArgumentException(
        Message.of(
            "the sampler %s has no schedule \"%s\"; it has: %s",
            base.name(), word, String.join(", ", known)));
  }

  @Override
  public String name() {
    var name = new StringBuilder(base.name());
    words.options().forEach(option -> name.append('-').append(option.plainName()));
    words.eta().ifPresent(eta -> name.append("-eta-").append(eta));
    return name.toString();
  }

  @Override
  public String displayName() {
    var name = new StringBuilder(base.displayName());
    words.options().forEach(option -> name.append(' ').append(option.displayName()));
    words.eta().ifPresent(eta -> name.append(" Eta ").append(eta));
    return name.toString();
  }

  @Override
  public Sampler create(NoiseSchedule schedule, SchedulerConfig config, int steps) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (words.options().stream().anyMatch(ScheduleOption.TIMESTEPS::contains)) {
      values.put(SigmaSpacing.KEY, "trained"); // unless the name says more, not the model's
    }
    words.options().forEach(option -> values.putAll(option.setting()));
    words.eta().ifPresent(eta -> values.put("eta", Double.valueOf(eta)));
    return base.create(schedule, BuiltInSampler.overlaid(config, values), steps);
  }
}

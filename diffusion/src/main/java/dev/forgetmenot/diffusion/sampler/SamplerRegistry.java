package dev.forgetmenot.diffusion.sampler;

import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The samplers that can be chosen: the built-in ones and those of plugins. Immutable.
 *
 * <p>A name is a sampler's own, the one that A1111, ComfyUI or an image's text has for it, or the
 * name of diffusers' class; then the schedule may follow: {@code dpmpp-2m-karras}, {@code DPM++ 2M
 * Karras}. A schedule alone is that of the model's own sampler.
 */
public final class SamplerRegistry {
  /**
   * What stands in for a scheduler class of diffusers that no sampler has.
   *
   * @param name of the sampler
   * @param why it is the nearest
   */
  private record Near(String name, String why) {}

  private static final Map<String, Near> NEAREST =
      Map.of(
          "SASolverScheduler",
              new Near("dpmpp-2m-sde", "it is a stochastic multistep method in λ too"),
          "IPNDMScheduler", new Near("lms", "it is a linear multistep method of order 4 too"),
          "DPMSolverSDEScheduler",
              new Near("dpmpp-2s-sde", "it is a stochastic method of order 2 too"));

  private final Map<String, SamplerProvider> byName = new LinkedHashMap<>();

  /**
   * The built-in samplers and more.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public SamplerRegistry(List<SamplerProvider> more) {
    var all = new ArrayList<>(BuiltInSampler.ALL);
    all.addAll(more);
    for (SamplerProvider provider : all) {
      SamplerProvider other = byName.putIfAbsent(provider.name(), provider);
      if (other != null) {
        throw new IllegalArgumentException(
            Message.of(
                "two samplers are named \"%s\": %s and %s",
                provider.name(), other.getClass().getName(), provider.getClass().getName()));
      }
    }
  }

  /** All of them, the built-in ones first; schedules apart. */
  public List<SamplerProvider> all() {
    return List.copyOf(byName.values());
  }

  /** The schedules that may follow a sampler's name: their names with those for people. */
  public static Map<String, String> schedules() {
    Map<String, String> names = new LinkedHashMap<>();
    for (ScheduleOption option : ScheduleOption.values()) {
      names.put(option.plainName(), option.displayName());
    }
    return names;
  }

  /**
   * The sampler that a user named, or else the one that the model's folder names; its name says the
   * schedule, where the name or the folder does.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public SamplerProvider resolve(Optional<String> name, SchedulerConfig config) {
    SamplerProvider found = name.isPresent() ? named(name.get(), config) : ofModel(config);
    return found instanceof BuiltInSampler base
        ? SamplerVariant.of(base, scheduleOf(base, config))
        : found;
  }

  private SamplerProvider named(String name, SchedulerConfig config) {
    SamplerProvider exact = byName.get(name);
    if (exact != null) {
      return exact;
    }
    String wanted = plain(name);
    SamplerProvider found = null;
    int longest = 0; // dpmpp-2m-sde is no dpmpp-2m
    for (SamplerProvider provider : byName.values()) {
      for (String known : names(provider).map(SamplerRegistry::plain).toList()) {
        if (known.length() > longest && begins(wanted, known)) {
          Optional<SamplerVariant.Words> words =
              SamplerVariant.words(wanted.substring(Math.min(wanted.length(), known.length() + 1)));
          if (words.isPresent()) {
            longest = known.length();
            found = SamplerVariant.of(provider, words.get());
          }
        }
      }
    }
    if (found != null) {
      return found;
    }
    return SamplerVariant.words(wanted)
        .map(words -> SamplerVariant.of(ofModel(config), words))
        .orElseThrow(
            () -> new IllegalArgumentException("no sampler is named \"" + name + "\"; " + known()));
  }

  private static boolean begins(String wanted, String known) {
    return wanted.equals(known) || wanted.startsWith(known + "-");
  }

  /** Its own name, the one in an image's text, others', and the classes of diffusers. */
  private static Stream<String> names(SamplerProvider provider) {
    Stream<String> names =
        Stream.concat(
            Stream.of(provider.name(), provider.displayName()),
            provider.schedulerClasses().stream());
    return provider instanceof BuiltInSampler own
        ? Stream.concat(names, own.aliases().stream())
        : names;
  }

  /** A name without what programs spell in several ways. */
  private static String plain(String name) {
    return name.strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[ _]+", "-")
        .replaceAll("-gpu$", "")
        .replaceAll("^k-", "")
        .replace("dpm++", "dpmpp")
        .replaceAll("-ancestral(?=-|$)", "-a");
  }

  private SamplerProvider ofModel(SchedulerConfig config) {
    String schedulerClass = config.text("_class_name", "");
    List<SamplerProvider> standing =
        byName.values().stream()
            .filter(provider -> provider.schedulerClasses().contains(schedulerClass))
            .toList();
    if (!standing.isEmpty()) {
      return ofClass(standing, config);
    }
    return Optional.ofNullable(NEAREST.get(schedulerClass))
        .map(near -> byName.get(near.name()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "scheduler_config.json names the scheduler class \""
                        + schedulerClass
                        + "\", which no sampler stands for; choose one by name, "
                        + known()));
  }

  /** Of those of a class the one whose name says what the configuration says. */
  private static SamplerProvider ofClass(List<SamplerProvider> standing, SchedulerConfig config) {
    if (!(standing.get(0) instanceof BuiltInSampler usual)) {
      return standing.get(0);
    }
    return standing.stream()
        .filter(one -> one instanceof BuiltInSampler own && own.isNamedBy(config, usual.settings()))
        .findFirst()
        .orElseGet(usual::asConfigured);
  }

  /** The schedule that the model's configuration sets, for the name of a sampler without one. */
  private static SamplerVariant.Words scheduleOf(BuiltInSampler base, SchedulerConfig config) {
    boolean reads = !base.name().equals("euler-a"); // its class in diffusers knows no such keys
    return Stream.of(ScheduleOption.KARRAS, ScheduleOption.EXPONENTIAL)
        .filter(option -> reads && base.options().contains(option))
        .filter(option -> config.flag("use_" + option.plainName() + "_sigmas", false))
        .findFirst()
        .flatMap(option -> SamplerVariant.words(option.plainName()))
        .orElse(SamplerVariant.Words.NONE);
  }

  /**
   * What stands in for the scheduler that a model names, for people; empty if it is built in or no
   * nearest is known.
   */
  public static Optional<String> substitute(SchedulerConfig config) {
    String schedulerClass = String.valueOf(config.values().getOrDefault("_class_name", ""));
    return Optional.ofNullable(NEAREST.get(schedulerClass))
        .map(
            near ->
                Message.of(
                    "the model's scheduler %s does not exist here: without --sampler images are"
                        + " drawn by %s, since %s",
                    schedulerClass, near.name(), near.why()));
  }

  private String known() {
    return "known: " + String.join(", ", byName.keySet());
  }
}

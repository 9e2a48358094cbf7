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

/** The samplers that can be chosen: the built-in ones and those of plugins. Immutable. */
public final class SamplerRegistry {
  /**
   * What stands in for a scheduler class of diffusers that no sampler has.
   *
   * @param name of the sampler
   * @param why it is the nearest
   */
  private record Near(String name, String why) {}

  private static final Near SAME_EQUATION =
      new Near("euler", "it solves the same equation to first order, and may need more steps");
  private static final Near NOISE_EACH_STEP = new Near("euler-a", "it adds noise in each step too");
  private static final Near FEW_STEPS =
      new Near(
          "euler-a",
          "it adds noise in each step too, but is not made for the few steps of such a model");

  private static final Map<String, Near> NEAREST =
      Map.ofEntries(
          Map.entry("DPMSolverMultistepScheduler", SAME_EQUATION),
          Map.entry("DPMSolverSinglestepScheduler", SAME_EQUATION),
          Map.entry("UniPCMultistepScheduler", SAME_EQUATION),
          Map.entry("DEISMultistepScheduler", SAME_EQUATION),
          Map.entry("LMSDiscreteScheduler", SAME_EQUATION),
          Map.entry("HeunDiscreteScheduler", SAME_EQUATION),
          Map.entry("KDPM2DiscreteScheduler", SAME_EQUATION),
          Map.entry("SASolverScheduler", SAME_EQUATION),
          Map.entry("IPNDMScheduler", SAME_EQUATION),
          Map.entry("DDIMParallelScheduler", new Near("ddim", "it computes the same")),
          Map.entry("DDPMScheduler", NOISE_EACH_STEP),
          Map.entry("DDPMParallelScheduler", NOISE_EACH_STEP),
          Map.entry("KDPM2AncestralDiscreteScheduler", NOISE_EACH_STEP),
          Map.entry("DPMSolverSDEScheduler", NOISE_EACH_STEP),
          Map.entry("LCMScheduler", FEW_STEPS),
          Map.entry("TCDScheduler", FEW_STEPS));

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

  /** All of them, the built-in ones first. */
  public List<SamplerProvider> all() {
    return List.copyOf(byName.values());
  }

  /**
   * The sampler that a user named, or else the one that the model's folder names.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public SamplerProvider resolve(Optional<String> name, SchedulerConfig config) {
    return name.isPresent() ? named(name.get()) : ofModel(config);
  }

  private SamplerProvider named(String name) {
    SamplerProvider provider = byName.get(name);
    if (provider == null) {
      String wanted = plain(name);
      provider =
          byName.values().stream()
              .filter(other -> names(other).anyMatch(known -> plain(known).equals(wanted)))
              .findFirst()
              .orElse(null);
    }
    if (provider == null) {
      throw new IllegalArgumentException("no sampler is named \"" + name + "\"; " + known());
    }
    return provider;
  }

  /** Its own name, the one in an image's text, and the classes of diffusers. */
  private static Stream<String> names(SamplerProvider provider) {
    return Stream.concat(
        Stream.of(provider.name(), provider.displayName()), provider.schedulerClasses().stream());
  }

  /** A name without what programs spell in several ways. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[ _]+", "-").replaceAll("-ancestral$", "-a");
  }

  private SamplerProvider ofModel(SchedulerConfig config) {
    String schedulerClass = config.text("_class_name", "");
    return byName.values().stream()
        .filter(provider -> provider.schedulerClasses().contains(schedulerClass))
        .findFirst()
        .or(
            () ->
                Optional.ofNullable(NEAREST.get(schedulerClass))
                    .map(near -> byName.get(near.name())))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "scheduler_config.json names the scheduler class \""
                        + schedulerClass
                        + "\", which no sampler stands for; choose one by name, "
                        + known()));
  }

  /**
   * What stands in for the scheduler that a model names, for people; empty if it is built in or no
   * nearest is known.
   */
  public static Optional<String> substitute(SchedulerConfig config) {
    String schedulerClass = String.valueOf(config.values().getOrDefault("_class_name", ""));
    boolean builtIn =
        BuiltInSampler.ALL.stream()
            .anyMatch(provider -> provider.schedulerClasses().contains(schedulerClass));
    return builtIn
        ? Optional.empty()
        : Optional.ofNullable(NEAREST.get(schedulerClass))
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

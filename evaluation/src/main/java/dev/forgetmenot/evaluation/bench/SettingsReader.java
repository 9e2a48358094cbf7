package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.kit.yaml.YamlValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Reads how a list draws, judges and attacks. Where a key is missing or wrong, the mistake is kept
 * and something stands in, so that the rest is looked at as well.
 */
record SettingsReader(ListSource source, Problems problems) {
  private static final int MOST_STEPS = 1000;
  private static final int LONGEST_SIDE = 2048;
  private static final int MOST_SEEDS = 100_000;
  private static final long LAST_SEED = 0xffff_ffffL;
  private static final long FIRST_CALIBRATION = 900_000;
  private static final double MOST_GUIDANCE = 100;
  private static final String RANGE = "[first seed, how many]";

  BenchModel model(KeyReader keys) {
    var sampler = keys.required("sampler", "a sampler's name, like ddim", KeyReader::text);
    var steps = keys.required("steps", "the sampler's steps", one -> whole(one, MOST_STEPS));
    var guidance =
        keys.required("guidance", "the guidance scale", one -> one.number(0, MOST_GUIDANCE));
    List<Integer> size =
        keys.required("size", "[width, height] in pixels, or model", SettingsReader::size)
            .orElse(List.of(8, 8));
    String negative = keys.optional("negative", YamlValue::text).orElse("");
    return new BenchModel(
        sampler.orElse(""),
        steps.orElse(1),
        guidance.orElse(1.0),
        size.get(0),
        size.get(1),
        negative);
  }

  /** A count from 1 on. */
  static int whole(YamlValue value, int most) {
    return (int) value.integer(1, most);
  }

  private static List<Integer> size(YamlValue value) {
    if (!value.isList()) {
      if (!value.text().equals("model")) {
        throw value.wrong(
            "should be [width, height], or model for the model's own size, not " + value.text());
      }
      return List.of(0, 0);
    }
    List<YamlValue> sides = value.list();
    if (sides.size() != 2) {
      throw value.wrong("should be [width, height], not a list of " + sides.size());
    }
    List<Integer> size = new ArrayList<>();
    for (YamlValue side : sides) {
      int pixels = whole(side, LONGEST_SIDE);
      if (pixels % 8 != 0) {
        throw side.wrong("must be a multiple of 8, not " + pixels);
      }
      size.add(pixels);
    }
    return size;
  }

  BenchJudge judge(KeyReader keys) {
    var vocabulary = ofModel(keys, "vocabulary", "model, or a file with a phrase a line");
    var text = ofModel(keys, "text", "model, or a CLIP folder");
    String second =
        keys.optional(
                "second",
                one -> KeyReader.choice(one, List.of("prototypes", "none"), Function.identity()))
            .orElse("prototypes");
    var extra = keys.optional("extraClip", this::listed);
    var calibrated =
        keys.optional(
            "calibrated",
            one ->
                KeyReader.choice(
                    one, List.of(BenchJudge.Calibrated.values()), BenchJudge.Calibrated::word));
    SeedRange calibration =
        keys.optional("calibrationSeeds", one -> range("calibrationSeeds", one, false))
            .orElse(
                new SeedRange(
                    "calibrationSeeds", FIRST_CALIBRATION, OptionalInt.of(16), keys.place()));
    return new BenchJudge(
        vocabulary, text, second.equals("prototypes"), extra, calibrated, calibration);
  }

  private BenchJudge.Listed listed(YamlValue value) {
    return new BenchJudge.Listed(source.existing(value), Problems.place(value));
  }

  private Optional<BenchJudge.Listed> ofModel(KeyReader keys, String key, String what) {
    return keys.required(
            key,
            what,
            value ->
                value.text().equals("model")
                    ? Optional.<BenchJudge.Listed>empty()
                    : Optional.of(listed(value)))
        .flatMap(Function.identity());
  }

  BenchSeeds seeds(KeyReader keys) {
    return new BenchSeeds(
        range(keys, "target", false),
        range(keys, "retain", false),
        range(keys, "luck", true),
        range(keys, "training", false));
  }

  private static SeedRange range(KeyReader keys, String key, boolean mayBeAuto) {
    return keys.required(
            key,
            mayBeAuto ? RANGE + " or [first seed, auto]" : RANGE,
            one -> range(key, one, mayBeAuto))
        .orElse(new SeedRange(key, 0, OptionalInt.of(0), keys.place()));
  }

  private static SeedRange range(String name, YamlValue value, boolean mayBeAuto) {
    List<YamlValue> parts = value.list();
    if (parts.size() != 2) {
      throw value.wrong("should be " + RANGE + ", not a list of " + parts.size());
    }
    long first = parts.get(0).integer(0, LAST_SEED);
    OptionalInt count =
        mayBeAuto && parts.get(1).text().equals("auto")
            ? OptionalInt.empty()
            : OptionalInt.of(whole(parts.get(1), MOST_SEEDS));
    return new SeedRange(name, first, count, Problems.place(value));
  }

  PromptTable csv(KeyReader keys) {
    var file = keys.required("file", "a CSV file with a column of prompts", source::existing);
    var columns =
        keys.optional("columns", YamlValue::map)
            .map(map -> KeyReader.read(map, problems, SettingsReader::columns))
            .orElse(PromptColumns.PUBLISHED);
    return file.map(path -> new PromptTableReader(problems).read(path, columns))
        .orElse(new PromptTable(List.of()));
  }

  private static PromptColumns columns(KeyReader keys) {
    return PromptColumns.named(
        keys.required("prompt", "the name of the column of prompts", KeyReader::text).orElse(""),
        keys.optional("seed", KeyReader::text),
        keys.optional("guidance", KeyReader::text));
  }

  AttackChoice attacks(KeyReader keys) {
    var presets = Arrays.asList(AttackChoice.Preset.values());
    var preset =
        keys.required(
            "preset",
            "none, quick, standard or paper",
            one -> KeyReader.choice(one, presets, AttackChoice.Preset::word));
    Map<String, Mention> settings = new LinkedHashMap<>();
    keys.optional("set", YamlValue::map)
        .ifPresent(map -> map.takeRest().forEach(one -> setting(one, settings)));
    return new AttackChoice(
        preset.orElse(AttackChoice.Preset.NONE), keys.mentions("only"), settings);
  }

  private void setting(YamlValue value, Map<String, Mention> into) {
    problems
        .attempt(
            () -> {
              if (!value.key().matches("[^.]+\\.[^.]+")) {
                throw value.wrong("should be attack.setting, like unlearndiff.k");
              }
              return KeyReader.mention(value);
            })
        .ifPresent(mention -> into.put(value.key(), mention));
  }
}

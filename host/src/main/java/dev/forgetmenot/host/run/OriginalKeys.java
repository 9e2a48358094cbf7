package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads keys of the original Forget-Me-Not as settings of a method. A key that the method has no
 * setting for is collected for one warning.
 */
final class OriginalKeys {
  private static final String CONSTANT = "constant";
  private static final int MOST = 1_000_000;

  private final YamlMap map;
  private final EditorValues values;
  private final List<String> known = new ArrayList<>();
  private final TreeSet<String> meaningless = new TreeSet<>();

  OriginalKeys(YamlMap map, EditorValues values) {
    this.map = map;
    this.values = values;
  }

  /** Takes a key that the form itself reads. */
  Optional<YamlValue> take(String key) {
    known.add(key);
    return map.take(key);
  }

  /** Takes a switch that the form itself reads; off where it is missing. */
  boolean flag(String key) {
    return take(key).map(YamlValue::flag).orElse(false);
  }

  /** Takes a key that means a setting. */
  void setting(String key, String setting) {
    take(key).ifPresent(value -> set(value, value.text(), setting));
  }

  /** Takes a key whose entries have {@code |} between them and that means a list. */
  void list(String key, String setting) {
    take(key)
        .ifPresent(
            value -> set(value, Settings.joined(List.of(value.text().split("\\|", -1))), setting));
  }

  /** Sets a setting, if the method declares it. */
  void set(YamlValue value, String text, String setting) {
    if (values.declares(setting)) {
      values.set(setting, value, text);
    } else {
      meaningless.add(value.key());
    }
  }

  /** Takes the learning rate; with {@code scale_lr} it grows with what one step sees. */
  void learningRate(String key) {
    long accumulation = steps("gradient_accumulation_steps", "gradient-accumulation-steps");
    long batch = steps("train_batch_size", "train-batch-size");
    boolean scaled = flag("scale_lr");
    take(key)
        .ifPresent(
            value -> {
              double rate = value.number(Double.MIN_VALUE, 1);
              String text = scaled ? Double.toString(rate * accumulation * batch) : value.text();
              set(value, text, "learning-rate");
            });
  }

  /** Takes the learning rate's schedule; a constant one of the original has no warm-up. */
  void schedule(String shape, String warmup) {
    Optional<YamlValue> chosen = take(shape);
    chosen.ifPresent(value -> set(value, value.text(), "lr-scheduler"));
    Optional<YamlValue> steps = take(warmup);
    boolean constant = chosen.map(YamlValue::text).orElse(CONSTANT).equals(CONSTANT);
    if (!constant) {
      steps.ifPresent(value -> set(value, value.text(), "lr-warmup-steps"));
    } else if (steps.map(value -> value.integer(0, MOST)).orElse(0L) > 0) {
      meaningless.add(warmup);
    }
  }

  private long steps(String key, String setting) {
    Optional<YamlValue> value = take(key);
    long count = value.map(one -> one.integer(1, MOST)).orElse(1L);
    if (count > 1 && !values.declares(setting)) {
      throw value.orElseThrow().wrong("can only be 1 with the method " + values.method().name());
    }
    value.ifPresent(one -> set(one, one.text(), setting));
    return count;
  }

  /** Sets a setting without which the run would be another one. */
  void require(YamlValue value, String text, String setting) {
    if (!values.declares(setting)) {
      throw value.wrong(
          Message.of(
              "needs a method with the setting %s, which %s has not",
              setting, values.method().name()));
    }
    values.set(setting, value, text);
  }

  /** Takes keys that say nothing to this program. */
  void ignore(List<String> keys) {
    known.addAll(keys);
    meaningless.addAll(map.takeAll(keys));
  }

  /** Takes a switch that cannot be turned on here. */
  void refuse(String key, String why) {
    take(key)
        .filter(YamlValue::flag)
        .ifPresent(
            value -> {
              throw value.wrong("cannot be true here: " + why);
            });
  }

  /** Takes our own keys of sample images, which may stand beside the original's. */
  SampleSettings samples(Path base, List<SampleLine> lines) throws IOException {
    known.addAll(SampleKeys.KEYS);
    return SampleKeys.read(map, base, OriginalSamples.of(lines));
  }

  /** Refuses unknown keys; returns the warning of those that mean nothing, if there are any. */
  Optional<String> finish() {
    map.requireNothingElse(known);
    return meaningless.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "These keys have no meaning here and are left out: " + String.join(", ", meaningless));
  }
}

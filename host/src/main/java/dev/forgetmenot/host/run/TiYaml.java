package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The original's {@code Ti}: the inversion of what a folder of images shows into new tokens.
 *
 * @param reader what is installed
 */
record TiYaml(RunFileReader reader) {
  static final String SECTION = "Ti";

  private static final String INVERT = "invert";

  /** What the original's second part, the tuning of adapters, would read; it is never run. */
  private static final List<String> TUNING =
      List.of(
          "max_train_steps_tuning",
          "lora_rank",
          "learning_rate_unet",
          "learning_rate_text",
          "continue_inversion",
          "continue_inversion_lr",
          "lr_scheduler_lora",
          "lr_warmup_steps_lora",
          "weight_decay_lora");

  private static final List<String> MEANINGLESS =
      List.of(
          "revision",
          "pretrained_vae_name_or_path",
          "class_data_dir",
          "class_prompt",
          "prior_loss_weight",
          "num_class_images",
          "stochastic_attribute",
          "sample_batch_size",
          "gradient_checkpointing",
          "mixed_precision",
          "use_8bit_adam",
          "device",
          "extra_args",
          "log_wandb",
          "wandb_log_prompt_cnt",
          "wandb_project_name",
          "wandb_entity");

  RunPlan read(YamlMap map) throws IOException {
    EditorValues values = new EditorValues(method(map), reader.base());
    OriginalKeys keys = new OriginalKeys(map, values);
    List<String> notes = new ArrayList<>();
    ModelChoice.Chosen model =
        reader.models().leniently(keys.take("pretrained_model_name_or_path"), notes);
    YamlValue data =
        keys.take("instance_data_dir")
            .orElseThrow(() -> missing(map, "instance_data_dir", "data/a-name"));
    Path images = reader.base().resolve(data.text());
    if (!Files.isDirectory(images)) {
      throw data.wrong("names " + images + ", which is not a folder: put the images there");
    }
    String folder = String.valueOf(images.getFileName());
    keys.set(data, data.text(), "image-dir");
    ConceptType kind = kind(keys);
    tokens(keys);
    training(keys);
    Path output =
        keys.take("output_dir")
            .map(value -> reader.base().resolve(value.text()))
            .orElseGet(() -> reader.base().resolve("exps_ti").resolve(folder));
    SampleSettings samples = keys.samples(reader.base(), List.of());
    keys.ignore(TUNING);
    keys.ignore(MEANINGLESS);
    keys.finish().ifPresent(notes::add);
    Concept concept = new Concept(folder.replace('-', ' '), kind);
    return new RunPlan(
        map.file(),
        values.method(),
        model,
        List.of(concept),
        true,
        values.values(),
        output,
        Optional.empty(),
        samples,
        ReportSize.NONE,
        false,
        notes);
  }

  private RunMethod method(YamlMap map) {
    List<RunMethod> methods = reader.methods(INVERT);
    if (methods.isEmpty()) {
      throw new YamlException(
          map.file(),
          map.line(),
          "no installed plugin can invert; 'fmn plugins' lists what is installed");
    }
    return methods.get(0);
  }

  private static YamlException missing(YamlMap map, String key, String example) {
    return new YamlException(map.file(), map.line(), key + " is missing: write it like " + example);
  }

  /** The names of the tokens and where each begins. */
  private static void tokens(OriginalKeys keys) {
    keys.list("placeholder_tokens", "tokens");
    keys.list("initializer_tokens", "init");
  }

  /** Without a template an image's prompt is its file's name with {@code <s>} in it. */
  private static ConceptType kind(OriginalKeys keys) {
    Optional<YamlValue> template = keys.take("use_template");
    Optional<YamlValue> place = keys.take("placeholder_token_at_data");
    if (template.isEmpty()) {
      place.ifPresent(
          value -> {
            if (!value.text().startsWith("<s>|")) {
              throw value.wrong("should begin with <s>|, what stands for the tokens in file names");
            }
            keys.set(value, "true", "stems");
          });
      return ConceptType.OBJECT;
    }
    return switch (template.get().text()) {
      case "object" -> ConceptType.OBJECT;
      case "style" -> ConceptType.STYLE;
      default ->
          throw template
              .get()
              .wrong("must be object or style, not '" + template.get().text() + "'");
    };
  }

  private static void training(OriginalKeys keys) {
    keys.setting("max_train_steps_ti", "steps");
    keys.learningRate("learning_rate_ti");
    keys.schedule("lr_scheduler", "lr_warmup_steps");
    keys.setting("weight_decay_ti", "weight-decay");
    keys.take("clip_ti_decay")
        .ifPresent(value -> keys.set(value, Boolean.toString(!value.flag()), "no-norm-decay"));
    keys.setting("save_steps", "save-every");
    keys.setting("seed", "seed");
    keys.setting("resolution", "resolution");
    keys.take("use_face_segmentation_condition")
        .ifPresent(value -> keys.set(value, Boolean.toString(!value.flag()), "no-mask"));
    keys.refuse("color_jitter", "images are taken as they are");
    keys.refuse("train_text_encoder", "only the rows of the new tokens are trained");
    keys.refuse("with_prior_preservation", "an inversion changes nothing that is known");
    keys.take("perform_inversion")
        .filter(value -> !value.flag())
        .ifPresent(
            value -> {
              throw value.wrong("is false: then there is nothing to do");
            });
  }
}

package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.kit.yaml.YamlMap;
import dev.forgetmenot.kit.yaml.YamlValue;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The original's {@code Attn}: attention re-steering of the concepts of {@code multi_concept}, with
 * their images in {@code data/NAME} and, for {@code use_ti}, their inverted tokens in {@code
 * exps_ti/NAME}. Names are those of folders and taken as they are: their images say what is meant.
 *
 * @param reader what is installed
 */
record AttnYaml(RunFileReader reader) {
  static final String SECTION = "Attn";

  private static final Path DATA = Path.of("data");
  private static final Path INVERTED = Path.of("exps_ti");

  private static final String FORGET = "forget";
  private static final String METHOD = "resteer";

  private static final List<String> MEANINGLESS =
      List.of(
          "revision",
          "tokenizer_name",
          "class_data_dir",
          "instance_prompt",
          "concept_keyword",
          "num_class_images",
          "sample_batch_size",
          "gradient_checkpointing",
          "use_8bit_adam",
          "dataloader_num_workers",
          "push_to_hub",
          "hub_token",
          "hub_model_id",
          "logging_dir",
          "allow_tf32",
          "report_to",
          "mixed_precision",
          "prior_generation_precision",
          "local_rank",
          "enable_xformers_memory_efficient_attention",
          "set_grads_to_none");

  RunPlan read(YamlMap map) throws IOException {
    EditorValues values = new EditorValues(reader.method(map, FORGET, METHOD), reader.base());
    OriginalKeys keys = new OriginalKeys(map, values);
    List<String> notes = new ArrayList<>();
    ModelChoice.Chosen model =
        reader.models().leniently(keys.take("pretrained_model_name_or_path"), notes);
    YamlValue pairs = keys.take("multi_concept").orElseThrow(() -> missing(map));
    List<Named> named = named(pairs);
    Path output =
        reader
            .base()
            .resolve(
                keys.take("output_dir")
                    .map(YamlValue::text)
                    .orElse("exps_attn/" + named.get(0).folder));
    whatIsTrained(keys);
    howItIsTrained(keys);
    Optional<YamlValue> noRealImage = keys.take("no_real_image").filter(YamlValue::flag);
    if (noRealImage.isPresent()) {
      keys.set(noRealImage.get(), "true", "no-real-image");
    } else {
      keys.set(pairs, images(named), "image-dir");
    }
    useTi(keys, named);
    boolean resume = keys.take("resume_from_checkpoint").isPresent();
    List<Concept> concepts = named.stream().map(Named::concept).toList();
    SampleSettings samples = keys.samples(reader.base(), SampleKeys.usual(concepts));
    keys.ignore(MEANINGLESS);
    keys.finish().ifPresent(notes::add);
    return new RunPlan(
        map.file(),
        values.method(),
        model,
        concepts,
        true,
        values.values(),
        output,
        Optional.of(PatchName.fileName(FORGET, concepts)),
        samples,
        ReportSize.NONE,
        resume,
        notes);
  }

  private static YamlException missing(YamlMap map) {
    return new YamlException(
        map.file(), map.line(), "multi_concept is missing: write it as [[a-name, object]]");
  }

  /** A concept and its folder's name. */
  private record Named(YamlValue where, String folder, Concept concept) {}

  private static List<Named> named(YamlValue pairs) {
    List<Named> named = new ArrayList<>();
    for (YamlValue pair : pairs.list()) {
      List<YamlValue> two = pair.list();
      if (two.size() != 2 || two.get(0).text().isBlank()) {
        throw pair.wrong("is a list of pairs like [a-name, object]");
      }
      String folder = two.get(0).text();
      ConceptType kind = RunYaml.kind(two.get(1));
      named.add(new Named(pair, folder, new Concept(folder.replace('-', ' '), kind)));
    }
    if (named.isEmpty()) {
      throw pairs.wrong("names nothing");
    }
    return named;
  }

  private static void whatIsTrained(OriginalKeys keys) {
    keys.take("only_optimize_ca")
        .ifPresent(
            value -> keys.set(value, value.flag() ? "cross-attention" : "unet", "trainable"));
    // off, the original looks at no end-of-text column; our default would be the first
    keys.take("use_pooler")
        .ifPresent(
            value -> keys.set(value, value.flag() ? "padding" : "tokens", "token-selection"));
    keys.refuse("train_text_encoder", "only the UNet is trained");
    keys.refuse("with_prior_preservation", "the original declares it and never uses it");
    keys.ignore(List.of("class_prompt", "prior_loss_weight"));
  }

  private static void howItIsTrained(OriginalKeys keys) {
    keys.setting("max_train_steps", "steps");
    keys.learningRate("learning_rate");
    keys.schedule("lr_scheduler", "lr_warmup_steps");
    keys.setting("lr_num_cycles", "lr-num-cycles");
    keys.setting("lr_power", "lr-power");
    keys.setting("adam_beta1", "adam-beta1");
    keys.setting("adam_beta2", "adam-beta2");
    keys.setting("adam_weight_decay", "weight-decay");
    keys.setting("adam_epsilon", "adam-epsilon");
    keys.setting("max_grad_norm", "max-grad-norm");
    keys.setting("seed", "seed");
    keys.setting("resolution", "resolution");
    keys.take("center_crop")
        .ifPresent(value -> keys.set(value, value.flag() ? "centre" : "random", "crop"));
    keys.setting("checkpointing_steps", "save-every");
    keys.ignore(List.of("num_train_epochs"));
  }

  /** The folder of the only concept's images, or the one that has a folder for each. */
  private String images(List<Named> named) {
    for (Named one : named) {
      Path folder = reader.base().resolve(DATA).resolve(one.folder);
      if (!Files.isDirectory(folder)) {
        throw one.where.wrong(
            "needs the folder " + folder + " with images of '" + one.concept.name() + "'");
      }
    }
    return named.size() == 1 ? DATA.resolve(named.get(0).folder).toString() : DATA.toString();
  }

  private void useTi(OriginalKeys keys, List<Named> named) throws IOException {
    Optional<YamlValue> use = keys.take("use_ti").filter(YamlValue::flag);
    if (use.isPresent()) {
      List<String> files = new ArrayList<>();
      for (Named one : named) {
        Path folder = reader.base().resolve(INVERTED).resolve(one.folder);
        files.add(InvertedTokens.in(folder, use.get()).toString());
      }
      keys.require(use.get(), Settings.joined(files), "embedding");
    }
  }
}

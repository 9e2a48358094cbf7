package dev.forgetmenot.host.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.kit.yaml.YamlException;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with the keys of the original's attn.yaml. */
class AttnYamlTest {
  /** Every key that the original's file has, with values of ours. */
  private static final List<String> ALL_KEYS =
      List.of(
          "multi_concept: [[light-house, object]]",
          "output_dir: exps_attn/light-house",
          "use_ti: false",
          "only_optimize_ca: true",
          "use_pooler: true",
          "train_batch_size: 1",
          "learning_rate: 3.0e-06",
          "max_train_steps: 4",
          "pretrained_model_name_or_path: somebody/a-published-model",
          "revision: null",
          "tokenizer_name: null",
          "class_data_dir: null",
          "instance_prompt: null",
          "concept_keyword: null",
          "no_real_image: false",
          "class_prompt: null",
          "with_prior_preservation: false",
          "prior_loss_weight: 1.0",
          "num_class_images: 20",
          "seed: null",
          "resolution: 512",
          "center_crop: false",
          "train_text_encoder: false",
          "sample_batch_size: 4",
          "num_train_epochs: 1",
          "checkpointing_steps: 500",
          "resume_from_checkpoint: null",
          "gradient_accumulation_steps: 1",
          "gradient_checkpointing: false",
          "scale_lr: false",
          "lr_scheduler: constant",
          "lr_warmup_steps: 0",
          "lr_num_cycles: 1",
          "lr_power: 1.0",
          "use_8bit_adam: false",
          "dataloader_num_workers: 0",
          "adam_beta1: 0.9",
          "adam_beta2: 0.999",
          "adam_weight_decay: 0.02",
          "adam_epsilon: 1.0e-08",
          "max_grad_norm: 1.",
          "push_to_hub: false",
          "hub_token: null",
          "hub_model_id: null",
          "logging_dir: logs",
          "allow_tf32: false",
          "report_to: tensorboard",
          "mixed_precision: null",
          "prior_generation_precision: null",
          "local_rank: -1",
          "enable_xformers_memory_efficient_attention: false",
          "set_grads_to_none: false");

  @TempDir Path folder;
  private RunFiles files;

  @BeforeEach
  void open() throws IOException {
    files = new RunFiles(folder);
    Files.createDirectories(folder.resolve("data/light-house"));
    Files.createDirectories(folder.resolve("data/a-boat"));
  }

  @AfterEach
  void close() {
    files.close();
  }

  /** The keys, some of them with other values. */
  private static String[] attn(String... changed) {
    return RunFiles.section("Attn", ALL_KEYS, changed);
  }

  @Test
  void allKeysOfTheOriginalAreUnderstoodOrNamedInOneWarning() throws IOException {
    RunPlan plan = files.read(attn());
    assertThat(plan.method().name()).isEqualTo("resteer");
    assertThat(plan.concepts()).containsExactly(new Concept("light house", ConceptType.OBJECT));
    assertThat(plan.output()).isEqualTo(folder.resolve("exps_attn/light-house"));
    assertThat(plan.values().all())
        .containsEntry("image-dir", folder.resolve("data/light-house").toString())
        .containsEntry("trainable", "cross-attention")
        .containsEntry("token-selection", "padding")
        .containsEntry("learning-rate", "3.0e-06")
        .containsEntry("steps", "4")
        .containsEntry("crop", "random")
        .containsEntry("resolution", "512")
        .containsEntry("weight-decay", "0.02")
        .containsEntry("max-grad-norm", "1.")
        .containsEntry("seed", "0");
    assertThat(plan.resume()).isFalse();
    assertThat(plan.notes()).hasSize(1);
    assertThat(plan.notes().get(0))
        .startsWith("These keys have no meaning here and are left out: ")
        .contains("mixed_precision", "report_to", "revision")
        .doesNotContain(
            "learning_rate", "multi_concept", "use_ti", "seed", "scale_lr", "resolution");
    assertThat(plan.samples().requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.prompt()).isEqualTo("a photo of light house");
              assertThat(request.count()).isEqualTo(8);
              assertThat(request.steps()).isEqualTo(50);
              assertThat(request.guidance()).isEqualTo(7);
            });
  }

  @Test
  void switchesAndListsMeanWhatTheyMeanThere() throws IOException {
    RunPlan plan =
        files.read(
            attn(
                "multi_concept: [[light-house, object], [a-boat, style]]",
                "only_optimize_ca: false",
                "use_pooler: false",
                "center_crop: true",
                "seed: 7",
                "resume_from_checkpoint: latest"));
    assertThat(plan.concepts())
        .containsExactly(
            new Concept("light house", ConceptType.OBJECT),
            new Concept("a boat", ConceptType.STYLE));
    assertThat(plan.values().all())
        .containsEntry("image-dir", folder.resolve("data").toString())
        .containsEntry("trainable", "unet")
        .containsEntry("token-selection", "tokens")
        .containsEntry("crop", "centre")
        .containsEntry("seed", "7");
    assertThat(plan.resume()).isTrue();
    RunPlan noise = files.read(attn("multi_concept: [[gone, object]]", "no_real_image: true"));
    assertThat(noise.values().all()).containsEntry("no-real-image", "true");
    assertThat(noise.values().find("image-dir")).isEmpty();
  }

  @Test
  void whatCannotBeDoneIsRefusedWithItsLine() {
    assertWrong("max_train_step is not a known key", attn("max_train_step: 3"));
    assertWrong("the nearest are max_train_steps", attn("max_train_step: 3"));
    assertWrong(
        "run.yaml:2: multi_concept needs the folder " + folder.resolve("data/gone"),
        attn("multi_concept: [[gone, object]]"));
    assertWrong("run.yaml:4: use_ti needs inverted tokens", attn("use_ti: true"));
    assertWrong("must be one of [identity, object", attn("multi_concept: [[light-house, thing]]"));
    assertWrong("is a list of pairs", attn("multi_concept: [[light-house]]"));
    assertWrong("should be a list", attn("multi_concept: light-house"));
    assertWrong("train_text_encoder cannot be true here", attn("train_text_encoder: true"));
    assertWrong("max_train_steps: steps must be in", attn("max_train_steps: 0"));
    assertWrong(
        "run.yaml:6: use_pooler must be true or false, not 'some'", attn("use_pooler: some"));
    assertWrong("not a known key; the nearest are Attn, Ti", add(attn(), "other: 1"));
    assertWrong("holds both Ti and Attn", add(attn(), "Ti: {}"));
  }

  @Test
  void aModelThatIsNotHereIsReplacedAndSaid() throws IOException {
    String before = System.getProperty("fmn.home");
    Path own = Files.createDirectories(folder.resolve("home/models/own"));
    Files.writeString(own.resolve("model_index.json"), "{}");
    System.setProperty("fmn.home", folder.resolve("home").toString());
    try {
      RunPlan plan = files.read(Optional.empty(), attn());
      assertThat(plan.modelFolder()).isEqualTo(own);
      assertThat(plan.notes().get(0))
          .isEqualTo(
              "somebody/a-published-model is not here: the model is own."
                  + " Name another by --model.");
      String named = "pretrained_model_name_or_path: " + EmbeddedModel.folder();
      RunPlan there = files.read(Optional.empty(), attn(named));
      assertThat(there.modelFolder()).isEqualTo(EmbeddedModel.folder());
      assertThat(there.notes()).hasSize(1);
    } finally {
      if (before == null) {
        System.clearProperty("fmn.home");
      } else {
        System.setProperty("fmn.home", before);
      }
    }
  }

  private static String[] add(String[] lines, String line) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add(line);
    return all.toArray(String[]::new);
  }

  private void assertWrong(String message, String... lines) {
    assertThatThrownBy(() -> files.read(lines))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining(message);
  }
}

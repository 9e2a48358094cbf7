package dev.forgetmenot.host.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.kit.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with the keys of the original's ti.yaml. */
class TiYamlTest {
  /** Every key that the original's file has, with values of ours. */
  static final List<String> ALL_KEYS =
      List.of(
          "instance_data_dir: data/light-house",
          "output_dir: exps_ti/light-house",
          "use_template: style",
          "placeholder_tokens: <s3>|<s4>",
          "placeholder_token_at_data: <s>|<s3><s4>",
          "initializer_tokens: light|<rand-1>",
          "train_batch_size: 1",
          "learning_rate_ti: 0.002",
          "max_train_steps_ti: 6",
          "pretrained_model_name_or_path: somebody/a-published-model",
          "train_text_encoder: false",
          "pretrained_vae_name_or_path: null",
          "revision: null",
          "class_data_dir: null",
          "stochastic_attribute: null",
          "perform_inversion: true",
          "class_prompt: null",
          "with_prior_preservation: false",
          "prior_loss_weight: 1.0",
          "num_class_images: 100",
          "seed: 11",
          "resolution: 512",
          "color_jitter: false",
          "sample_batch_size: 1",
          "max_train_steps_tuning: 1000",
          "save_steps: 3",
          "gradient_accumulation_steps: 2",
          "gradient_checkpointing: false",
          "mixed_precision: fp16",
          "lora_rank: 4",
          "clip_ti_decay: true",
          "learning_rate_unet: 0.0003",
          "learning_rate_text: 0.0003",
          "continue_inversion: true",
          "continue_inversion_lr: 0.0001",
          "use_face_segmentation_condition: false",
          "scale_lr: false",
          "lr_scheduler: constant",
          "lr_warmup_steps: 100",
          "lr_scheduler_lora: linear",
          "lr_warmup_steps_lora: 0",
          "weight_decay_ti: 0.2",
          "weight_decay_lora: 0.001",
          "use_8bit_adam: false",
          "device: cuda:0",
          "extra_args: null",
          "log_wandb: false",
          "wandb_log_prompt_cnt: 10",
          "wandb_project_name: a_project",
          "wandb_entity: an_entity");

  @TempDir Path folder;
  private RunFiles files;

  @BeforeEach
  void open() throws IOException {
    files = new RunFiles(folder);
    Files.createDirectories(folder.resolve("data/light-house"));
  }

  @AfterEach
  void close() {
    files.close();
  }

  /** The keys, some of them with other values. */
  private static String[] ti(String... changed) {
    return RunFiles.section("Ti", ALL_KEYS, changed);
  }

  @Test
  void allKeysOfTheOriginalAreUnderstoodOrNamedInOneWarning() throws IOException {
    RunPlan plan = files.read(ti());
    assertThat(plan.method()).isInstanceOf(RunMethod.Invert.class);
    assertThat(plan.concepts()).containsExactly(new Concept("light house", ConceptType.STYLE));
    assertThat(plan.output()).isEqualTo(folder.resolve("exps_ti/light-house"));
    assertThat(plan.values().all())
        .containsEntry("image-dir", folder.resolve("data/light-house").toString())
        .containsEntry("tokens", "<s3>\n<s4>")
        .containsEntry("init", "light\n<rand-1>")
        .containsEntry("steps", "6")
        .containsEntry("learning-rate", "0.002")
        .containsEntry("lr-scheduler", "constant")
        .containsEntry("lr-warmup-steps", "0")
        .containsEntry("weight-decay", "0.2")
        .containsEntry("gradient-accumulation-steps", "2")
        .containsEntry("no-norm-decay", "false")
        .containsEntry("no-mask", "true")
        .containsEntry("stems", "false")
        .containsEntry("save-every", "3")
        .containsEntry("seed", "11");
    assertThat(plan.notes()).hasSize(1);
    assertThat(plan.notes().get(0))
        .contains("lora_rank", "mixed_precision", "wandb_entity", "lr_warmup_steps,")
        .doesNotContain("instance_data_dir", "clip_ti_decay", "placeholder_tokens");
  }

  @Test
  void switchesMeanWhatTheyMeanThere() throws IOException {
    RunPlan plan =
        files.read(
            ti(
                "use_template: null",
                "clip_ti_decay: false",
                "use_face_segmentation_condition: true",
                "lr_scheduler: linear",
                "lr_warmup_steps: 2",
                "scale_lr: true"));
    assertThat(plan.values().all())
        .containsEntry("stems", "true")
        .containsEntry("no-norm-decay", "true")
        .containsEntry("no-mask", "false")
        .containsEntry("lr-scheduler", "linear")
        .containsEntry("lr-warmup-steps", "2")
        .containsEntry("learning-rate", "0.004");
  }

  @Test
  void whatCannotBeDoneIsRefusedWithItsLine() {
    assertWrong(
        "run.yaml:2: instance_data_dir names " + folder.resolve("data/gone"),
        ti("instance_data_dir: data/gone"));
    assertWrong("run.yaml:4: use_template must be object or style", ti("use_template: naked"));
    assertWrong("perform_inversion is false", ti("perform_inversion: false"));
    assertWrong("color_jitter cannot be true here", ti("color_jitter: true"));
    assertWrong("train_batch_size can only be 1", ti("train_batch_size: 2"));
    assertWrong("the nearest are save_steps", ti("save_step: 3"));
  }

  private void assertWrong(String message, String... lines) {
    assertThatThrownBy(() -> files.read(lines))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining(message);
  }
}

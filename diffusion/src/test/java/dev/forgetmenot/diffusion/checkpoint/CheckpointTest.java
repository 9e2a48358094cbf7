package dev.forgetmenot.diffusion.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.diffusion.Published;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.TensorInfo;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.SingleFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the tensors of a single file tell, and files that are something else. */
class CheckpointTest {
  private static final Path TINY_1 =
      GoldenFolders.inProject("testkit/fixtures").resolve("sd1-tiny/model");
  private static final Path TINY_2 =
      GoldenFolders.inProject("testkit/fixtures").resolve("sd2-tiny/model");

  @TempDir Path temp;

  private Path file() {
    return temp.resolve("model.safetensors");
  }

  /** A file of the published size, whose values are a hole on the disk. */
  private void published(Published model, Map<String, long[]> more) throws IOException {
    Map<String, long[]> shapes = new TreeMap<>(more);
    boolean linear = model == Published.SD21;
    SparseFile.add(
        shapes, LdmNames.unet(model.unet()), UNet2DConditionModel.parameterShapes(model.unet()));
    SparseFile.add(shapes, LdmNames.vae(model.vae()), AutoencoderKL.parameterShapes(model.vae()));
    SparseFile.add(
        shapes,
        linear
            ? LdmNames.openClip(model.textEncoder(), LdmNames.OPEN_CLIP)
            : LdmNames.clip(model.textEncoder(), LdmNames.CLIP, false),
        ClipTextEncoder.parameterShapes(model.textEncoder()));
    SparseFile.write(file(), shapes);
  }

  @ParameterizedTest
  @EnumSource
  void theTensorsOfThePublishedModelsTellTheirConfigurations(Published model) throws IOException {
    String unused = LdmNames.OPEN_CLIP + "transformer.resblocks.23.ln_1.weight";
    published(model, model == Published.SD21 ? Map.of(unused, new long[] {1024}) : Map.of());
    Checkpoint checkpoint =
        Checkpoint.open(
            file(),
            model == Published.SD21 ? Optional.of(PredictionType.V_PREDICTION) : Optional.empty(),
            false);
    assertThat(checkpoint.unet()).isEqualTo(model.unet());
    assertThat(checkpoint.vae()).isEqualTo(model.vae());
    TextEncoderConfig text = model.textEncoder();
    // Old folders say 2 for "the greatest id", which end-of-text is.
    assertThat(checkpoint.textEncoder(0))
        .isEqualTo(new TextEncoderConfig(49408, 77, 49407, text.encoder()));
    assertThat(checkpoint.notes()).isEmpty();
    assertThat(checkpoint.tokenizer(0).identity().mergesSha256())
        .isEqualTo("9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a");
    var tensors = checkpoint.tensors();
    tensors.get("unet").check(UNet2DConditionModel.parameterShapes(model.unet()));
    tensors.get("vae").check(AutoencoderKL.parameterShapes(model.vae()));
    tensors.get("text_encoder").check(ClipTextEncoder.parameterShapes(text));
    tensors.get("vae").close();
  }

  @Test
  void theSchedulerIsThatOfThePublishedModels() throws IOException {
    published(Published.SD15, Map.of());
    Checkpoint first = Checkpoint.open(file(), Optional.empty(), false);
    first.close();
    assertThat(first.scheduler().values())
        .containsEntry("_class_name", "PNDMScheduler")
        .containsEntry("beta_schedule", "scaled_linear")
        .containsEntry("beta_start", 0.00085)
        .containsEntry("beta_end", 0.012)
        .containsEntry("steps_offset", 1.0)
        .containsEntry("set_alpha_to_one", false)
        .containsEntry("skip_prk_steps", true)
        .containsEntry("prediction_type", "epsilon");
  }

  /** Values of version 2's telling tensor, whose spread is 1 or 0.01. */
  @ParameterizedTest
  @CsvSource({"1, V_PREDICTION, 96, epsilon", "0.01, EPSILON, 64, v_prediction"})
  void whatAModelOfVersion2PredictsIsGuessedAndSaid(
      float spread, PredictionType expected, int sampleSize, String other) throws IOException {
    published(Published.SD21, Map.of());
    String telling = LdmNames.UNET + "output_blocks.11.1.transformer_blocks.0.norm1.bias";
    try (SafetensorsFile header = SafetensorsFile.open(file(), SafetensorsLimits.MODEL);
        RandomAccessFile values = new RandomAccessFile(file().toFile(), "rw")) {
      TensorInfo tensor = header.tensors().get(telling);
      for (long i = 0; i < tensor.elements(); i++) {
        values.seek(header.dataBegin() + tensor.begin() + 2 * i);
        short bits =
            dev.forgetmenot.safetensors.HalfFloats.floatToHalf(i % 2 == 0 ? spread : -spread);
        values.writeShort(Short.reverseBytes(bits));
      }
    }
    Checkpoint checkpoint = Checkpoint.open(file(), Optional.empty(), false);
    checkpoint.close();
    assertThat(DiscreteNoiseSchedule.predictionType(checkpoint.scheduler())).isEqualTo(expected);
    assertThat(checkpoint.unet().sampleSize()).isEqualTo(sampleSize);
    assertThat(checkpoint.vae().sampleSize()).isEqualTo(8 * sampleSize);
    assertThat(checkpoint.notes())
        .singleElement()
        .asString()
        .contains("--prediction-type " + other);
    Checkpoint told = Checkpoint.open(file(), Optional.of(PredictionType.EPSILON), false);
    told.close();
    assertThat(told.unet().sampleSize()).isEqualTo(64);
    assertThat(told.notes()).isEmpty();
  }

  @Test
  void aFileMaySayItself() throws IOException {
    SingleFile.tensors(TINY_2, DType.F32).metadata("modelspec.prediction_type", "v").write(file());
    Files.createDirectories(temp.resolve("model.config/unet"));
    Files.copy(TINY_2.resolve("unet/config.json"), temp.resolve("model.config/unet/config.json"));
    Files.createDirectories(temp.resolve("model.config/vae"));
    Files.copy(TINY_2.resolve("vae/config.json"), temp.resolve("model.config/vae/config.json"));
    Files.createDirectories(temp.resolve("model.config/text_encoder"));
    Files.copy(
        TINY_2.resolve("text_encoder/config.json"),
        temp.resolve("model.config/text_encoder/config.json"));
    Checkpoint checkpoint = Checkpoint.open(file(), Optional.empty(), false);
    assertThat(DiscreteNoiseSchedule.predictionType(checkpoint.scheduler()))
        .isEqualTo(PredictionType.V_PREDICTION);
    assertThat(checkpoint.notes()).isEmpty();
    assertThatThrownBy(() -> checkpoint.tokenizer(0))
        .hasMessageContaining("the vocabulary of 5120 tokens")
        .hasMessageContaining("model.config/tokenizer");
    checkpoint.close();
  }

  @Test
  void whatTheTensorsTellOfASmallModelIsWhatItsFolderSays() throws IOException {
    SingleFile.write(TINY_1, file(), DType.F32);
    Path vae = temp.resolve("model.config/vae");
    Path text = temp.resolve("model.config/text_encoder");
    UNetConfig expected = UNetConfig.read(TINY_1.resolve("unet"));
    Files.delete(temp.resolve("model.config/unet/config.json"));
    Checkpoint checkpoint = Checkpoint.open(file(), Optional.empty(), false);
    checkpoint.close();
    UNetConfig found = checkpoint.unet();
    assertThat(UNet2DConditionModel.parameterShapes(found))
        .isEqualTo(UNet2DConditionModel.parameterShapes(expected));
    assertThat(found.heads()).isEqualTo(expected.heads());
    assertThat(checkpoint.vae()).isEqualTo(VaeConfig.read(vae));
    assertThat(checkpoint.textEncoder(0)).isEqualTo(TextEncoderConfig.read(text));

    Files.delete(vae.resolve("config.json"));
    assertThatThrownBy(() -> Checkpoint.open(file(), Optional.empty(), false))
        .hasMessageContaining("groups")
        .hasMessageContaining("model.config/vae/config.json");
  }

  @Test
  void whatIsMissingOrTooMuchIsNamed() throws IOException {
    Map<String, long[]> shapes = new TreeMap<>();
    published(Published.SD15, Map.of("model.diffusion_model.extra.weight", new long[] {3}));
    try (SafetensorsFile whole = SafetensorsFile.open(file(), SafetensorsLimits.MODEL)) {
      whole.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    }
    shapes.remove("model.diffusion_model.out.0.bias");
    SparseFile.write(file(), shapes);
    Checkpoint checkpoint = Checkpoint.open(file(), Optional.empty(), false);
    assertThatThrownBy(checkpoint::tensors)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("model.diffusion_model.out.0.bias is missing")
        .hasMessageContaining("model.diffusion_model.extra.weight is not part")
        .hasMessageContaining(file().toString());
    checkpoint.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight | is a LoRA",
        "unet.mid_block.attentions.0.proj_in.lora_A.weight | fmn patch import",
        "emb_params | --embedding",
        "control_model.time_embed.0.weight | ControlNet",
        "model.diffusion_model.double_blocks.0.img_attn.qkv.weight | Flux",
        "model.diffusion_model.joint_blocks.0.x_block.mlp.fc1.weight | Stable Diffusion 3",
        "conditioner.embedders.1.model.positional_embedding | no name begins with",
        "model.diffusion_model.label_emb.0.0.weight | unCLIP",
        "down_blocks.0.resnets.0.conv1.weight | model_index.json",
        "encoder.down.0.block.0.conv1.weight | autoencoder alone",
        "something.else | no name begins with model.diffusion_model.",
      })
  void otherFilesAreNamedAndRefused(String tensor, String word) throws IOException {
    new SafetensorsWriter().add(tensor, DType.F32, new long[] {1}, new float[] {1}).write(file());
    assertThatThrownBy(() -> Checkpoint.open(file(), Optional.empty(), false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining(word);
  }

  @Test
  void leftOversWithoutEffectAreNamedAndLeftOut() throws IOException {
    SafetensorsWriter writer = SingleFile.tensors(TINY_1, DType.F32);
    for (String name :
        List.of(
            "embedding_manager.string_to_param_dict.*",
            "vision_model.embeddings.class_embedding",
            "cond_stage_model.transformer.vision_model.embeddings.class_embedding",
            "control_model.time_embed.0.weight",
            "optimizer.state.0",
            "loss.logvar",
            "cond_stage_model.logit_scale")) {
      writer.add(name, DType.F32, new long[] {1}, new float[] {1});
    }
    SingleFile.write(TINY_1, file(), DType.F32); // for the settings beside it
    writer.write(file());
    Checkpoint checkpoint = Checkpoint.open(file(), Optional.empty(), false);
    assertThat(checkpoint.tensors().get("unet").tensors()).isNotEmpty();
    assertThat(checkpoint.notes())
        .singleElement()
        .asString()
        .contains("left out", "embedding_manager (1 tensor)", "vision_model (1 tensor)")
        .contains("control_model (1 tensor)", "optimizer (1 tensor)", "loss (1 tensor)");
    checkpoint.close();
    Checkpoint strict = Checkpoint.open(file(), Optional.empty(), true);
    assertThatThrownBy(strict::tensors)
        .hasMessageContaining("embedding_manager.string_to_param_dict.* is not part");
    strict.close();
  }

  @Test
  void factorsOfScaledWeightsAreNoLeftOvers() throws IOException {
    SingleFile.write(TINY_1, file(), DType.F32);
    SingleFile.tensors(TINY_1, DType.F32)
        .add("scaled_fp8", DType.F32, new long[] {1}, new float[] {1})
        .write(file());
    Checkpoint checkpoint = Checkpoint.open(file(), Optional.empty(), false);
    assertThatThrownBy(checkpoint::tensors).hasMessageContaining("scaled_fp8 is not part");
    checkpoint.close();
  }

  @ParameterizedTest
  @CsvSource({"9, an inpainting model", "8, by instruction", "5, depth", "7, upscaler"})
  void uNetsThatReadMoreThanLatentsAreRefused(int channels, String word) throws IOException {
    new SafetensorsWriter()
        .add(
            "model.diffusion_model.input_blocks.0.0.weight",
            DType.F32,
            new long[] {1, channels, 1, 1},
            new float[channels])
        .write(file());
    assertThatThrownBy(() -> Checkpoint.open(file(), Optional.empty(), false))
        .hasMessageContaining(word)
        .hasMessageContaining(channels + " channels");
  }

  @Test
  void partsOfAModelAreRefused() throws IOException {
    Map<String, long[]> all = new TreeMap<>();
    published(Published.SD15, Map.of());
    try (SafetensorsFile whole = SafetensorsFile.open(file(), SafetensorsLimits.MODEL)) {
      whole.tensors().forEach((name, tensor) -> all.put(name, tensor.shape()));
    }
    for (Map.Entry<String, String> part :
        Map.of("cond_stage_model.", "no text encoder", "first_stage_model.", "no autoencoder")
            .entrySet()) {
      Map<String, long[]> some = new TreeMap<>(all);
      some.keySet().removeIf(name -> name.startsWith(part.getKey()));
      Files.delete(file());
      SparseFile.write(file(), some);
      assertThatThrownBy(() -> Checkpoint.open(file(), Optional.empty(), false))
          .hasMessageContaining(part.getValue());
    }
  }

  @Test
  void aPickleIsRefusedByWhatItHolds() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : List.of("model.ckpt", "renamed.safetensors")) {
      files.add(temp.resolve(name));
      Files.write(temp.resolve(name), new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.', 0, 0, 0, 0});
    }
    for (Path file : files) {
      assertThatThrownBy(() -> Checkpoint.open(file, Optional.empty(), false))
          .hasMessageContaining("pickle")
          .hasMessageContaining("Convert the model to safetensors");
    }
  }
}

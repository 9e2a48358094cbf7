package dev.forgetmenot.diffusion.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.diffusion.architecture.ModelArchitecture;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single files of the published Stable Diffusion XL, by names and shapes alone. */
class XlCheckpointTest {
  private static final String FIRST = "conditioner.embedders.0.transformer.";
  private static final String SECOND = "conditioner.embedders.1.model.";
  private static final String UNET = "model.diffusion_model.";

  @TempDir Path temp;

  private static Path config(String component) {
    return GoldenFolders.inProject("testkit/published/sdxl").resolve(component);
  }

  private static Map<String, long[]> published() throws IOException {
    Map<String, long[]> shapes = new TreeMap<>();
    UNetConfig unet = UNetConfig.read(config("unet"));
    VaeConfig vae = VaeConfig.read(config("vae"));
    TextEncoderConfig first = TextEncoderConfig.read(config("text_encoder"));
    TextEncoderConfig second = TextEncoderConfig.readProjected(config("text_encoder_2"));
    SparseFile.add(shapes, LdmNames.unet(unet), UNet2DConditionModel.parameterShapes(unet));
    SparseFile.add(shapes, LdmNames.vae(vae), AutoencoderKL.parameterShapes(vae));
    SparseFile.add(
        shapes, LdmNames.clip(first, FIRST, false), ClipTextEncoder.parameterShapes(first));
    SparseFile.add(
        shapes, LdmNames.openClip(second, SECOND), ClipTextEncoder.parameterShapes(second));
    return shapes;
  }

  private Checkpoint open(Map<String, long[]> shapes) throws IOException {
    Path file = temp.resolve("xl.safetensors");
    Files.deleteIfExists(file);
    SparseFile.write(file, shapes);
    return Checkpoint.open(file, Optional.empty(), false);
  }

  @Test
  void totalsAreThePublishedOnes() throws IOException {
    assertThat(total(UNet2DConditionModel.parameterShapes(UNetConfig.read(config("unet")))))
        .isEqualTo(2_567_463_684L);
    assertThat(
            total(
                ClipTextEncoder.parameterShapes(
                    TextEncoderConfig.readProjected(config("text_encoder_2")))))
        .isEqualTo(694_659_840L);
  }

  private static long total(Map<String, Shape> shapes) {
    return shapes.values().stream().mapToLong(Shape::size).sum();
  }

  @Test
  void theTensorsTellTheConfigurations() throws IOException {
    Checkpoint checkpoint = open(published());
    assertThat(checkpoint.architecture()).isEqualTo(ModelArchitecture.STABLE_DIFFUSION_XL);
    assertThat(checkpoint.unet()).isEqualTo(UNetConfig.read(config("unet")));
    assertThat(checkpoint.vae()).isEqualTo(VaeConfig.read(config("vae")));
    assertThat(checkpoint.textEncoder(0).encoder())
        .isEqualTo(TextEncoderConfig.read(config("text_encoder")).encoder());
    assertThat(checkpoint.textEncoder(1).encoder())
        .isEqualTo(TextEncoderConfig.read(config("text_encoder_2")).encoder());
    assertThat(checkpoint.textEncoder(1).projection()).isEqualTo(1280);
    assertThat(checkpoint.scheduler().values())
        .containsEntry("_class_name", "EulerDiscreteScheduler")
        .containsEntry("timestep_spacing", "leading")
        .containsEntry("clip_sample", false);
    assertThat(checkpoint.notes()).isEmpty();
    assertThat(checkpoint.tensors().get("text_encoder_2").tensors())
        .containsKey("text_projection.weight");
    checkpoint.tensors().get("unet").close();
  }

  @Test
  void marksOfTrainersSayWhatIsPredicted() throws IOException {
    Map<String, long[]> shapes = published();
    shapes.put("v_pred", new long[] {0});
    shapes.put("ztsnr", new long[] {0});
    Checkpoint checkpoint = open(shapes);
    assertThat(DiscreteNoiseSchedule.predictionType(checkpoint.scheduler()))
        .isEqualTo(PredictionType.V_PREDICTION);
    assertThat(checkpoint.scheduler().values()).containsEntry("rescale_betas_zero_snr", true);
    assertThat(checkpoint.unet().sampleSize()).isEqualTo(128);
    checkpoint.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.diffusion_model.middle_block.1. | pruned Stable Diffusion XL",
        "first_stage_model. | holds no autoencoder",
        "conditioner.embedders.0. | holds no text_encoder",
        "model.diffusion_model.label_emb. | a UNet that takes no sizes",
        "conditioner.embedders.1. | takes more than a prompt",
      })
  void whatLacksAPartIsNamed(String without, String said) throws IOException {
    Map<String, long[]> shapes = published();
    shapes.keySet().removeIf(name -> name.startsWith(without));
    assertThatThrownBy(() -> open(shapes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(said);
  }

  @Test
  void otherModelsOfTheFamilyAreNamed() throws IOException {
    Map<String, long[]> refiner = published();
    refiner.keySet().removeIf(name -> name.startsWith("conditioner."));
    refiner.put("conditioner.embedders.0.model.token_embedding.weight", new long[] {49408, 1280});
    assertThatThrownBy(() -> open(refiner)).hasMessageContaining("is a refiner");
    Map<String, long[]> inpainting = published();
    inpainting.put(UNET + "input_blocks.0.0.weight", new long[] {320, 9, 3, 3});
    assertThatThrownBy(() -> open(inpainting)).hasMessageContaining("an inpainting model");
  }
}

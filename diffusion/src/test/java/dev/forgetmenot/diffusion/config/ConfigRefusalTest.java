package dev.forgetmenot.diffusion.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.diffusion.layer.Activation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused by name, and what is passed over. */
class ConfigRefusalTest {
  private static UNetConfig unet(String members) throws IOException {
    return UNetConfig.from(ConfigFile.parse("unet/config.json", "{" + members + "}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'class_embed_type':'timestep'",
        "'addition_embed_type':'text'",
        "'num_class_embeds':10",
        "'encoder_hid_dim':32",
        "'encoder_hid_dim_type':'text_proj'",
        "'time_cond_proj_dim':8",
        "'time_embedding_act_fn':'silu'",
        "'timestep_post_act':'silu'",
        "'cross_attention_norm':'layer_norm'",
        "'center_input_sample':true",
        "'only_cross_attention':[true,true,true,true]",
        "'only_cross_attention':true",
        "'mid_block_only_cross_attention':true",
        "'dual_cross_attention':true",
        "'resnet_skip_time_act':true",
        "'class_embeddings_concat':true",
        "'mid_block_scale_factor':2",
        "'resnet_out_scale_factor':1.5",
        "'mid_block_type':'UNetMidBlock2DSimpleCrossAttn'",
        "'act_fn':'gelu'",
        "'resnet_time_scale_shift':'scale_shift'",
        "'time_embedding_type':'fourier'",
        "'attention_type':'gated'",
      })
  void unetRefusesWhatItCannotDo(String member) {
    String key = member.substring(1, member.indexOf('\'', 1));
    assertThatThrownBy(() -> unet(member))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("unet/config.json: " + key + " ")
        .hasMessageContaining("is not supported");
  }

  @Test
  void messageSaysFileKeyAndValue() {
    assertThatThrownBy(() -> unet("'class_embed_type':'timestep'"))
        .hasMessage(
            "unet/config.json: class_embed_type 'timestep' is not supported; it must be absent");
    assertThatThrownBy(
            () ->
                unet(
                    "'down_block_types':"
                        + "['SimpleCrossAttnDownBlock2D','DownBlock2D','DownBlock2D','DownBlock2D']"))
        .hasMessageContaining("down_block_types 'SimpleCrossAttnDownBlock2D' is not supported");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'layers_per_block':'two'",
        "'layers_per_block':0",
        "'layers_per_block':[1,2]",
        "'attention_head_dim':7",
        "'norm_num_groups':33",
        "'conv_in_kernel':4",
        "'block_out_channels':[]",
        "'block_out_channels':[320]",
        "'transformer_layers_per_block':[[1],[2],[3],[4]]",
        "'flip_sin_to_cos':'yes'",
        "'freq_shift':'0'",
      })
  void unetRefusesNonsense(String member) {
    assertThatThrownBy(() -> unet(member))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("unet/config.json: ");
  }

  @Test
  void keysWithoutEffectPass() throws IOException {
    UNetConfig config =
        unet(
            "'_class_name':'UNet2DConditionModel','dropout':0.1,'upcast_attention':true,"
                + "'addition_embed_type_num_heads':64,'projection_class_embeddings_input_dim':9,"
                + "'addition_time_embed_dim':3,'class_embed_type':null,'dual_cross_attention':false,"
                + "'mid_block_scale_factor':1.0,'something_new':[1]");
    assertThat(config).isEqualTo(unet(""));
    assertThat(config.heads()).containsExactly(8, 8, 8, 8);
    assertThat(config.timeWidth()).isEqualTo(1280);
  }

  @Test
  void oneNumberOrOneForEachBlock() throws IOException {
    UNetConfig config =
        unet(
            "'layers_per_block':[1,2,3,4],'attention_head_dim':[5,10,20,20],"
                + "'transformer_layers_per_block':[1,2,3,4],'cross_attention_dim':1024");
    assertThat(config.layersPerBlock()).containsExactly(1, 2, 3, 4);
    assertThat(config.heads()).containsExactly(5, 10, 20, 20);
    assertThat(config.upTransformerLayers()).containsExactly(4, 3, 2, 1);
    assertThat(config.crossAttentionDim()).isEqualTo(List.of(1024, 1024, 1024, 1024));
  }

  @Test
  void vaeRefusesWhatItCannotDo() {
    for (String member :
        List.of(
            "'act_fn':'relu'", "'shift_factor':0.1", "'latents_mean':[1]", "'latents_std':[2]")) {
      String key = member.substring(1, member.indexOf('\'', 1));
      assertThatThrownBy(
              () -> VaeConfig.from(ConfigFile.parse("vae/config.json", "{" + member + "}")))
          .hasMessageStartingWith("vae/config.json: " + key + " ");
    }
  }

  @Test
  void textEncoderKnowsTwoActivations() throws IOException {
    assertThat(textActivation("quick_gelu")).isEqualTo(Activation.QUICK_GELU);
    assertThat(textActivation("gelu")).isEqualTo(Activation.GELU);
    assertThatThrownBy(() -> textActivation("gelu_new"))
        .hasMessageStartingWith("text_encoder/config.json: hidden_act 'gelu_new' is not supported");
  }

  private static Activation textActivation(String name) throws IOException {
    return TextEncoderConfig.from(
            ConfigFile.parse("text_encoder/config.json", "{'hidden_act':'" + name + "'}"))
        .encoder()
        .activation();
  }

  @Test
  void brokenFilesAreNamed() {
    assertThatThrownBy(() -> ConfigFile.parse("unet/config.json", "[1]"))
        .hasMessageStartingWith("unet/config.json is not a JSON object");
    assertThatThrownBy(() -> UNetConfig.read(Path.of("nowhere", "unet")))
        .hasMessageStartingWith("unet/config.json: is missing");
  }
}

package dev.forgetmenot.editing.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of blocks. */
class BlocksTest {
  @ParameterizedTest
  @CsvSource({
    "unet, down_blocks.1.attentions.0.proj_in.weight, unet/down_blocks.1",
    "unet, up_blocks.3.resnets.2.conv1.bias, unet/up_blocks.3",
    "unet, mid_block.attentions.0.transformer_blocks.0.ff.net.2.weight, unet/mid_block",
    "unet, conv_in.weight, unet/conv_in",
    "unet, time_embedding.linear_1.bias, unet/time_embedding.linear_1",
    "text_encoder, text_model.encoder.layers.11.mlp.fc1.weight, text_encoder/layers.11",
    "text_encoder, text_model.embeddings.token_embedding.weight,"
        + " text_encoder/embeddings.token_embedding",
    "text_encoder, text_model.final_layer_norm.bias, text_encoder/final_layer_norm",
    "vae, encoder.down_blocks.0.resnets.0.conv1.weight, vae/encoder.down_blocks.0",
    "vae, decoder.mid_block.attentions.0.to_q.weight, vae/decoder.mid_block",
    "vae, post_quant_conv.bias, vae/post_quant_conv",
  })
  void areThosePeopleSpeakOf(String component, String name, String block) {
    assertThat(Blocks.of(component, name)).isEqualTo(block);
  }

  @Test
  void areInTheOrderOfTheirNumbers() {
    assertThat(List.of("b/layers.10", "b/layers.9", "a/conv_in").stream().sorted(Blocks.ORDER))
        .containsExactly("a/conv_in", "b/layers.9", "b/layers.10");
  }
}

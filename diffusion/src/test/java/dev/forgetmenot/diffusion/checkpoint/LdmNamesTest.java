package dev.forgetmenot.diffusion.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.diffusion.Published;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LdmNamesTest {
  private static final List<String> QKV =
      List.of(
          "text_model.encoder.layers.7.self_attn.q_proj.weight",
          "text_model.encoder.layers.7.self_attn.k_proj.weight",
          "text_model.encoder.layers.7.self_attn.v_proj.weight");

  @Test
  void all686NamesOfTheUNetAreThePublishedOnes() throws IOException {
    String json = Files.readString(GoldenFolders.inProject("testkit/fixtures/sd15_unet_map.json"));
    JsonObject map = JsonParser.parseString(json).getAsJsonObject();
    LdmNames names = LdmNames.unet(Published.SD15.unet());
    assertThat(names.originals()).hasSize(686);
    for (String canonical : map.keySet()) {
      String original =
          "model.diffusion_model." + map.getAsJsonArray(canonical).get(0).getAsString();
      assertThat(names.originals().get(canonical)).isEqualTo(LdmTensor.whole(original));
    }
  }

  @Test
  void all248NamesOfTheAutoencoderAreThePublishedOnes() throws IOException {
    LdmNames names = LdmNames.vae(Published.SD15.vae());
    assertThat(names.originals()).hasSize(248);
    assertThat(names.originals().values()).doesNotHaveDuplicates();
    // As published files of 1.x have them.
    Map.of(
            "encoder.down_blocks.1.resnets.0.conv_shortcut.weight",
            "first_stage_model.encoder.down.1.block.0.nin_shortcut.weight",
            "encoder.down_blocks.2.downsamplers.0.conv.bias",
            "first_stage_model.encoder.down.2.downsample.conv.bias",
            "decoder.up_blocks.0.resnets.2.norm2.weight",
            "first_stage_model.decoder.up.3.block.2.norm2.weight",
            "decoder.up_blocks.2.upsamplers.0.conv.weight",
            "first_stage_model.decoder.up.1.upsample.conv.weight",
            "decoder.mid_block.attentions.0.to_out.0.weight",
            "first_stage_model.decoder.mid.attn_1.proj_out.weight",
            "encoder.mid_block.attentions.0.group_norm.bias",
            "first_stage_model.encoder.mid.attn_1.norm.bias",
            "encoder.mid_block.resnets.1.conv2.weight",
            "first_stage_model.encoder.mid.block_2.conv2.weight",
            "decoder.conv_norm_out.weight",
            "first_stage_model.decoder.norm_out.weight",
            "post_quant_conv.bias",
            "first_stage_model.post_quant_conv.bias")
        .forEach(
            (canonical, original) ->
                assertThat(names.originals().get(canonical).name()).isEqualTo(original));
  }

  @Test
  void theTextEncoderOf2KeepsThreeProjectionsInOneTensor() throws IOException {
    LdmNames names = LdmNames.openClip(Published.SD21.textEncoder(), LdmNames.OPEN_CLIP);
    assertThat(names.originals()).hasSize(372);
    String fused = "cond_stage_model.model.transformer.resblocks.7.attn.in_proj_weight";
    assertThat(names.originals().get(QKV.get(1))).isEqualTo(LdmTensor.part(fused, 1, 3));
    assertThat(names.originals().get("text_model.embeddings.position_embedding.weight").name())
        .isEqualTo("cond_stage_model.model.positional_embedding");
    assertThat(names.originals().get("text_model.final_layer_norm.bias").name())
        .isEqualTo("cond_stage_model.model.ln_final.bias");
    assertThat(names.originals().values())
        .noneMatch(original -> original.name().contains("resblocks.23"));
  }

  @Test
  void theTextEncoderOf1KeepsItsNames() throws IOException {
    LdmNames names = LdmNames.clip(Published.SD15.textEncoder(), LdmNames.CLIP, false);
    assertThat(names.originals()).hasSize(196);
    assertThat(names.originals().get(QKV.get(0)).name())
        .isEqualTo("cond_stage_model.transformer." + QKV.get(0));
  }
}

package dev.forgetmenot.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedSafetensorsTest {

  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  @TempDir Path folder;

  private void tensor(String file, String name, float value) throws IOException {
    new SafetensorsWriter()
        .add(name, DType.F32, new long[] {1}, new float[] {value})
        .write(folder.resolve(file));
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\": {\"total_size\": 8}, \"weight_map\": " + weightMap + "}\n");
  }

  private ShardedSafetensors open() throws IOException {
    return ShardedSafetensors.open(folder, "model", SafetensorsLimits.MODEL);
  }

  private void assertRefused(Problem problem, String part) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOfSatisfying(
            SafetensorsException.class,
            e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem))
        .hasMessageContaining(part);
  }

  @Test
  void shardsAreOneView() throws IOException {
    tensor(FIRST, "b", 1);
    tensor(SECOND, "a", 2);
    index("{\"b\": \"" + FIRST + "\", \"a\": \"" + SECOND + "\"}");
    try (ShardedSafetensors view = open()) {
      assertThat(view.tensors().keySet()).containsExactly("a", "b");
      assertThat(view.floats("a")).containsExactly(2);
      assertThat(view.floats("b")).containsExactly(1);
      assertThat(view.bytes("b").remaining()).isEqualTo(4);
      assertThat(view.files()).hasSize(2);
      assertThatThrownBy(() -> view.floats("c")).hasMessageContaining("no tensor c");
    }
  }

  @Test
  void aWholeFileComesBeforeItsVariant() throws IOException {
    tensor("model.fp16.safetensors", "w", 16);
    try (ShardedSafetensors view = open()) {
      assertThat(view.floats("w")).containsExactly(16);
    }
    tensor("model.safetensors", "w", 32);
    try (ShardedSafetensors view = open()) {
      assertThat(view.floats("w")).containsExactly(32);
    }
  }

  @Test
  void missingShardsAndTensorsAreNamed() throws IOException {
    tensor(FIRST, "b", 1);
    index("{\"b\": \"" + FIRST + "\", \"a\": \"" + SECOND + "\"}");
    assertRefused(Problem.MISSING, SECOND);
    tensor(SECOND, "other", 2);
    assertRefused(Problem.MISSING, "the tensor a is not in " + SECOND);
    index("{\"b\": \"" + FIRST + "\"}");
    Files.delete(folder.resolve(SECOND));
    new SafetensorsWriter()
        .add("b", DType.F32, new long[] {1}, new float[1])
        .add("extra", DType.F32, new long[] {1}, new float[1])
        .write(folder.resolve(FIRST));
    assertRefused(Problem.MISSING, "extra");
  }

  @Test
  void aTensorInTwoShardsIsRefused() throws IOException {
    tensor(FIRST, "b", 1);
    new SafetensorsWriter()
        .add("a", DType.F32, new long[] {1}, new float[1])
        .add("b", DType.F32, new long[] {1}, new float[1])
        .write(folder.resolve(SECOND));
    index("{\"b\": \"" + FIRST + "\", \"a\": \"" + SECOND + "\"}");
    assertRefused(Problem.HEADER, "in another shard too");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model.safetensors",
        "/model.safetensors",
        "sub/model.safetensors",
        "..\\\\model.safetensors",
        "C:model.safetensors",
        ".model.safetensors",
        "model.bin",
        ""
      })
  void shardNamesThatLeaveTheFolderAreRefused(String name) throws IOException {
    index("{\"a\": \"" + name + "\"}");
    assertRefused(Problem.HEADER, "not a plain *.safetensors file name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"a\": 1}",
        "{\"a\": \"x.safetensors\", \"a\": \"x.safetensors\"}",
        "{"
      })
  void brokenIndexesAreRefused(String map) throws IOException {
    index(map);
    assertRefused(Problem.HEADER, "model.safetensors.index.json");
  }

  private ShardedSafetensors open(String variant) throws IOException {
    return ShardedSafetensors.open(folder, "model", Optional.of(variant), SafetensorsLimits.MODEL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.fp16.safetensors",
        "model.safetensors.index.fp16.json",
        "model.safetensors.fp16.index.json",
        "model.fp16.safetensors.index.json"
      })
  void theOnlyVariantIsReadUnderNamesOfAllAges(String name) throws IOException {
    if (name.endsWith(".json")) {
      for (String shard :
          List.of(
              "model.fp16-00001-of-00002.safetensors", "model-00002-of-00002.fp16.safetensors")) {
        tensor(shard, shard, 16);
      }
      Files.writeString(
          folder.resolve(name),
          "{\"metadata\": {\"total_size\": 8}, \"weight_map\": {"
              + "\"model.fp16-00001-of-00002.safetensors\":"
              + " \"model.fp16-00001-of-00002.safetensors\","
              + "\"model-00002-of-00002.fp16.safetensors\":"
              + " \"model-00002-of-00002.fp16.safetensors\"}}");
    } else {
      tensor(name, "w", 16);
    }
    try (ShardedSafetensors view = open()) {
      assertThat(view.tensors()).hasSize(name.endsWith(".json") ? 2 : 1);
    }
    try (ShardedSafetensors view = open("fp16")) {
      assertThat(view.files()).hasSize(name.endsWith(".json") ? 2 : 1);
    }
    assertThatThrownBy(() -> open("bf16")).hasMessageContainingAll("as fp16, not as bf16");
  }

  @Test
  void amongSeveralVariantsTheUserChooses() throws IOException {
    tensor("model.fp16.safetensors", "w", 16);
    tensor("model.non_ema.safetensors", "w", 3);
    assertRefused(Problem.MISSING, "as fp16 and non_ema and none without a variant");
    assertRefused(Problem.MISSING, "--variant fp16");
    try (ShardedSafetensors view = open("non_ema")) {
      assertThat(view.floats("w")).containsExactly(3);
    }
    tensor("model.safetensors", "w", 32);
    try (ShardedSafetensors view = open()) {
      assertThat(view.floats("w")).containsExactly(32);
    }
    try (ShardedSafetensors view = open("bf16")) { // as diffusers: not each component has each
      assertThat(view.floats("w")).containsExactly(32);
    }
  }

  @Test
  void whatLiesThereInsteadIsNamed() throws IOException {
    tensor("weights.safetensors", "w", 1);
    Files.write(folder.resolve("model.onnx"), new byte[4]);
    assertRefused(Problem.MISSING, "there lie model.onnx, weights.safetensors");
  }

  @Test
  void onlyAPickleIsARefusalThatSaysWhatToDo() throws IOException {
    assertRefused(Problem.MISSING, "neither whole nor in shards");
    Files.write(folder.resolve("model.bin"), new byte[4]);
    assertRefused(Problem.PICKLE, "Convert the model to safetensors");
  }
}

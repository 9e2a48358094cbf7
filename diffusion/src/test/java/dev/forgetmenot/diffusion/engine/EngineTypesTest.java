package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EngineTypesTest {
  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "UINT64", "UINT32", "UINT16", "INT16"})
  void refusesWhatWouldEndTheProcess(DataType type) {
    assertThatThrownBy(() -> EngineTypes.require(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(type.toString());
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "FLOAT64", "INT64", "INT32", "UINT8", "BOOLEAN"})
  void takesTheOthers(DataType type) {
    assertThat(EngineTypes.require(type)).isEqualTo(type);
  }
}

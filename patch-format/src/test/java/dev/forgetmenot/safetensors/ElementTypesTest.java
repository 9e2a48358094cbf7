package dev.forgetmenot.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.BaseIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every element type of the format, read where it means what the reader asks for. */
class ElementTypesTest {
  private static final long[] ONE = {1};

  private static SafetensorsFile file(DType dtype, byte[] bytes) throws IOException {
    long[] shape = {bytes.length / dtype.bytes()};
    byte[] file = new SafetensorsWriter().add("w", dtype, shape, ByteBuffer.wrap(bytes)).toBytes();
    return SafetensorsFile.open("f", ByteBuffer.wrap(file), SafetensorsLimits.MODEL);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void codesAreTheirOwn(DType dtype) {
    assertThat(Stream.of(DType.values()).filter(other -> other.code() == dtype.code()))
        .containsExactly(dtype);
  }

  /** Values of torch.float8_e4m3fn and torch.float8_e5m2. */
  @Test
  void eightBitFloatsAreWidenedExactly() throws IOException {
    byte[] bits = {0, 1, 7, 8, 0x38, 0x39, 0x7e, (byte) 0xc0, (byte) 0x80, 0x7f};
    try (SafetensorsFile e4m3 = file(DType.F8_E4M3, bits)) {
      assertThat(e4m3.floats("w"))
          .containsExactly(0, 0x1p-9f, 7 * 0x1p-9f, 0x1p-6f, 1, 1.125f, 448, -2, -0.0f, Float.NaN);
    }
    byte[] others = {0, 1, 4, 0x3c, 0x3d, 0x7b, (byte) 0xc0, 0x7c, (byte) 0xfc};
    try (SafetensorsFile e5m2 = file(DType.F8_E5M2, others)) {
      assertThat(e5m2.floats("w"))
          .containsExactly(
              0,
              0x1p-16f,
              0x1p-14f,
              1,
              1.25f,
              57344,
              -2,
              Float.POSITIVE_INFINITY,
              Float.NEGATIVE_INFINITY);
    }
  }

  /** Every finite pattern is its own nearest one, and what lies between goes to the even one. */
  @Test
  void narrowingIsToTheNearest() {
    for (int i = 0; i < 256; i++) {
      byte bits = (byte) i;
      float e4m3 = EightBitFloats.e4m3ToFloat(bits);
      if (!Float.isNaN(e4m3)) {
        assertThat(EightBitFloats.doubleToE4m3(e4m3)).isEqualTo(bits);
      }
      float e5m2 = EightBitFloats.e5m2ToFloat(bits);
      if (!Float.isNaN(e5m2)) {
        assertThat(EightBitFloats.doubleToE5m2(e5m2)).isEqualTo(bits);
      }
    }
    assertThat(e4m3(1.0625)).isEqualTo(1); // a tie: the even mantissa
    assertThat(e4m3(1.1875)).isEqualTo(1.25f);
    assertThat(e4m3(Math.nextUp(1.0625))).isEqualTo(1.125f);
    assertThat(e4m3(464)).isEqualTo(448);
    assertThat(e4m3(465)).isNaN();
    assertThat(e4m3(Double.POSITIVE_INFINITY)).isNaN();
    assertThat(e4m3(-0x1p-10)).isEqualTo(-0.0f);
    assertThat(e5m2(1.125)).isEqualTo(1);
    assertThat(e5m2(61_439)).isEqualTo(57_344);
    assertThat(e5m2(61_440)).isInfinite();
    assertThat(e5m2(Double.NaN)).isNaN();
  }

  private static float e4m3(double value) {
    return EightBitFloats.e4m3ToFloat(EightBitFloats.doubleToE4m3(value));
  }

  private static float e5m2(double value) {
    return EightBitFloats.e5m2ToFloat(EightBitFloats.doubleToE5m2(value));
  }

  @Test
  void doublesAreRoundedWhereFloatsAreAskedFor() throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putDouble(0.1)
            .putDouble(1e-60)
            .array();
    try (SafetensorsFile file = file(DType.F64, bytes)) {
      assertThat(file.floats("w")).containsExactly(0.1f, 0);
      assertThat(file.doubles("w")).containsExactly(0.1, 1e-60);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void integersAreReadAsIntegersAndNamedWhereWeightsAreExpected(DType dtype) throws IOException {
    byte[] minusOne = new byte[dtype.bytes()];
    java.util.Arrays.fill(minusOne, (byte) 0xff);
    try (SafetensorsFile file = file(dtype, minusOne)) {
      if (dtype.isFloat()) {
        assertThatThrownBy(() -> file.longs("w"))
            .hasMessageContaining("has the element type " + dtype + "; expected whole numbers");
        return;
      }
      long expected =
          switch (dtype) {
            case U8, BOOL -> 0xff;
            case U16 -> 0xffff;
            case U32 -> 0xffffffffL;
            default -> -1;
          };
      assertThat(file.longs("w")).containsExactly(expected);
      assertThatThrownBy(() -> file.floats("w"))
          .hasMessageContainingAll("has the element type " + dtype, "quantisation");
    }
  }

  @Test
  void writingFloatsRoundsToEachType() throws IOException {
    for (DType dtype : DType.values()) {
      if (dtype.isFloat()) {
        byte[] file = new SafetensorsWriter().add("w", dtype, ONE, new float[] {1.1f}).toBytes();
        try (SafetensorsFile read =
            SafetensorsFile.open("f", ByteBuffer.wrap(file), SafetensorsLimits.MODEL)) {
          assertThat(read.floats("w")[0]).isBetween(1.0f, 1.25f);
        }
      }
    }
    assertThatThrownBy(() -> new SafetensorsWriter().add("w", DType.U8, ONE, new float[] {1}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * Every value of 8 bits is a half too, so a base of 8 bits has the half leaf of its half copy.
   */
  @Test
  void identitiesOfEightBitWeights() {
    byte[] bits = {0x38, 1, (byte) 0xc5};
    float[] values = DType.F8_E4M3.floats(ByteBuffer.wrap(bits));
    ByteBuffer floats = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      floats.putFloat(value);
    }
    long[] shape = {3};
    assertThat(BaseIdentity.halfLeaf("w", DType.F8_E4M3, shape, ByteBuffer.wrap(bits)))
        .isEqualTo(BaseIdentity.halfLeaf("w", DType.F32, shape, floats.flip()));
  }

  /** 11 MB of training notes: more than the reader of models took before. */
  @Test
  void aHeaderOfTensOfMegabytesIsRead() throws IOException {
    String notes = "n".repeat(40_000_000);
    byte[] file =
        new SafetensorsWriter()
            .metadata("ss_tag_frequency", notes)
            .add("w", DType.F32, ONE, new float[] {7})
            .toBytes();
    try (SafetensorsFile read =
        SafetensorsFile.open("f", ByteBuffer.wrap(file), SafetensorsLimits.MODEL)) {
      assertThat(read.floats("w")).containsExactly(7);
      assertThat(read.metadata().get("ss_tag_frequency")).hasSize(notes.length());
    }
    assertThatThrownBy(
            () -> SafetensorsFile.open("f", ByteBuffer.wrap(file), SafetensorsLimits.PATCH))
        .hasMessageContainingAll("has a header of 4", "at most 1048576 are read here");
  }
}

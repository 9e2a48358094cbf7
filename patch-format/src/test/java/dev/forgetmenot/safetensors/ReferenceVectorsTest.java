package dev.forgetmenot.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of the reference implementation's validator (huggingface/safetensors, Apache-2.0, see
 * NOTICE), with F32 where it has I32, and cases of our own where this reader is stricter.
 */
class ReferenceVectorsTest {

  private static final String TENSOR =
      "\"test\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":%s}";

  private static byte[] file(byte[] header, long claimed, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(claimed)
        .put(header)
        .array();
  }

  private static byte[] file(String json, int dataBytes) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    return file(header, header.length, dataBytes);
  }

  private static String tensor(String shape, String offsets) {
    return "{" + TENSOR.formatted(shape, offsets) + "}";
  }

  private static SafetensorsFile open(byte[] bytes, SafetensorsLimits limits) throws IOException {
    return SafetensorsFile.open("vector", ByteBuffer.wrap(bytes), limits);
  }

  static Stream<Arguments> refused() {
    String good = tensor("[2,2]", "[0,16]");
    byte[] goodBytes = good.getBytes(StandardCharsets.UTF_8);
    String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
    String same =
        "{"
            + String.join(
                ",",
                IntStream.range(0, 10).mapToObj(i -> a.replace("\"a\"", "\"w" + i + "\"")).toList())
            + "}";
    return Stream.of(
        // of the reference
        Arguments.of("header too large", file(goodBytes, 0xffffff000000003cL, 16), Problem.HEADER),
        Arguments.of("larger than the limit", file(goodBytes, 100_000_001, 16), Problem.HEADER),
        Arguments.of("empty file", new byte[0], Problem.HEADER),
        Arguments.of("shorter than the length", new byte[7], Problem.HEADER),
        Arguments.of("header missing", file(new byte[0], 0x3c, 0), Problem.HEADER),
        Arguments.of("not UTF-8", file(new byte[] {(byte) 0xff}, 1, 0), Problem.HEADER),
        Arguments.of(
            "not UTF-8 inside",
            file(new byte[] {'{', '"', (byte) 0xff, '"', '}'}, 5, 0),
            Problem.HEADER),
        Arguments.of("not JSON", file("{", 0), Problem.HEADER),
        Arguments.of("trailing bytes", file(good, 16 + 34), Problem.OFFSETS),
        Arguments.of("data cut", file(good, 14), Problem.OFFSETS),
        Arguments.of("shape does not fit", file(tensor("[2,2]", "[0,4]"), 4), Problem.SHAPE),
        Arguments.of(
            "dimension beyond u64",
            file(tensor("[2,18446744073709551614]", "[0,16]"), 16),
            Problem.SHAPE),
        Arguments.of(
            "product overflows",
            file(tensor("[2,9223372036854775807]", "[0,16]"), 16),
            Problem.SHAPE),
        Arguments.of(
            "bytes overflow", file(tensor("[4611686018427387904]", "[0,16]"), 16), Problem.SHAPE),
        Arguments.of("ten tensors on one place", file(same, 4), Problem.OFFSETS),
        // stricter here
        Arguments.of("begins with a space", file(" {}", 0), Problem.HEADER),
        Arguments.of("header of length zero", file("", 0), Problem.HEADER),
        Arguments.of("an array", file("[]", 0), Problem.HEADER),
        Arguments.of("second value after the first", file("{}{}", 0), Problem.HEADER),
        Arguments.of("hole", file(tensor("[1]", "[4,8]"), 8), Problem.OFFSETS),
        Arguments.of(
            "hole in the middle",
            file("{" + a + "," + TENSOR.formatted("[1]", "[8,12]") + "}", 12),
            Problem.OFFSETS),
        Arguments.of(
            "overlap",
            file("{" + a + "," + TENSOR.formatted("[1]", "[2,6]") + "}", 6),
            Problem.OFFSETS),
        Arguments.of("ends before it begins", file(tensor("[1]", "[4,0]"), 4), Problem.OFFSETS),
        Arguments.of("duplicate tensor", file("{" + a + "," + a + "}", 4), Problem.HEADER),
        Arguments.of(
            "duplicate by escape",
            file("{" + a + "," + a.replace("\"a\"", "\"\\u0061\"") + "}", 4),
            Problem.HEADER),
        Arguments.of(
            "duplicate metadata",
            file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0),
            Problem.HEADER),
        Arguments.of(
            "metadata twice", file("{\"__metadata__\":{},\"__metadata__\":{}}", 0), Problem.HEADER),
        Arguments.of(
            "metadata is not text", file("{\"__metadata__\":{\"k\":1}}", 0), Problem.HEADER),
        Arguments.of(
            "unknown member",
            file(good.replace("\"dtype\"", "\"x\":1,\"dtype\""), 16),
            Problem.HEADER),
        Arguments.of(
            "member twice",
            file(good.replace("\"dtype\"", "\"shape\":[2,2],\"dtype\""), 16),
            Problem.HEADER),
        Arguments.of(
            "dtype missing",
            file("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4),
            Problem.HEADER),
        Arguments.of("one offset", file(tensor("[1]", "[4]"), 4), Problem.HEADER),
        Arguments.of("three offsets", file(tensor("[1]", "[0,4,8]"), 4), Problem.SHAPE),
        Arguments.of("negative dimension", file(tensor("[-1]", "[0,4]"), 4), Problem.HEADER),
        Arguments.of("fraction", file(tensor("[1.0]", "[0,4]"), 4), Problem.HEADER),
        Arguments.of("exponent", file(tensor("[1e0]", "[0,4]"), 4), Problem.HEADER),
        Arguments.of("leading zero", file(tensor("[01]", "[0,4]"), 4), Problem.HEADER),
        Arguments.of("number as text", file(tensor("[\"1\"]", "[0,4]"), 4), Problem.HEADER),
        Arguments.of("null shape", file(tensor("null", "[0,4]"), 4), Problem.HEADER),
        Arguments.of("comment", file(good.replace("{\"dtype", "{/**/\"dtype"), 16), Problem.HEADER),
        Arguments.of("single quotes", file(good.replace('"', '\''), 16), Problem.HEADER),
        Arguments.of("trailing comma", file("{" + a + ",}", 4), Problem.HEADER),
        Arguments.of("F4 is not read", file(good.replace("F32", "F4"), 16), Problem.DTYPE),
        Arguments.of("unknown type", file(good.replace("F32", "f32"), 16), Problem.DTYPE),
        Arguments.of(
            "nine dimensions", file(tensor("[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4), Problem.SHAPE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefused(String name, byte[] bytes, Problem problem) {
    assertThatThrownBy(() -> open(bytes, SafetensorsLimits.MODEL))
        .isInstanceOfSatisfying(
            SafetensorsException.class,
            e -> {
              assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem);
              assertThat(e.where()).isEqualTo("vector");
              assertThat(e).hasMessageStartingWith("vector: " + e.reason() + ". ");
            });
  }

  @Test
  void whatTheReferenceAcceptsIsAccepted() throws IOException {
    try (SafetensorsFile scalar = open(file(tensor("[]", "[0,4]"), 4), SafetensorsLimits.MODEL)) {
      assertThat(scalar.tensors().get("test").shape()).isEmpty();
      assertThat(scalar.floats("test")).containsExactly(0);
    }
    try (SafetensorsFile matrix =
        open(file(tensor("[2,2]", "[0,16]"), 16), SafetensorsLimits.MODEL)) {
      assertThat(matrix.tensors().get("test").shape()).containsExactly(2, 2);
    }
    try (SafetensorsFile none = open(file(tensor("[2,0]", "[0, 0]"), 0), SafetensorsLimits.MODEL)) {
      assertThat(none.floats("test")).isEmpty();
      assertThat(none.tensors().get("test").elements()).isZero();
    }
    try (SafetensorsFile padded = open(file("{}\r \t\n", 0), SafetensorsLimits.MODEL)) {
      assertThat(padded.tensors()).isEmpty();
    }
  }

  @Test
  void emptyTensorsMayLieBetweenOthers() throws IOException {
    String json =
        "{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"F16\",\"shape\":[0],\"data_offsets\":[4,4]},"
            + "\"c\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[4,8]}}";
    try (SafetensorsFile file = open(file(json, 8), SafetensorsLimits.PATCH)) {
      assertThat(file.tensors().keySet()).containsExactly("a", "b", "c");
    }
  }

  @Test
  void patchesHaveNarrowerLimits() throws IOException {
    byte[] deep = file(tensor("[1,1,1,1,1]", "[0,4]"), 4);
    open(deep, SafetensorsLimits.MODEL).close();
    assertProblem(deep, Problem.SHAPE);
    byte[] wide = file(tensor("[1]", "[0,8]").replace("F32", "F64"), 8);
    open(wide, SafetensorsLimits.MODEL).close();
    assertProblem(wide, Problem.DTYPE);
    byte[] longHeader = file("{}" + " ".repeat(1 << 20), 0);
    open(longHeader, SafetensorsLimits.MODEL).close();
    assertProblem(longHeader, Problem.HEADER);
    List<String> many =
        IntStream.rangeClosed(0, 4096)
            .mapToObj(
                i -> "\"t" + i + "\":{\"dtype\":\"F16\",\"shape\":[0],\"data_offsets\":[0,0]}")
            .toList();
    byte[] manyBytes = file("{" + String.join(",", many) + "}", 0);
    open(manyBytes, SafetensorsLimits.MODEL).close();
    assertProblem(manyBytes, Problem.HEADER);
  }

  private static void assertProblem(byte[] bytes, Problem problem) {
    assertThatThrownBy(() -> open(bytes, SafetensorsLimits.PATCH))
        .isInstanceOfSatisfying(
            SafetensorsException.class,
            e -> assertThat(e.problem()).as(e.getMessage()).isEqualTo(problem));
  }

  @Test
  void everyFlippedHeaderByteIsReadOrRefusedButNeverAnotherException() throws IOException {
    byte[] good = file(tensor("[2,2]", "[0,16]"), 16);
    for (int i = 0; i < good.length - 16; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] bad = good.clone();
        bad[i] ^= (byte) (1 << bit);
        try (SafetensorsFile file = open(bad, SafetensorsLimits.PATCH)) {
          assertThat(i).as("the length").isGreaterThanOrEqualTo(Long.BYTES);
          assertThat(file.tensors().values())
              .singleElement()
              .satisfies(only -> assertThat(only.byteSize()).isEqualTo(16));
        } catch (SafetensorsException expected) {
          assertThat(expected.problem())
              .as("byte %d, bit %d: %s", i, bit, expected.getMessage())
              .isIn(Problem.HEADER, Problem.OFFSETS, Problem.DTYPE, Problem.SHAPE);
          assertThat(expected.where()).isEqualTo("vector");
        }
      }
    }
  }
}

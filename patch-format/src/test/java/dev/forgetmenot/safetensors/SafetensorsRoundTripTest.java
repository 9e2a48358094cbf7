package dev.forgetmenot.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.safetensors.SafetensorsException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsRoundTripTest {

  @TempDir Path folder;

  private static SafetensorsFile open(byte[] bytes) throws IOException {
    return SafetensorsFile.open("memory", ByteBuffer.wrap(bytes), SafetensorsLimits.MODEL);
  }

  @Provide
  Arbitrary<Map<String, List<Float>>> tensors() {
    Arbitrary<String> names =
        Arbitraries.strings()
            .ofMinLength(1)
            .ofMaxLength(12)
            .excludeChars('\ud800')
            .filter(name -> name.chars().noneMatch(c -> Character.isSurrogate((char) c)));
    return Arbitraries.maps(names, Arbitraries.floats().list().ofMaxSize(9)).ofMaxSize(6);
  }

  @Property(tries = 200)
  void whatIsWrittenIsReadAndOrderDoesNotMatter(
      @ForAll("tensors") Map<String, List<Float>> tensors, @ForAll long seed) throws IOException {
    List<String> names = new ArrayList<>(tensors.keySet());
    byte[] first = write(names, tensors);
    Collections.shuffle(names, new Random(seed));
    assertThat(write(names, tensors)).isEqualTo(first);
    try (SafetensorsFile file = open(first)) {
      assertThat(file.tensors().keySet()).containsExactlyInAnyOrderElementsOf(names);
      assertThat(file.dataBegin() % 64).isZero();
      for (String name : names) {
        List<Float> expected = tensors.get(name);
        assertThat(file.tensors().get(name).shape()).containsExactly(1, expected.size());
        assertThat(file.floats(name)).containsExactly(expected.toArray(new Float[0]));
      }
    }
  }

  private static byte[] write(List<String> names, Map<String, List<Float>> tensors) {
    var writer = new SafetensorsWriter().alignData(64).metadata("made", "by a test");
    for (String name : names) {
      List<Float> values = tensors.get(name);
      float[] array = new float[values.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = values.get(i);
      }
      writer.add(name, DType.F32, new long[] {1, array.length}, array);
    }
    return writer.toBytes();
  }

  @Test
  void everyTypeWidensAsItShould() throws IOException {
    float[] values = {1, -2.5f, 0.333f, 65504, 0};
    var writer =
        new SafetensorsWriter().metadata("b", "2").metadata(Map.of("a", "ein \"Wort\" \u00e4"));
    for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16, DType.F64}) {
      writer.add(dtype.name(), dtype, new long[] {5}, values);
    }
    writer.add("I64", new long[] {}, new long[] {Long.MIN_VALUE});
    Path path = folder.resolve("all.safetensors");
    writer.write(path);
    try (SafetensorsFile file = SafetensorsFile.open(path, SafetensorsLimits.MODEL)) {
      assertThat(file.metadata())
          .containsExactly(Map.entry("a", "ein \"Wort\" \u00e4"), Map.entry("b", "2"));
      assertThat(file.floats("F32")).containsExactly(values);
      assertThat(file.floats("F16")).containsExactly(1, -2.5f, 0.3330078f, 65504, 0);
      assertThat(file.floats("BF16")).containsExactly(1, -2.5f, 0.33203125f, 65536, 0);
      assertThat(file.doubles("F64")).containsExactly(1, -2.5, 0.333f, 65504, 0);
      assertThat(file.longs("I64")).containsExactly(Long.MIN_VALUE);
      assertThat(file.tensors().get("I64").elements()).isEqualTo(1);
      assertThat(file.bytes("F16").isReadOnly()).isTrue();
      assertThat(file.bytes("F16").remaining()).isEqualTo(10);
      assertThat(file.floats("F64")).containsExactly(1, -2.5f, 0.333f, 65504, 0);
      assertThatThrownBy(() -> file.floats("I64"))
          .isInstanceOfSatisfying(
              SafetensorsException.class, e -> assertThat(e.problem()).isEqualTo(Problem.DTYPE));
      assertThatThrownBy(() -> file.longs("F32"))
          .hasMessageContaining("F32 has the element type F32");
      assertThatThrownBy(() -> file.bytes("nobody")).hasMessageContaining("no tensor nobody");
    }
  }

  static Stream<Path> referenceFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("../testkit/fixtures"))) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).toList().stream();
    }
  }

  /** The fixtures were written by the reference implementation: ours must choose the same bytes. */
  @ParameterizedTest
  @MethodSource("referenceFiles")
  void filesOfTheReferenceWriterAreReproducedByteForByte(Path path) throws IOException {
    var writer = new SafetensorsWriter();
    try (SafetensorsFile file = SafetensorsFile.open(path, SafetensorsLimits.MODEL)) {
      writer.metadata(file.metadata());
      for (TensorInfo tensor : file.tensors().values()) {
        writer.add(tensor.name(), tensor.dtype(), tensor.shape(), file.bytes(tensor.name()));
      }
      assertThat(writer.toBytes()).isEqualTo(Files.readAllBytes(path));
    }
  }

  @Test
  void offsetsBeyondTwoGigabytesAreRead() throws IOException {
    Path path = folder.resolve("sparse.safetensors");
    long hole = 3L << 30;
    String json =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[805306368],\"data_offsets\":[0,%d]},".formatted(hole)
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}"
                .formatted(hole, hole + 4);
    byte[] header = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(start.putLong(header.length).put(header).flip());
      channel.position(8 + header.length + hole);
      channel.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(42).flip());
    }
    try (SafetensorsFile file = SafetensorsFile.open(path, SafetensorsLimits.MODEL)) {
      assertThat(file.floats("b")).containsExactly(42);
      assertThat(file.tensors().get("a").elements()).isEqualTo(805306368L);
      assertThatThrownBy(() -> file.bytes("a")).hasMessageContaining("3221225472 bytes");
    }
  }

  @Test
  void aFileThatShrinksWhileOpenIsAnErrorNotACrash() throws IOException {
    Path path = folder.resolve("shrinks.safetensors");
    new SafetensorsWriter().add("w", DType.F32, new long[] {4}, new float[4]).write(path);
    try (SafetensorsFile file = SafetensorsFile.map(path, SafetensorsLimits.MODEL)) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - 4);
      }
      assertThatThrownBy(() -> file.floats("w"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("shorter");
    }
  }

  @Test
  void theWriterRefusesWhatNobodyCouldRead() {
    var writer = new SafetensorsWriter().add("w", DType.F32, new long[] {2}, new float[2]);
    assertThatThrownBy(() -> writer.add("w", DType.F32, new long[] {2}, new float[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("added before");
    assertThatThrownBy(() -> writer.add("x", DType.F32, new long[] {3}, new float[2]))
        .hasMessageContaining("expected 12 bytes for x F32[3], found 8");
    assertThatThrownBy(() -> writer.add("x", DType.F32, new long[] {-1}, new float[2]))
        .hasMessageContaining("[-1]");
    assertThatThrownBy(() -> writer.add("x", DType.I64, new long[] {2}, new float[2]))
        .hasMessageContaining("I64");
    assertThatThrownBy(() -> writer.add("__metadata__", DType.F32, new long[] {2}, new float[2]))
        .hasMessageContaining("__metadata__");
    assertThatThrownBy(() -> writer.alignData(12)).hasMessageContaining("power of two");
  }

  @Test
  void writingInAMissingFolderLeavesNothingBehind() {
    assertThatThrownBy(() -> new SafetensorsWriter().write(folder.resolve("missing/w.safetensors")))
        .isInstanceOf(IOException.class);
    assertThat(folder).isEmptyDirectory();
  }
}

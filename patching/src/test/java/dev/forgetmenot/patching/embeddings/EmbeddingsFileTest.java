package dev.forgetmenot.patching.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of learned tokens in the forms of three tools. */
class EmbeddingsFileTest {
  @TempDir Path folder;

  private static Embeddings tokens(int count) {
    List<String> names = IntStream.rangeClosed(1, count).mapToObj(i -> "<s" + i + ">").toList();
    float[][] vectors = new float[count][3];
    for (int i = 0; i < count; i++) {
      vectors[i] = new float[] {i, -i, 0.1f};
    }
    return Embeddings.of(names, vectors);
  }

  private static void assertSame(Embeddings found, Embeddings expected) {
    assertThat(found.tokens().keySet()).containsExactlyElementsOf(expected.tokens().keySet());
    expected
        .vectors()
        .forEach((name, rows) -> assertThat(found.vectors().get(name)).isDeepEqualTo(rows));
  }

  private Path write(String name, SafetensorsWriter writer) throws IOException {
    Path file = folder.resolve(name);
    writer.write(file);
    return file;
  }

  @Test
  void theOriginalsFormHasATensorForEachTokenAndMarksIt() throws IOException {
    Path file = folder.resolve("step_inv_10.safetensors");
    Embeddings twelve = tokens(12);
    EmbeddingsFormat.ORIGINAL.write(file, twelve, Map.of("note", "x"));
    assertSame(EmbeddingsFile.read(file), twelve); // s2 before s10
    try (SafetensorsFile stored = SafetensorsFile.open(file, SafetensorsLimits.PATCH)) {
      assertThat(stored.tensors().get("<s12>").shape()).containsExactly(3);
      assertThat(stored.metadata()).containsEntry("<s12>", "<embed>").containsEntry("note", "x");
    }
  }

  @Test
  void oneTokenOfSeveralVectorsForDiffusersAndA1111() throws IOException {
    Embeddings joined = tokens(3).joined("<thing>");
    assertThat(joined.summary()).isEqualTo("<thing> (3 vectors)");
    Path diffusers = folder.resolve(EmbeddingsFormat.DIFFUSERS.fileName("<thing>"));
    EmbeddingsFormat.DIFFUSERS.write(diffusers, joined, Map.of());
    assertSame(EmbeddingsFile.read(diffusers), joined);

    Path a1111 = folder.resolve(EmbeddingsFormat.A1111.fileName("<thing>"));
    assertThat(a1111.getFileName()).hasToString("thing.safetensors");
    EmbeddingsFormat.A1111.write(a1111, joined, Map.of());
    assertSame(EmbeddingsFile.read(a1111), tokens(3).joined("thing"));
    Path renamed = Files.move(a1111, folder.resolve("my thing.v2.safetensors"));
    assertThat(EmbeddingsFile.read(renamed).phrase()).isEqualTo("my_thing.v2");

    assertThatThrownBy(() -> EmbeddingsFormat.A1111.write(diffusers, tokens(2), Map.of()))
        .hasMessageContaining("one token, not <s1>, <s2>");
  }

  @Test
  void numberedNamesOfOneTokenBelongTogether() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int i = 0; i < 11; i++) {
      String name = i == 0 ? "tok" : "tok_" + i;
      writer.add(name, DType.F16, new long[] {2}, new float[] {i, 0.5f});
    }
    writer.add("other", DType.F32, new long[] {1, 2}, new float[] {7, 8});
    Embeddings read = EmbeddingsFile.read(write("learned_embeds.safetensors", writer));
    assertThat(read.tokens().keySet()).containsExactly("other", "tok");
    assertThat(read.vectors().get("tok")).hasDimensions(11, 2);
    assertThat(read.vectors().get("tok")[10]).containsExactly(10, 0.5f);
  }

  @Test
  void tokensOfSeveralVectorsAreNotPartsOfOneAnother() throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add("bad", DType.F32, new long[] {2, 2}, new float[4])
            .add("bad_1", DType.F32, new long[] {3, 2}, new float[6]);
    Embeddings read = EmbeddingsFile.read(write("both.safetensors", writer));
    assertThat(read.tokens().keySet()).containsExactlyInAnyOrder("bad", "bad_1");
    assertThat(read.renamed(List.of("bad_1=worse")).tokens().keySet())
        .containsExactlyInAnyOrder("bad", "worse");
    assertThatThrownBy(() -> read.renamed(List.of("worse"))).hasMessageContaining("of which none");
    assertThatThrownBy(() -> read.renamed(List.of("bad=bad_1")))
        .hasMessageContaining("two tokens would be called bad_1");
  }

  @Test
  void theOriginalsPlaceholderIsNoName() throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter().add("*", DType.BF16, new long[] {1, 2}, new float[] {1, 2});
    Embeddings read = EmbeddingsFile.read(write("a style.safetensors", writer));
    assertThat(read.phrase()).isEqualTo("a_style");
    assertThat(read.renamed(List.of("<s>")).phrase()).isEqualTo("<s>");
    assertThatThrownBy(() -> read.renamed(List.of("a b"))).hasMessageContaining("without spaces");
  }

  @Test
  void picklesAreRefusedWhateverTheyAreCalled() throws IOException {
    byte[] pickle = {(byte) 0x80, 2, '}', 'q', 0, '.'};
    for (String name : List.of("a.pt", "b.bin", "c.safetensors")) {
      Path file = Files.write(folder.resolve(name), pickle);
      assertThatThrownBy(() -> EmbeddingsFile.read(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(name)
          .hasMessageContaining("ickle");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(pickle);
    }
    Path zipped = Files.write(folder.resolve("d.safetensors"), bytes.toByteArray());
    assertThatThrownBy(() -> EmbeddingsFile.read(zipped)).hasMessageContaining("data.pkl");
  }

  @Test
  void vectorsForBothTextEncodersAreWrittenApart() throws IOException {
    float[] values = new float[2 * 2048];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Embeddings wide = new Embeddings(Map.of("thing", new Rows(2, 2048, values)));
    Path file = folder.resolve(EmbeddingsFormat.SDXL.fileName("<thing>"));
    assertThat(file.getFileName()).hasToString("thing.safetensors");
    EmbeddingsFormat.SDXL.write(file, wide, Map.of());
    assertSame(EmbeddingsFile.read(file), wide);
    try (SafetensorsFile stored = SafetensorsFile.open(file, SafetensorsLimits.PATCH)) {
      assertThat(stored.tensors().get("clip_l").shape()).containsExactly(2, 768);
      assertThat(stored.floats("clip_g")[1280]).isEqualTo(2048 + 768);
    }
    assertThatThrownBy(() -> EmbeddingsFormat.SDXL.write(file, tokens(1), Map.of()))
        .hasMessageContaining("and these have 3; take another form");
  }

  @Test
  void vectorsForTwoTextEncodersLieSideBySide() throws IOException {
    SafetensorsWriter both =
        new SafetensorsWriter()
            .add("clip_g", DType.F32, new long[] {2, 3}, new float[] {5, 6, 7, 8, 9, 10})
            .add("clip_l", DType.F32, new long[] {2, 2}, new float[] {1, 2, 3, 4});
    Embeddings read = EmbeddingsFile.read(write("thing.safetensors", both));
    assertThat(read.phrase()).isEqualTo("thing");
    assertThat(read.width()).isEqualTo(5);
    assertThat(read.tokens().get("thing").values()).containsExactly(1, 2, 5, 6, 7, 3, 4, 8, 9, 10);
    Path one =
        write(
            "one.safetensors",
            new SafetensorsWriter().add("clip_g", DType.F32, new long[] {1, 3}, new float[3]));
    assertThatThrownBy(() -> EmbeddingsFile.read(one))
        .hasMessageContaining("clip_l and clip_g, both of them");
    Path uneven =
        write(
            "uneven-encoders.safetensors",
            new SafetensorsWriter()
                .add("clip_l", DType.F32, new long[] {2, 2}, new float[4])
                .add("clip_g", DType.F32, new long[] {1, 3}, new float[3]));
    assertThatThrownBy(() -> EmbeddingsFile.read(uneven))
        .hasMessageContaining("2 vectors for the first text encoder and 1 for the second");
  }

  @Test
  void whatIsNoTokenIsSaid() throws IOException {
    SafetensorsWriter third =
        new SafetensorsWriter().add("t5xxl", DType.F32, new long[] {1, 2}, new float[2]);
    Path large = write("sd3.safetensors", third);
    assertThatThrownBy(() -> EmbeddingsFile.read(large)).hasMessageContaining("SD 3");
    Path lora =
        write(
            "lora.safetensors",
            new SafetensorsWriter()
                .add("a.lora_up.weight", DType.F32, new long[] {1, 1, 2}, new float[2]));
    assertThatThrownBy(() -> EmbeddingsFile.read(lora))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds no learned tokens")
        .hasMessageContaining("a.lora_up.weight");
    Path uneven =
        write(
            "uneven.safetensors",
            new SafetensorsWriter()
                .add("<a>", DType.F32, new long[] {2}, new float[2])
                .add("<b>", DType.F32, new long[] {3}, new float[3]));
    assertThatThrownBy(() -> EmbeddingsFile.read(uneven)).hasMessageContaining("another one of");
    Path broken =
        write(
            "nan.safetensors",
            new SafetensorsWriter().add("<a>", DType.F32, new long[] {1}, new float[] {Float.NaN}));
    assertThatThrownBy(() -> EmbeddingsFile.read(broken)).hasMessageContaining("finite");
    Path empty = write("empty.safetensors", new SafetensorsWriter());
    assertThatThrownBy(() -> EmbeddingsFile.read(empty)).hasMessageContaining("no token");
  }
}

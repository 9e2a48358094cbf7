package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives and tensors that a stranger might send: each is refused with its own code. */
class HostilePatchTest extends CraftedArchive {
  private CraftedZip zip() {
    return CraftedZip.of(good);
  }

  @Test
  void theTestsOwnWriterMakesPatchesThatAreRead() throws IOException {
    Files.write(file, zip().bytes());
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(SampleEdits.delta(patch, "unet/a.weight")).containsExactly(1, -2, 3, 4);
    }
  }

  private static Arguments lie(String name, PatchError error, Consumer<CraftedZip> change) {
    return Arguments.of(name, error, change);
  }

  /** Entries in the order that a patch has. */
  private static void sort(CraftedZip zip) {
    zip.entries
        .subList(2, zip.entries.size())
        .sort(Comparator.comparing(e -> new String(e.local.name, StandardCharsets.UTF_8)));
  }

  static Stream<Arguments> archives() {
    return Stream.of(
        lie("prefix", PatchError.NOT_A_ZIP, z -> z.entries.get(0).before = text("#!/bin/sh\n")),
        lie("empty", PatchError.NOT_A_ZIP, z -> z.entries.clear()),
        lie("trailing", PatchError.PREFIX_OR_TRAILING, z -> z.trailing = text("x")),
        lie("comment", PatchError.PREFIX_OR_TRAILING, z -> z.comment = text("hello")),
        lie("gap", PatchError.GAP_OR_OVERLAP, z -> z.entries.get(2).before = text("hidden")),
        lie("gap before the end", PatchError.GAP_OR_OVERLAP, z -> z.beforeEnd = text("hidden")),
        lie(
            "central points elsewhere",
            PatchError.GAP_OR_OVERLAP,
            z -> z.get(TENSORS).offsetShift = -4),
        lie(
            "size beyond the file",
            PatchError.GAP_OR_OVERLAP,
            z -> z.get(TENSORS).both(h -> h.size = h.packed = 1 << 30)),
        lie(
            "two names",
            PatchError.HEADER_MISMATCH,
            z -> z.get(README).central.name = text("docs/beadme.md")),
        lie("other date", PatchError.HEADER_MISMATCH, z -> z.get(TENSORS).both(h -> h.date = 0x42)),
        lie("other time", PatchError.HEADER_MISMATCH, z -> z.get(TENSORS).both(h -> h.time = 1)),
        lie("duplicate", PatchError.DUPLICATE_ENTRY, z -> z.add(TENSORS, text("other"))),
        lie("traversal", PatchError.BAD_ENTRY_NAME, z -> z.add("../x", text("x"))),
        lie("absolute", PatchError.BAD_ENTRY_NAME, z -> z.add("/etc/x", text("x"))),
        lie("upper case", PatchError.BAD_ENTRY_NAME, z -> z.add("docs/A.png", text("x"))),
        lie("backslash", PatchError.BAD_ENTRY_NAME, z -> z.add("docs\\a.png", text("x"))),
        lie("device", PatchError.BAD_ENTRY_NAME, z -> z.add("docs/nul.png", text("x"))),
        lie("folder", PatchError.BAD_ENTRY_NAME, z -> z.add("docs/", text(""))),
        lie("deep", PatchError.BAD_ENTRY_NAME, z -> z.add("a/b/c/d/e", text("x"))),
        lie("two dots", PatchError.BAD_ENTRY_NAME, z -> z.add("docs/a..png", text("x"))),
        lie("long", PatchError.BAD_ENTRY_NAME, z -> z.add("docs/" + "a".repeat(97), text("x"))),
        lie("not ASCII", PatchError.BAD_ENTRY_NAME, z -> z.add("docs/\u00e9.png", text("x"))),
        lie("deflated", PatchError.METHOD_OR_FLAG, z -> z.get(TENSORS).both(h -> h.method = 8)),
        lie(
            "data descriptor",
            PatchError.METHOD_OR_FLAG,
            z -> z.get(TENSORS).both(h -> h.flag = 0x0808)),
        lie("no UTF-8 flag", PatchError.METHOD_OR_FLAG, z -> z.get(TENSORS).both(h -> h.flag = 0)),
        lie("several disks", PatchError.ZIP64, z -> z.disk = 1),
        lie(
            "zip64 size",
            PatchError.ZIP64,
            z -> z.get(TENSORS).both(h -> h.size = h.packed = 0xffffffffL)),
        lie("encrypted", PatchError.ENCRYPTED, z -> z.get(TENSORS).both(h -> h.flag = 0x0801)),
        lie("wrong CRC", PatchError.CRC, z -> z.get(TENSORS).both(h -> h.crc ^= 1)),
        lie(
            "wrong CRC of the manifest",
            PatchError.CRC,
            z -> z.get("manifest.json").both(h -> h.crc ^= 1)),
        lie(
            "65 entries",
            PatchError.SIZE_LIMIT,
            z -> {
              while (z.entries.size() < 65) {
                z.add("docs/" + z.entries.size() + ".png", text("x"));
              }
            }),
        lie(
            "large manifest",
            PatchError.SIZE_LIMIT,
            z -> z.get("manifest.json").content(new byte[(1 << 20) + 1])),
        lie(
            "other mimetype",
            PatchError.MIMETYPE,
            z -> z.get("mimetype").content(text("application/zip"))),
        lie("mimetype not first", PatchError.MIMETYPE, z -> Collections.swap(z.entries, 0, 2)),
        lie("manifest not second", PatchError.MIMETYPE, z -> Collections.swap(z.entries, 1, 2)),
        lie("entry comment", PatchError.COMMENT_OR_EXTRA, z -> z.get(TENSORS).comment = text("x")),
        lie("symlink", PatchError.COMMENT_OR_EXTRA, z -> z.get(TENSORS).external = 0xa1ff0000L),
        lie(
            "extra field",
            PatchError.COMMENT_OR_EXTRA,
            z -> z.get(TENSORS).central.extra = new byte[] {0x55, 0x54, 2, 0, 0, 0}),
        lie(
            "bytes hidden in the padding",
            PatchError.COMMENT_OR_EXTRA,
            z ->
                z.get(TENSORS).local.extra = new byte[] {0x1e, (byte) 0xa1, 4, 0, 64, 0, 'h', 'i'}),
        lie(
            "alignment that is none",
            PatchError.COMMENT_OR_EXTRA,
            z -> {
              z.get(TENSORS).local.extra = new byte[] {0x1e, (byte) 0xa1, 2, 0, 64, 0};
              z.get(TENSORS).central.extra = new byte[] {0x1e, (byte) 0xa1, 2, 0, 64, 0};
            }),
        lie(
            "unlisted",
            PatchError.UNLISTED,
            z -> {
              z.add("docs/more.png", text("x"));
              sort(z);
            }),
        lie("other order", PatchError.HEADER_MISMATCH, z -> Collections.swap(z.entries, 2, 3)),
        lie("missing", PatchError.MISSING, z -> z.entries.remove(z.get(README))),
        lie("other content", PatchError.DIGEST, z -> z.get(README).content(text("y"))),
        lie("other length", PatchError.DIGEST, z -> z.get(README).content(text("xx"))),
        lie("pickle", PatchError.PICKLE, z -> z.add("archive/data.pkl", text("x"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void archive(String name, PatchError error, Consumer<CraftedZip> change) throws IOException {
    CraftedZip zip = zip();
    change.accept(zip);
    assertRefused(zip, error);
  }

  /** A patch whose manifest lists these bytes as its tensors, with right digests. */
  private CraftedZip withTensors(byte[] tensors, UnaryOperator<String> manifest) {
    byte[] old = good.get(TENSORS);
    String json =
        manifest
            .apply(new String(good.get("manifest.json"), StandardCharsets.UTF_8))
            .replace("\"size\": " + old.length, "\"size\": " + tensors.length)
            .replace(sha256(old), sha256(tensors));
    CraftedZip zip = zip();
    zip.get("manifest.json").content(text(json));
    zip.get(TENSORS).content(tensors);
    return zip;
  }

  private static String sha256(byte[] bytes) {
    return Sha256.hex(bytes);
  }

  private static SafetensorsWriter tensors(DType dtype, float first) {
    return new SafetensorsWriter()
        .add("unet/a.weight.delta", dtype, new long[] {2, 2}, new float[] {first, -2, 3, 4})
        .add("unet/a.bias.delta", dtype, new long[] {2}, new float[] {0.5f, 0.25f});
  }

  @Test
  void tensorsAreExactlyWhatTheManifestSays() throws IOException {
    byte[] fine = tensors(DType.F32, 1).toBytes();
    Files.write(file, withTensors(fine, m -> m).bytes());
    PatchFile.open(file).close();

    assertRefused(withTensors(new byte[40], m -> m), PatchError.TENSOR_HEADER);
    assertRefused(
        withTensors(Arrays.copyOf(fine, fine.length + 4), m -> m), PatchError.TENSOR_OFFSETS);
    assertRefused(withTensors(tensors(DType.F16, 1).toBytes(), m -> m), PatchError.TENSOR_DTYPE);
    assertRefused(withTensors(tensors(DType.F64, 1).toBytes(), m -> m), PatchError.TENSOR_DTYPE);
    assertRefused(
        withTensors(tensors(DType.F32, Float.NaN).toBytes(), m -> m), PatchError.NON_FINITE);
    assertRefused(
        withTensors(tensors(DType.F32, Float.NEGATIVE_INFINITY).toBytes(), m -> m),
        PatchError.NON_FINITE);
    byte[] more = tensors(DType.F32, 1).add("x", DType.F32, new long[] {1}, new float[1]).toBytes();
    assertRefused(withTensors(more, m -> m), PatchError.UNDECLARED_OR_MISSING);
    byte[] less =
        new SafetensorsWriter()
            .add("unet/a.weight.delta", DType.F32, new long[] {2, 2}, new float[4])
            .toBytes();
    assertRefused(withTensors(less, m -> m), PatchError.UNDECLARED_OR_MISSING);
    byte[] turned =
        new SafetensorsWriter()
            .add("unet/a.weight.delta", DType.F32, new long[] {4, 1}, new float[4])
            .add("unet/a.bias.delta", DType.F32, new long[] {2}, new float[2])
            .toBytes();
    assertRefused(withTensors(turned, m -> m), PatchError.TENSOR_SHAPE);
    assertRefused(withTensors(HexFormat.of().parseHex("80027d712e"), m -> m), PatchError.PICKLE);
  }

  @Test
  void entriesWithoutAPurposeAreRefused() throws IOException {
    CraftedZip zip = withTensors(good.get(TENSORS), m -> m.replace(README, "docs/run.sh"));
    zip.get(README).rename("docs/run.sh");
    assertRefused(zip, PatchError.INCONSISTENT);
    assertRefused(
        withTensors(good.get(TENSORS), m -> m.replace(README, TENSORS)), PatchError.INCONSISTENT);
  }

  @Test
  void aFileThatChangesWhileItIsOpenIsNoticed() throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      Files.write(file, new byte[1], StandardOpenOption.APPEND);
      assertThatThrownBy(() -> SampleEdits.delta(patch, "unet/a.bias"))
          .isInstanceOfSatisfying(
              PatchFormatException.class,
              e -> assertThat(e.error()).isEqualTo(PatchError.CHANGED_WHILE_READING));
    }
  }
}

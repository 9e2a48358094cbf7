package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tricks that are known from package indexes and from studies of how ZIP readers disagree, each
 * in a patch that is right in all else.
 */
class CraftedArchivesTest extends CraftedArchive {
  private static Arguments lie(String name, PatchError error, Consumer<CraftedZip> change) {
    return Arguments.of(name, error, change);
  }

  private static byte[] little(int width, long... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long value : values) {
      byte[] field = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
      out.write(field, 0, width);
    }
    return out.toByteArray();
  }

  private static byte[] field(int id, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(little(2, id, data.length));
    out.writeBytes(data);
    return out.toByteArray();
  }

  private static byte[] deflated(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflate =
        new DeflaterOutputStream(out, new Deflater(Deflater.BEST_COMPRESSION, true))) {
      deflate.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static Consumer<CraftedZip> extra(byte[] extra) {
    return z -> z.get(TENSORS).both(h -> h.extra = extra);
  }

  private static Consumer<CraftedZip> one(String entry, Consumer<CraftedZip.Entry> change) {
    return z -> change.accept(z.get(entry));
  }

  static Stream<Arguments> overlaps() {
    return Stream.of(
        lie(
            "an archive behind another",
            PatchError.GAP_OR_OVERLAP,
            z -> z.trailing = new CraftedZip().bytes()),
        lie(
            "a whole patch behind another",
            PatchError.GAP_OR_OVERLAP,
            z -> z.trailing = CraftedZip.of(z.files()).bytes()),
        lie(
            "an end record in the comment",
            PatchError.GAP_OR_OVERLAP,
            z -> z.comment = new CraftedZip().bytes()),
        lie(
            "two entries on one content",
            PatchError.GAP_OR_OVERLAP,
            z -> {
              CraftedZip.Entry again = z.add("zz", z.get(TENSORS).data);
              again.hasLocal = false;
              again.offsetShift = -again.data.length;
            }),
        lie(
            "a local header inside the content before it",
            PatchError.GAP_OR_OVERLAP,
            one(README, e -> e.both(h -> h.size = h.packed = 200))),
        lie(
            "an entry that the directory hides",
            PatchError.HEADER_MISMATCH,
            one(README, e -> e.hasCentral = false)),
        lie(
            "an entry that only the directory has",
            PatchError.GAP_OR_OVERLAP,
            one(TENSORS, e -> e.hasLocal = false)),
        lie(
            "bytes before the directory",
            PatchError.GAP_OR_OVERLAP,
            z -> z.beforeCentral = text("hidden")),
        lie(
            "bytes behind an entry",
            PatchError.GAP_OR_OVERLAP,
            one(README, e -> e.after = text("x"))),
        lie(
            "one entry too many in the end record",
            PatchError.GAP_OR_OVERLAP,
            z -> z.countShift = 1),
        lie("one too few", PatchError.GAP_OR_OVERLAP, z -> z.countShift = -1),
        lie("a longer directory", PatchError.GAP_OR_OVERLAP, z -> z.centralSizeShift = 1),
        lie("a directory elsewhere", PatchError.GAP_OR_OVERLAP, z -> z.centralAtShift = -1),
        lie(
            "a directory elsewhere, of the length that hides it",
            PatchError.GAP_OR_OVERLAP,
            z -> {
              z.centralAtShift = -46;
              z.centralSizeShift = 46;
            }),
        lie("no entry at all, but an end", PatchError.NOT_A_ZIP, z -> z.entries.clear()),
        lie(
            "a program before the archive, offsets moved",
            PatchError.NOT_A_ZIP,
            one("mimetype", e -> e.before = text("MZ"))));
  }

  static Stream<Arguments> headers() {
    return Stream.of(
        lie("size differs", PatchError.HEADER_MISMATCH, one(README, e -> e.local.size = 0)),
        lie(
            "packed size differs",
            PatchError.HEADER_MISMATCH,
            one(README, e -> e.central.packed = 0)),
        lie("CRC differs", PatchError.HEADER_MISMATCH, one(README, e -> e.local.crc = 0)),
        lie("method differs", PatchError.HEADER_MISMATCH, one(README, e -> e.local.method = 8)),
        lie("flags differ", PatchError.HEADER_MISMATCH, one(README, e -> e.local.flag = 0)),
        lie(
            "a longer name in the directory",
            PatchError.HEADER_MISMATCH,
            one(README, e -> e.central.name = text("docs/readme.md.exe"))),
        lie(
            "another name in the directory",
            PatchError.HEADER_MISMATCH,
            one(README, e -> e.central.name = text("docs/README.md"))),
        lie(
            "needs version 45",
            PatchError.HEADER_MISMATCH,
            one(README, e -> e.both(h -> h.needed = 45))),
        lie("made on Unix", PatchError.HEADER_MISMATCH, one(README, e -> e.madeBy = 0x0314)),
        lie(
            "alignment in one header alone",
            PatchError.HEADER_MISMATCH,
            one(TENSORS, e -> e.central.extra = field(0xa11e, little(2, 64)))),
        lie(
            "deflated",
            PatchError.METHOD_OR_FLAG,
            one(
                README,
                e -> {
                  byte[] packed = deflated(e.data);
                  e.both(h -> h.method = 8).both(h -> h.packed = packed.length).data = packed;
                })),
        lie(
            "a bomb",
            PatchError.METHOD_OR_FLAG,
            one(
                README,
                e -> {
                  byte[] packed = deflated(new byte[1 << 20]);
                  e.content(new byte[1 << 20]);
                  e.both(h -> h.method = 8).both(h -> h.packed = packed.length).data = packed;
                })),
        lie("bzip2", PatchError.METHOD_OR_FLAG, one(README, e -> e.both(h -> h.method = 12))),
        lie(
            "AES by its method",
            PatchError.METHOD_OR_FLAG,
            one(README, e -> e.both(h -> h.method = 99))),
        lie(
            "a data descriptor",
            PatchError.METHOD_OR_FLAG,
            one(
                README,
                e -> {
                  e.after = little(4, 0x08074b50L, e.local.crc, e.local.size, e.local.size);
                  e.both(h -> h.flag |= 8);
                  e.local.crc = e.local.size = e.local.packed = 0;
                  e.central.crc = e.central.size = e.central.packed = 0;
                })),
        lie(
            "patched data",
            PatchError.METHOD_OR_FLAG,
            one(README, e -> e.both(h -> h.flag |= 0x20))),
        lie(
            "stored, but not all",
            PatchError.METHOD_OR_FLAG,
            one(README, e -> e.both(h -> h.packed++))),
        lie("encrypted", PatchError.ENCRYPTED, one(README, e -> e.both(h -> h.flag |= 1))),
        lie(
            "strongly encrypted",
            PatchError.ENCRYPTED,
            one(README, e -> e.both(h -> h.flag |= 0x41))),
        lie(
            "masked headers",
            PatchError.ENCRYPTED,
            one(README, e -> e.both(h -> h.flag |= 0x2000))),
        lie("on another disk", PatchError.COMMENT_OR_EXTRA, one(README, e -> e.disk = 1)),
        lie("several disks", PatchError.ZIP64, z -> z.disk = 1),
        lie("65535 entries", PatchError.ZIP64, z -> z.countShift = 0xffff - z.entries.size()),
        lie("zip64 by its field", PatchError.ZIP64, extra(field(1, little(8, 1234, 1234)))),
        lie(
            "zip64 by its locator",
            PatchError.ZIP64,
            z -> {
              ByteArrayOutputStream out = new ByteArrayOutputStream();
              out.writeBytes(little(4, 0x07064b50L, 0));
              out.writeBytes(little(8, 0));
              out.writeBytes(little(4, 1));
              z.beforeEnd = out.toByteArray();
            }),
        lie(
            "a name in Unicode",
            PatchError.COMMENT_OR_EXTRA,
            extra(field(0x7075, text("\1abcdx")))),
        lie(
            "a comment in Unicode",
            PatchError.COMMENT_OR_EXTRA,
            extra(field(0x6375, text("\1abcdx")))),
        lie(
            "times of Unix",
            PatchError.COMMENT_OR_EXTRA,
            extra(field(0x5455, little(1, 1, 0, 0, 0, 0)))),
        lie(
            "owners of Unix",
            PatchError.COMMENT_OR_EXTRA,
            extra(field(0x7875, little(1, 1, 1, 0, 1, 0)))),
        lie("times of NTFS", PatchError.COMMENT_OR_EXTRA, extra(field(0x000a, new byte[32]))),
        lie("AES by its field", PatchError.COMMENT_OR_EXTRA, extra(field(0x9901, new byte[7]))),
        lie("a field that is cut", PatchError.COMMENT_OR_EXTRA, extra(little(2, 0xa11e, 60, 1))),
        lie("half a field", PatchError.COMMENT_OR_EXTRA, extra(new byte[3])),
        lie(
            "two alignments",
            PatchError.COMMENT_OR_EXTRA,
            extra(little(2, 0xa11e, 2, 64, 0xa11e, 2, 64))),
        lie(
            "a mode of Unix",
            PatchError.COMMENT_OR_EXTRA,
            one(README, e -> e.external = 0x81a40000L)),
        lie(
            "a symbolic link",
            PatchError.COMMENT_OR_EXTRA,
            one(README, e -> e.content(text("/etc/passwd")).external = 0xa1ff0000L)),
        lie(
            "a link made on Unix",
            PatchError.COMMENT_OR_EXTRA,
            one(
                README,
                e -> {
                  e.madeBy = 0x0314;
                  e.external = 0xa1ff0000L;
                })),
        lie("attributes of text", PatchError.COMMENT_OR_EXTRA, one(README, e -> e.internal = 1)),
        lie(
            "a comment of an entry",
            PatchError.COMMENT_OR_EXTRA,
            one(README, e -> e.comment = text("x"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"overlaps", "headers"})
  void archive(String name, PatchError error, Consumer<CraftedZip> change) throws IOException {
    CraftedZip zip = CraftedZip.of(good);
    change.accept(zip);
    assertRefused(zip, error);
  }

  /** What PyTorch writes, and what an archive with a pickle among other things is. */
  @Test
  void picklesByWhatTheyAre() throws IOException {
    CraftedZip torch = new CraftedZip();
    for (String name : new String[] {"model/data.pkl", "model/version", "model/data/0"}) {
      CraftedZip.Entry entry = torch.add(name, text("\u0080\u0002}q\u0000."));
      entry.both(h -> h.extra = field(0x4246, text("ZZZZZZ")));
    }
    assertRefused(torch, PatchError.PICKLE);
    torch.entries.forEach(e -> e.both(h -> h.flag |= 8));
    assertRefused(torch, PatchError.PICKLE);
    for (int protocol = 2; protocol <= 5; protocol++) {
      Files.write(file, new byte[] {(byte) 0x80, (byte) protocol, '.'});
      assertThatThrownBy(() -> PatchFile.open(file).close()).hasMessageContaining("FMN-307");
    }
    // words about pickles are none
    Map<String, byte[]> files = new LinkedHashMap<>(good);
    files.put(README, text("see model/data.pkl"));
    assertRefused(CraftedZip.of(files), PatchError.DIGEST);
  }
}

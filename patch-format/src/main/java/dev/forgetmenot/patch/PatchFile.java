package dev.forgetmenot.patch;

import dev.forgetmenot.safetensors.SafetensorsException;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * An open patch whose archive, manifest, digests and tensors have been checked. Nothing is ever
 * unpacked to disk. Closed by who opened it.
 */
public final class PatchFile implements AutoCloseable {
  static final String MIMETYPE = "application/vnd.fmnpatch+zip";
  static final String MANIFEST = "manifest.json";
  private static final long FILE_LIMIT = Integer.MAX_VALUE;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final Map<String, ZipTiling.Region> regions;
  private final Manifest manifest;
  private final String id;
  private final Map<String, SafetensorsFile> tensors = new HashMap<>();

  private PatchFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    size = channel.size();
    if (size > FILE_LIMIT) {
      throw refuse(PatchError.SIZE_LIMIT, size + " bytes; at most " + FILE_LIMIT);
    }
    refusePickle();
    regions = ZipTiling.read(path.toString(), channel);
    sameForCommonsCompress();
    List<String> names = List.copyOf(regions.keySet());
    if (names.size() < 2
        || !names.get(0).equals("mimetype")
        || !names.get(1).equals(MANIFEST)
        || !new String(content("mimetype", 64), StandardCharsets.UTF_8).equals(MIMETYPE)) {
      throw refuse(PatchError.MIMETYPE, "does not begin with mimetype and manifest.json");
    }
    byte[] json = content(MANIFEST, StrictJson.BYTES);
    id = hex(BaseIdentity.sha256().digest(json));
    manifest = ManifestReader.read(path.toString(), json);
    checkEntries();
    for (Manifest.Edit edit : manifest.edits()) {
      openTensors(edit);
    }
    if (channel.size() != size) {
      throw refuse(PatchError.CHANGED_WHILE_READING, "changed while it was read");
    }
  }

  /**
   * Opens and checks a patch.
   *
   * @throws PatchFormatException if anything about it is wrong
   */
  public static PatchFile open(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new PatchFormatException(
          PatchError.NOT_A_ZIP, path.toString(), "there is no such file; check the path");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new PatchFile(path, channel);
    } catch (SafetensorsException e) {
      channel.close();
      throw new PatchFormatException(PatchError.TENSOR_HEADER, path.toString(), e.getMessage());
    } catch (IOException e) {
      channel.close();
      throw e;
    } catch (RuntimeException e) {
      // Commons Compress answers some malformed archives with runtime exceptions.
      channel.close();
      throw new PatchFormatException(PatchError.NOT_A_ZIP, path.toString(), "is malformed: " + e);
    }
  }

  /** Where it was read from. */
  public Path path() {
    return path;
  }

  /** Bytes of the file. */
  public long size() {
    return size;
  }

  /** The patch id: SHA-256 of the manifest's exact bytes, hex. */
  public String id() {
    return id;
  }

  /** What it says of itself. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * The values that are added to a target at strength 1, row-major.
   *
   * @param target component, slash, canonical parameter name
   * @throws IllegalArgumentException if the patch has no such target
   * @throws PatchFormatException if a value is not finite
   */
  public float[] delta(String target) throws IOException {
    for (Manifest.Edit edit : manifest.edits()) {
      if (edit.targets().stream().anyMatch(t -> t.target().equals(target))) {
        float[] values = tensors.get(edit.id()).floats(target + ".delta");
        for (float value : values) {
          if (!Float.isFinite(value)) {
            throw refuse(PatchError.NON_FINITE, target + " holds a value that is not finite");
          }
        }
        return values;
      }
    }
    throw new IllegalArgumentException(path + " does not change " + target);
  }

  /** The content of a listed entry, such as {@code docs/readme.md}. */
  public byte[] content(String entry) throws IOException {
    return content(entry, FILE_LIMIT);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void refusePickle() throws IOException {
    ByteBuffer first = ByteBuffer.allocate(1);
    if (channel.read(first, 0) == 1 && first.get(0) == (byte) 0x80) {
      throw refuse(PatchError.PICKLE, "is a Python pickle, which can run code; not read");
    }
  }

  private void sameForCommonsCompress() throws IOException {
    Set<String> seen = new HashSet<>();
    try (ZipFile zip = ZipFile.builder().setPath(path).get()) {
      Enumeration<ZipArchiveEntry> entries = zip.getEntries();
      while (entries.hasMoreElements()) {
        ZipArchiveEntry entry = entries.nextElement();
        ZipTiling.Region region = regions.get(entry.getName());
        if (region == null || region.size() != entry.getSize() || entry.isUnixSymlink()) {
          throw refuse(PatchError.HEADER_MISMATCH, "is read differently by two readers");
        }
        seen.add(entry.getName());
      }
    }
    if (seen.stream().anyMatch(name -> name.endsWith("data.pkl"))) {
      throw refuse(PatchError.PICKLE, "holds a Python pickle, which can run code; not read");
    }
    if (seen.size() != regions.size()) {
      throw refuse(PatchError.HEADER_MISMATCH, "is read differently by two readers");
    }
  }

  private void checkEntries() throws IOException {
    Map<String, Manifest.Entry> listed = new LinkedHashMap<>();
    for (Manifest.Entry entry : manifest.entries()) {
      if (listed.put(entry.path(), entry) != null) {
        throw refuse(PatchError.INCONSISTENT, "lists " + entry.path() + " twice");
      }
      ZipTiling.Region region = regions.get(entry.path());
      if (region == null) {
        throw refuse(PatchError.MISSING, "lacks the listed entry " + entry.path());
      }
      if (region.size() != entry.size() || !digest(region).equals(entry.sha256())) {
        throw refuse(PatchError.DIGEST, entry.path() + " is not what the manifest says");
      }
    }
    for (String name : regions.keySet()) {
      boolean free =
          name.equals("mimetype") || name.equals(MANIFEST) || name.startsWith("signatures/");
      if (!free && !listed.containsKey(name)) {
        throw refuse(PatchError.UNLISTED, "holds the unlisted entry " + name);
      }
    }
  }

  private void openTensors(Manifest.Edit edit) throws IOException {
    ZipTiling.Region region = regions.get(edit.entry());
    SafetensorsFile file =
        SafetensorsFile.open(
            path + ": " + edit.entry(),
            channel,
            region.offset(),
            region.size(),
            SafetensorsLimits.PATCH);
    Set<String> declared = new HashSet<>();
    for (Manifest.Target target : edit.targets()) {
      String name = target.target() + ".delta";
      declared.add(name);
      TensorInfo info = file.tensors().get(name);
      if (info == null) {
        throw refuse(PatchError.UNDECLARED_OR_MISSING, "lacks the tensor " + name);
      }
      long[] shape = target.shape().stream().mapToLong(Long::longValue).toArray();
      if (!java.util.Arrays.equals(info.shape(), shape)) {
        throw refuse(PatchError.TENSOR_SHAPE, name + " has another shape than the manifest says");
      }
    }
    if (!declared.equals(file.tensors().keySet())) {
      throw refuse(PatchError.UNDECLARED_OR_MISSING, edit.entry() + " holds undeclared tensors");
    }
    tensors.put(edit.id(), file);
  }

  private byte[] content(String entry, long limit) throws IOException {
    ZipTiling.Region region = regions.get(entry);
    if (region == null) {
      throw refuse(PatchError.MISSING, "has no entry " + entry);
    }
    if (region.size() > limit) {
      throw refuse(PatchError.SIZE_LIMIT, entry + " is larger than " + limit + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) region.size());
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, region.offset() + buffer.position()) < 0) {
        throw refuse(PatchError.CHANGED_WHILE_READING, "became shorter while it was read");
      }
    }
    CRC32 crc = new CRC32();
    crc.update(buffer.array());
    if (crc.getValue() != region.crc()) {
      throw refuse(PatchError.CRC, entry + " is damaged; get the file again");
    }
    return buffer.array();
  }

  /** SHA-256 of an entry, hex; checks its CRC on the way. */
  private String digest(ZipTiling.Region region) throws IOException {
    MessageDigest sha = BaseIdentity.sha256();
    CRC32 crc = new CRC32();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    long at = region.offset();
    long end = at + region.size();
    while (at < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      int read = channel.read(buffer, at);
      if (read < 0) {
        throw refuse(PatchError.CHANGED_WHILE_READING, "became shorter while it was read");
      }
      at += read;
      sha.update(buffer.array(), 0, read);
      crc.update(buffer.array(), 0, read);
    }
    if (crc.getValue() != region.crc()) {
      throw refuse(PatchError.CRC, region.name() + " is damaged; get the file again");
    }
    return hex(sha.digest());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private PatchFormatException refuse(PatchError error, String why) {
    return new PatchFormatException(error, path.toString(), why);
  }
}

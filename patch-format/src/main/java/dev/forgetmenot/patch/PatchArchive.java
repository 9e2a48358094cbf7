package dev.forgetmenot.patch;

import dev.forgetmenot.files.FileContent;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The archive of a patch: which entries it holds and their bytes, each checked against its CRC.
 * Nothing is ever unpacked to disk. The channel belongs to who opened it.
 */
final class PatchArchive {
  /** The largest patch, and so the largest entry, in bytes. */
  static final long FILE_LIMIT = Integer.MAX_VALUE;

  private static final String PICKLED = "holds a Python pickle, which can run code; not read";

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final Map<String, ZipTiling.Region> regions;

  PatchArchive(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    size = channel.size();
    if (size > FILE_LIMIT) {
      throw refuse(PatchError.SIZE_LIMIT, size + " bytes; at most " + FILE_LIMIT);
    }
    refusePickle();
    regions = tiling();
    sameForCommonsCompress();
    refuseMember();
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** Names in the order of the file. */
  List<String> names() {
    return List.copyOf(regions.keySet());
  }

  ZipTiling.Region region(String entry) throws PatchFormatException {
    ZipTiling.Region region = regions.get(entry);
    if (region == null) {
      throw refuse(PatchError.MISSING, "has no entry " + entry + "; get the file again");
    }
    return region;
  }

  /** The bytes of an entry, if there are not more than {@code limit}. */
  byte[] content(String entry, long limit) throws IOException {
    ZipTiling.Region region = region(entry);
    if (region.size() > limit) {
      throw refuse(PatchError.SIZE_LIMIT, entry + " is larger than " + limit + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) region.size());
    while (buffer.hasRemaining()) {
      read(buffer, region.offset() + buffer.position());
    }
    CRC32 crc = new CRC32();
    crc.update(buffer.array());
    checkCrc(region, crc);
    return buffer.array();
  }

  /** Writes an entry as it is to another archive. */
  void copy(String entry, ArchiveWriter to) throws IOException {
    ZipTiling.Region region = region(entry);
    CRC32 crc = new CRC32();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    long at = region.offset();
    long end = at + region.size();
    to.begin(entry, region.size(), region.crc());
    while (at < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      int read = read(buffer, at);
      at += read;
      crc.update(buffer.array(), 0, read);
      to.write(buffer.array(), read);
    }
    checkCrc(region, crc);
    to.end();
  }

  /** SHA-256 of an entry, hex. */
  String digest(String entry) throws IOException {
    ZipTiling.Region region = region(entry);
    MessageDigest sha = Sha256.digest();
    CRC32 crc = new CRC32();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    long at = region.offset();
    long end = at + region.size();
    while (at < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      int read = read(buffer, at);
      at += read;
      sha.update(buffer.array(), 0, read);
      crc.update(buffer.array(), 0, read);
    }
    checkCrc(region, crc);
    return HexFormat.of().formatHex(sha.digest());
  }

  /** Refuses a file that has another length than when it was opened. */
  void checkUnchanged() throws IOException {
    if (channel.size() != size) {
      throw refuse(
          PatchError.CHANGED_WHILE_READING,
          "was "
              + size
              + " bytes when it was opened and is "
              + channel.size()
              + " now; open it again");
    }
  }

  private int read(ByteBuffer buffer, long at) throws IOException {
    int read = channel.read(buffer, at);
    if (read < 0) {
      throw refuse(
          PatchError.CHANGED_WHILE_READING, "became shorter while it was read; open it again");
    }
    return read;
  }

  private void checkCrc(ZipTiling.Region region, CRC32 crc) throws PatchFormatException {
    if (crc.getValue() != region.crc()) {
      throw refuse(PatchError.CRC, region.name() + " is damaged; get the file again");
    }
  }

  private void refusePickle() throws IOException {
    ByteBuffer first = ByteBuffer.allocate(1);
    if (channel.read(first, 0) == 1 && first.get(0) == (byte) 0x80) {
      throw refuse(PatchError.PICKLE, "is a Python pickle, which can run code; not read");
    }
  }

  /** What is no archive of this make is called by its name where it has one. */
  private Map<String, ZipTiling.Region> tiling() throws IOException {
    try {
      return ZipTiling.read(path.toString(), channel);
    } catch (PatchFormatException e) {
      ByteBuffer start = ByteBuffer.allocate((int) Math.min(size, FileContent.SEARCHED));
      channel.read(start, 0);
      Optional<FileContent> found = FileContent.of(start.flip(), size);
      if (found.isPresent() && found.get().kind() == FileContent.Kind.PICKLE) {
        throw refuse(PatchError.PICKLE, PICKLED);
      }
      if (e.error() == PatchError.NOT_A_ZIP && found.isPresent()) {
        throw refuse(e.error(), found.get().what() + ", not a patch. " + found.get().remedy());
      }
      throw e;
    }
  }

  private void refuseMember() throws PatchFormatException {
    if (regions.keySet().stream().anyMatch(n -> n.equals("data.pkl") || n.endsWith("/data.pkl"))) {
      throw refuse(PatchError.PICKLE, PICKLED);
    }
  }

  /** An archive that two readers understand differently is a trap for one of them. */
  private void sameForCommonsCompress() throws IOException {
    Set<String> seen = new HashSet<>();
    try (ZipFile zip = ZipFile.builder().setSeekableByteChannel(new ChannelView(channel)).get()) {
      Enumeration<ZipArchiveEntry> entries = zip.getEntries();
      while (entries.hasMoreElements()) {
        ZipArchiveEntry entry = entries.nextElement();
        ZipTiling.Region region = regions.get(entry.getName());
        boolean same =
            region != null
                && region.size() == entry.getSize()
                && region.size() == entry.getCompressedSize()
                && region.crc() == entry.getCrc()
                && region.offset() == entry.getDataOffset()
                && entry.getMethod() == ZipArchiveEntry.STORED
                && !entry.isUnixSymlink();
        if (!same) {
          throw refuse(PatchError.HEADER_MISMATCH, "is read differently by two readers");
        }
        seen.add(entry.getName());
      }
    }
    if (seen.size() != regions.size()) {
      throw refuse(PatchError.HEADER_MISMATCH, "is read differently by two readers");
    }
  }

  PatchFormatException refuse(PatchError error, String why) {
    return new PatchFormatException(error, path.toString(), why);
  }
}

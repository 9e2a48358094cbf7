package dev.forgetmenot.patch.archive;

import dev.forgetmenot.files.FileContent;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The archive of a patch: which entries it holds and their bytes, each checked against its CRC.
 * Nothing is ever unpacked to disk. The channel belongs to who opened it.
 */
public final class PatchArchive {
  /** The largest patch, and so the largest entry, in bytes: 16 GiB. */
  public static final long FILE_LIMIT = 1L << 34;

  /** The largest patch whose archive is not zip64, in bytes. */
  public static final long PLAIN_LIMIT = Integer.MAX_VALUE;

  private static final int MOST_KEPT = Integer.MAX_VALUE - 8; // an array of Java
  private static final String PICKLED = "holds a Python pickle, which can run code; not read";

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final boolean zip64;
  private final Map<String, StrictZipReader.Region> regions;

  public PatchArchive(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    size = channel.size();
    if (size > FILE_LIMIT) {
      throw refuse(PatchError.SIZE_LIMIT, size + " bytes; at most " + FILE_LIMIT);
    }
    refusePickle();
    StrictZipReader.Tiles tiles = tiling();
    zip64 = tiles.zip64();
    regions = tiles.regions();
    if (!zip64 && size > PLAIN_LIMIT) {
      throw refuse(
          PatchError.SIZE_LIMIT, size + " bytes; at most " + PLAIN_LIMIT + " if not zip64");
    }
    sameForCommonsCompress();
    refuseMember();
  }

  public Path path() {
    return path;
  }

  public long size() {
    return size;
  }

  /** Whether sizes and places in it are of 64 bits. */
  public boolean zip64() {
    return zip64;
  }

  /** Names in the order of the file. */
  public List<String> names() {
    return List.copyOf(regions.keySet());
  }

  public StrictZipReader.Region region(String entry) throws PatchFormatException {
    StrictZipReader.Region region = regions.get(entry);
    if (region == null) {
      throw refuse(PatchError.MISSING, "has no entry " + entry + "; get the file again");
    }
    return region;
  }

  /** The bytes of an entry, if there are not more than {@code limit}. */
  public byte[] content(String entry, long limit) throws IOException {
    StrictZipReader.Region region = region(entry);
    if (region.size() > Math.min(limit, MOST_KEPT)) {
      throw refuse(PatchError.SIZE_LIMIT, entry + " is larger than " + limit + " bytes");
    }
    EntryReading reading = reading(entry);
    byte[] content = reading.keep((int) region.size());
    reading.end();
    return content;
  }

  /** Reads an entry from its first byte to its last. */
  public EntryReading reading(String entry) throws IOException {
    return new EntryReading(this, region(entry));
  }

  /**
   * Writes an entry as it is to another archive.
   *
   * @return its SHA-256, hex
   */
  public String copy(String entry, ArchiveWriter to) throws IOException {
    StrictZipReader.Region region = region(entry);
    EntryReading reading = reading(entry);
    to.begin(entry, region.size(), region.crc());
    while (reading.left() > 0) {
      to.write(reading.next(EntryReading.CHUNK));
    }
    to.end();
    return reading.end();
  }

  /** SHA-256 of an entry, hex. */
  public String digest(String entry) throws IOException {
    return reading(entry).end();
  }

  /** Refuses a file that has another length than when it was opened. */
  public void checkUnchanged() throws IOException {
    if (channel.size() != size) {
      throw refuse(
          PatchError.CHANGED_WHILE_READING,
          Message.of(
              "was %s bytes when it was opened and is %s now; open it again",
              size, channel.size()));
    }
  }

  /** Fills a buffer to its limit. */
  public void read(ByteBuffer buffer, long at) throws IOException {
    long begin = at - buffer.position();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, begin + buffer.position()) < 0) {
        throw refuse(
            PatchError.CHANGED_WHILE_READING, "became shorter while it was read; open it again");
      }
    }
  }

  private void refusePickle() throws IOException {
    ByteBuffer first = ByteBuffer.allocate(1);
    if (channel.read(first, 0) == 1 && first.get(0) == (byte) 0x80) {
      throw refuse(PatchError.PICKLE, "is a Python pickle, which can run code; not read");
    }
  }

  /** What is no archive of this make is called by its name where it has one. */
  private StrictZipReader.Tiles tiling() throws IOException {
    try {
      return StrictZipReader.read(path.toString(), channel);
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
    try (ZipFile zip =
        ZipFile.builder().setSeekableByteChannel(new NonClosingChannel(channel)).get()) {
      Enumeration<ZipArchiveEntry> entries = zip.getEntries();
      while (entries.hasMoreElements()) {
        ZipArchiveEntry entry = entries.nextElement();
        StrictZipReader.Region region = regions.get(entry.getName());
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

  public PatchFormatException refuse(PatchError error, String why) {
    return new PatchFormatException(error, path.toString(), why);
  }
}

package dev.forgetmenot.patch.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes the archive of a patch entry by entry: stored, dated alike, tensors aligned. The same
 * entries in the same order give the same bytes on any machine. The channel stays open.
 */
public final class ArchiveWriter {
  private static final int ALIGNMENT = 64;
  // Seen by the archive in local time: any zone gives the same DOS date.
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  // Not closed: that would close the caller's channel before its bytes are forced to disk.
  private final ZipArchiveOutputStream zip;

  /**
   * Begins an archive.
   *
   * @param large whether all its records are zip64, for archives from 2 GiB
   */
  public ArchiveWriter(SeekableByteChannel channel, boolean large) throws IOException {
    zip = new ZipArchiveOutputStream(channel);
    zip.setMethod(ZipArchiveOutputStream.STORED);
    zip.setUseZip64(large ? Zip64Mode.Always : Zip64Mode.Never);
    zip.setEncoding("UTF-8");
    zip.setUseLanguageEncodingFlag(true);
  }

  /** Adds a whole entry. */
  public void add(String name, byte[] bytes) throws IOException {
    add(NewEntry.of(name, bytes));
  }

  /**
   * Adds a whole entry, whose content is made once more.
   *
   * @throws IOException if the content is another one than before
   */
  public void add(NewEntry entry) throws IOException {
    begin(entry.path(), entry.size(), entry.crc());
    MeasuringChannel content = new MeasuringChannel(this::write);
    entry.content().writeTo(content);
    if (content.size() != entry.size() || content.crc() != entry.crc()) {
      throw new IOException(
          entry.path() + " cannot be written: its values changed while they were written");
    }
    end();
  }

  /** Begins an entry that is then written in parts, of this size and checksum. */
  void begin(String name, long size, long crc) throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setMethod(ZipArchiveOutputStream.STORED);
    entry.setSize(size);
    entry.setCrc(crc);
    entry.setTime(TIME.atZone(ZoneId.systemDefault()).toInstant().toEpochMilli());
    if (name.endsWith(".safetensors")) {
      entry.setAlignment(ALIGNMENT);
    }
    zip.putArchiveEntry(entry);
  }

  void write(ByteBuffer from) throws IOException {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    zip.write(bytes, 0, bytes.length);
  }

  void end() throws IOException {
    zip.closeArchiveEntry();
  }

  public void finish() throws IOException {
    zip.finish();
    zip.flush();
  }
}

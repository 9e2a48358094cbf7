package dev.forgetmenot.testkit.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * Writes ZIP archives field by field, right or wrong: what an attacker's writer would do. Entries
 * are stored, with the flag for UTF-8 and the date 1980-02-01, as patches have them; every field
 * may then be set to a lie.
 */
public final class CraftedZip {
  /** The flag of a name in UTF-8. */
  public static final int UTF8 = 0x0800;

  /** One of the two headers of an entry. */
  public static final class Header {
    /** The name as it is written. */
    public byte[] name;

    /** Version needed to extract. */
    public int needed = 10;

    /** General purpose flags. */
    public int flag = UTF8;

    /** 0 is stored, 8 is deflated. */
    public int method;

    /** Time of DOS. */
    public int time;

    /** Date of DOS; 1980-02-01. */
    public int date = 0x41;

    /** Checksum of the content. */
    public long crc;

    /** Bytes in the archive. */
    public long packed;

    /** Bytes of the content. */
    public long size;

    /** Extra fields. */
    public byte[] extra = {};

    private Header(String name) {
      this.name = name.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** One entry. */
  public static final class Entry {
    /** Before the content. */
    public final Header local;

    /** In the directory at the end. */
    public final Header central;

    /** The bytes between this entry's local header and what follows. */
    public byte[] data;

    /** Bytes before its local header. */
    public byte[] before = {};

    /** Bytes after its data, such as a data descriptor. */
    public byte[] after = {};

    /** Comment in the directory. */
    public byte[] comment = {};

    /** Version and system of the writer. */
    public int madeBy = 20;

    /** Number of the disk on which it begins. */
    public int disk;

    /** Internal attributes. */
    public int internal;

    /** External attributes: modes of Unix are in the upper half. */
    public long external;

    /** Added to where the directory says that the entry is. */
    public long offsetShift;

    /** Whether it has a local header and data. */
    public boolean hasLocal = true;

    /** Whether the directory has it. */
    public boolean hasCentral = true;

    private Entry(String name, byte[] data) {
      local = new Header(name);
      central = new Header(name);
      content(data);
    }

    /** Other content, with the right sizes and checksum. */
    public Entry content(byte[] bytes) {
      data = bytes;
      CRC32 sum = new CRC32();
      sum.update(bytes);
      for (Header header : new Header[] {local, central}) {
        header.size = bytes.length;
        header.packed = bytes.length;
        header.crc = sum.getValue();
      }
      return this;
    }

    /** Another name in both headers. */
    public Entry rename(String name) {
      local.name = name.getBytes(StandardCharsets.UTF_8);
      central.name = local.name;
      return this;
    }

    /** The same change of both headers. */
    public Entry both(Consumer<Header> change) {
      change.accept(local);
      change.accept(central);
      return this;
    }
  }

  /** In the order of the file. */
  public final List<Entry> entries = new ArrayList<>();

  /** Bytes between the entries and the directory. */
  public byte[] beforeCentral = {};

  /** Bytes between the directory and the end record. */
  public byte[] beforeEnd = {};

  /** Comment of the archive. */
  public byte[] comment = {};

  /** Bytes after the end record. */
  public byte[] trailing = {};

  /** Numbers of the disk, in the end record. */
  public int disk;

  /** Added to the number of entries that the end record states. */
  public int countShift;

  /** Added to the size of the directory that the end record states. */
  public long centralSizeShift;

  /** Added to the place of the directory that the end record states. */
  public long centralAtShift;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** An archive of these entries, in this order. */
  public static CraftedZip of(Map<String, byte[]> files) {
    CraftedZip zip = new CraftedZip();
    files.forEach(zip::add);
    return zip;
  }

  /** Adds an entry at the end. */
  public Entry add(String name, byte[] data) {
    Entry entry = new Entry(name, data);
    entries.add(entry);
    return entry;
  }

  /** The first entry of that name. */
  public Entry get(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return entries.stream()
        .filter(e -> Arrays.equals(e.local.name, bytes))
        .findFirst()
        .orElseThrow();
  }

  /** The contents by name as they were given. */
  public Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    entries.forEach(e -> files.put(new String(e.local.name, StandardCharsets.UTF_8), e.data));
    return files;
  }

  /** The archive. */
  public byte[] bytes() {
    out.reset();
    List<Long> offsets = new ArrayList<>();
    for (Entry entry : entries) {
      out.writeBytes(entry.before);
      offsets.add((long) out.size());
      if (entry.hasLocal) {
        fields(4, 0x04034b50L);
        header(entry.local);
        out.writeBytes(entry.local.name);
        out.writeBytes(entry.local.extra);
        out.writeBytes(entry.data);
        out.writeBytes(entry.after);
      }
    }
    out.writeBytes(beforeCentral);
    int central = out.size();
    int count = countShift;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.hasCentral) {
        count++;
        fields(4, 0x02014b50L);
        fields(2, entry.madeBy);
        header(entry.central);
        fields(2, entry.comment.length, entry.disk, entry.internal);
        fields(4, entry.external, offsets.get(i) + entry.offsetShift);
        out.writeBytes(entry.central.name);
        out.writeBytes(entry.central.extra);
        out.writeBytes(entry.comment);
      }
    }
    int end = out.size();
    out.writeBytes(beforeEnd);
    fields(4, 0x06054b50L);
    fields(2, disk, disk, count, count);
    fields(4, end - central + centralSizeShift, central + centralAtShift);
    fields(2, comment.length);
    out.writeBytes(comment);
    out.writeBytes(trailing);
    return out.toByteArray();
  }

  private void header(Header header) {
    fields(2, header.needed, header.flag, header.method, header.time, header.date);
    fields(4, header.crc, header.packed, header.size);
    fields(2, header.name.length, header.extra.length);
  }

  private void fields(int width, long... values) {
    for (long value : values) {
      byte[] field = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
      out.write(field, 0, width);
    }
  }
}

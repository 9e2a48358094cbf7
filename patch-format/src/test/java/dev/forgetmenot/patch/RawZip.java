package dev.forgetmenot.patch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Writes ZIP archives field by field, right or wrong: what an attacker's writer would do. */
final class RawZip {

  /** One entry; every field may be set to a lie. */
  static final class Entry {
    String localName;
    String centralName;
    byte[] data;
    int flag = 0x0800;
    int method;
    int time;
    int date = 0x41;
    long crc;
    long size;
    byte[] localExtra = {};
    byte[] centralExtra = {};
    byte[] comment = {};
    long external;
    long offsetShift;
    byte[] before = {};

    Entry(String name, byte[] data) {
      localName = name;
      centralName = name;
      setData(data);
    }

    void setData(byte[] bytes) {
      data = bytes;
      size = bytes.length;
      CRC32 sum = new CRC32();
      sum.update(bytes);
      crc = sum.getValue();
    }
  }

  final List<Entry> entries = new ArrayList<>();
  byte[] beforeEnd = {};
  byte[] comment = {};
  byte[] trailing = {};
  int disk;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Entry add(String name, byte[] data) {
    Entry entry = new Entry(name, data);
    entries.add(entry);
    return entry;
  }

  Entry get(String name) {
    return entries.stream().filter(e -> e.localName.equals(name)).findFirst().orElseThrow();
  }

  byte[] bytes() {
    out.reset();
    List<Long> offsets = new ArrayList<>();
    for (Entry entry : entries) {
      out.writeBytes(entry.before);
      offsets.add((long) out.size());
      fields(4, 0x04034b50L);
      header(entry, entry.localName, entry.localExtra);
      out.writeBytes(entry.localName.getBytes(StandardCharsets.UTF_8));
      out.writeBytes(entry.localExtra);
      out.writeBytes(entry.data);
    }
    int central = out.size();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      fields(4, 0x02014b50L);
      fields(2, 20);
      header(entry, entry.centralName, entry.centralExtra);
      fields(2, entry.comment.length, 0, 0);
      fields(4, entry.external, offsets.get(i) + entry.offsetShift);
      out.writeBytes(entry.centralName.getBytes(StandardCharsets.UTF_8));
      out.writeBytes(entry.centralExtra);
      out.writeBytes(entry.comment);
    }
    int end = out.size();
    out.writeBytes(beforeEnd);
    fields(4, 0x06054b50L);
    fields(2, disk, disk, entries.size(), entries.size());
    fields(4, end - central, central);
    fields(2, comment.length);
    out.writeBytes(comment);
    out.writeBytes(trailing);
    return out.toByteArray();
  }

  private void header(Entry entry, String name, byte[] extra) {
    fields(2, 10, entry.flag, entry.method, entry.time, entry.date);
    fields(4, entry.crc, entry.size, entry.size);
    fields(2, name.getBytes(StandardCharsets.UTF_8).length, extra.length);
  }

  private void fields(int width, long... values) {
    for (long value : values) {
      byte[] field = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
      out.write(field, 0, width);
    }
  }
}

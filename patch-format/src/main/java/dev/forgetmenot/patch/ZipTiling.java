package dev.forgetmenot.patch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Checks that an archive is nothing but its entries: from offset 0 local headers back to back, the
 * central directory, one end record that ends at the end of the file. No gap, no overlap, no
 * prefix, no trailing byte; both headers of an entry agree in every field; everything is stored.
 * (Commons Compress accepts archives that break each of these.)
 */
final class ZipTiling {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int UTF8_FLAG = 0x0800;
  private static final int ENCRYPTION_FLAGS = 0x2041; // plain, strong, of the central directory
  private static final int ZIP64_LOCATOR = 0x07064b50;
  private static final int ZIP64_FIELD = 1;
  private static final int DATE = 2 << 5 | 1; // 1980-02-01
  private static final int ALIGNMENT_FIELD = 0xa11e;
  static final int ENTRIES = 64;
  private static final String SEGMENT = "[a-z0-9][a-z0-9._-]{0,95}";
  private static final Set<String> RESERVED = Set.of("con", "prn", "aux", "nul");

  /** Where the content of an entry lies. */
  record Region(String name, long offset, long size, long crc) {}

  private final String where;
  private final FileChannel channel;
  private final long length;

  private ZipTiling(String where, FileChannel channel, long length) {
    this.where = where;
    this.channel = channel;
    this.length = length;
  }

  /** The entries in file order. */
  static Map<String, Region> read(String where, FileChannel channel) throws IOException {
    return new ZipTiling(where, channel, channel.size()).entries();
  }

  private Map<String, Region> entries() throws IOException {
    if (length < 22 || bytes(0, 4).getInt() != LOCAL) {
      throw refuse(PatchError.NOT_A_ZIP, "is not a patch archive");
    }
    ByteBuffer end = bytes(length - 22, 22);
    if (end.getInt() != END) {
      throw refuse(PatchError.PREFIX_OR_TRAILING, "does not end with its end record");
    }
    int disk = u16(end);
    int centralDisk = u16(end);
    int here = u16(end);
    int count = u16(end);
    long centralSize = u32(end);
    long centralAt = u32(end);
    if (u16(end) != 0) {
      throw refuse(PatchError.COMMENT_OR_EXTRA, "has a comment");
    }
    if (disk != 0 || centralDisk != 0 || here != count || count == 0xffff) {
      throw refuse(PatchError.ZIP64, "is of several disks or zip64");
    }
    if (count > ENTRIES) {
      throw refuse(PatchError.SIZE_LIMIT, "has " + count + " entries; at most " + ENTRIES);
    }
    if (length >= 42 && bytes(length - 42, 4).getInt() == ZIP64_LOCATOR) {
      throw refuse(PatchError.ZIP64, "is zip64");
    }
    if (centralAt + centralSize != length - 22) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "has a gap before its end record");
    }
    Map<String, Region> regions = new LinkedHashMap<>();
    Set<String> folded = new HashSet<>();
    long local = 0;
    long central = centralAt;
    for (int i = 0; i < count; i++) {
      Entry entry = entry(local, central);
      if (!folded.add(entry.region.name.toLowerCase(Locale.ROOT))) {
        throw refuse(PatchError.DUPLICATE_ENTRY, "has " + entry.region.name + " twice");
      }
      regions.put(entry.region.name, entry.region);
      local = entry.region.offset + entry.region.size;
      central = entry.centralEnd;
    }
    if (local != centralAt || central != length - 22) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "has bytes that belong to no entry");
    }
    checkOrder(regions.keySet());
    return Collections.unmodifiableMap(regions);
  }

  /** After mimetype and manifest names rise, so that the same content is the same file. */
  private void checkOrder(Set<String> names) throws PatchFormatException {
    String before = "";
    for (String name : names.stream().skip(2).toList()) {
      if (name.compareTo(before) < 0) {
        throw refuse(PatchError.HEADER_MISMATCH, "has its entries in another order than a patch");
      }
      before = name;
    }
  }

  private record Entry(Region region, long centralEnd) {}

  private Entry entry(long localAt, long centralAt) throws IOException {
    ByteBuffer local = bytes(localAt, 30);
    ByteBuffer central = bytes(centralAt, 46);
    if (local.getInt() != LOCAL || central.getInt() != CENTRAL) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "has a gap at byte " + localAt);
    }
    int madeBy = u16(central);
    ByteBuffer same = local.slice(4, 24);
    ByteBuffer also = central.slice(6, 24); // needed, flag, method, time, date, crc, sizes, name
    for (int i = 0; i < 24; i++) {
      if (same.get(i) != also.get(i)) {
        throw refuse(PatchError.HEADER_MISMATCH, "has headers that differ at byte " + localAt);
      }
    }
    int needed = u16(local);
    int flag = u16(local);
    int method = u16(local);
    int time = u16(local);
    int date = u16(local);
    long crc = u32(local);
    long packed = u32(local);
    long size = u32(local);
    int nameLength = u16(local);
    int localExtra = u16(local);
    central.position(30);
    int centralExtra = u16(central);
    int comment = u16(central);
    int disk = u16(central);
    int internal = u16(central);
    long external = u32(central);
    long offset = u32(central);
    if ((flag & ENCRYPTION_FLAGS) != 0) {
      throw refuse(PatchError.ENCRYPTED, "is encrypted");
    }
    if (size == 0xffffffffL || packed == 0xffffffffL || offset == 0xffffffffL) {
      throw refuse(PatchError.ZIP64, "is zip64");
    }
    if (flag != UTF8_FLAG || method != 0 || packed != size) {
      throw refuse(PatchError.METHOD_OR_FLAG, "holds an entry that is not plainly stored");
    }
    if (offset != localAt) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "has a central header that points elsewhere");
    }
    if (comment != 0 || disk != 0 || internal != 0 || external != 0) {
      throw refuse(PatchError.COMMENT_OR_EXTRA, "has a comment or file attributes");
    }
    if (time != 0 || date != DATE || needed != 10 || madeBy != 20) {
      throw refuse(PatchError.HEADER_MISMATCH, "has a time stamp or version of another writer");
    }
    String name = name(bytes(localAt + 30, nameLength), bytes(centralAt + 46, nameLength));
    int alignment = alignment(bytes(localAt + 30 + nameLength, localExtra), false);
    if (alignment != alignment(bytes(centralAt + 46 + nameLength, centralExtra), true)) {
      throw refuse(PatchError.HEADER_MISMATCH, "has alignment fields that differ: " + name);
    }
    long at = localAt + 30 + nameLength + localExtra;
    if (alignment > 0 && at % alignment != 0) {
      throw refuse(PatchError.COMMENT_OR_EXTRA, "has an entry that is not aligned: " + name);
    }
    if (at + size > length) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "has an entry that ends beyond the file");
    }
    return new Entry(new Region(name, at, size, crc), centralAt + 46 + nameLength + centralExtra);
  }

  /** The alignment of an 0xa11e field, or 0 where there is none; anything else is refused. */
  private int alignment(ByteBuffer extra, boolean central) throws PatchFormatException {
    if (!extra.hasRemaining()) {
      return 0;
    }
    int field = extra.remaining() < 6 ? 0 : u16(extra);
    if (field == ZIP64_FIELD) {
      throw refuse(PatchError.ZIP64, "is zip64");
    }
    if (field != ALIGNMENT_FIELD || u16(extra) != extra.remaining()) {
      throw refuse(PatchError.COMMENT_OR_EXTRA, "has an extra field of another kind");
    }
    int alignment = u16(extra);
    boolean padded = central ? !extra.hasRemaining() : extra.remaining() < alignment;
    if (Integer.bitCount(alignment) != 1 || !padded) {
      throw refuse(PatchError.COMMENT_OR_EXTRA, "has a malformed alignment field");
    }
    while (extra.hasRemaining()) {
      if (extra.get() != 0) {
        throw refuse(PatchError.COMMENT_OR_EXTRA, "hides bytes in its padding");
      }
    }
    return alignment;
  }

  private String name(ByteBuffer local, ByteBuffer central) throws PatchFormatException {
    if (!local.equals(central)) {
      throw refuse(PatchError.HEADER_MISMATCH, "names an entry differently in its two headers");
    }
    String name = StandardCharsets.ISO_8859_1.decode(local).toString();
    String[] segments = name.split("/", -1);
    boolean good = segments.length <= 4;
    for (String segment : segments) {
      String stem = segment.split("\\.", 2)[0];
      good &= segment.matches(SEGMENT) && !RESERVED.contains(stem);
      good &= !segment.contains("..") && !segment.endsWith(".") && !stem.matches("(com|lpt)[0-9]");
    }
    if (!good) {
      throw refuse(PatchError.BAD_ENTRY_NAME, "has an entry with a name that is not allowed");
    }
    return name;
  }

  private ByteBuffer bytes(long at, int count) throws IOException {
    if (at < 0 || at + count > length) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "is cut off");
    }
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw refuse(PatchError.CHANGED_WHILE_READING, "became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static int u16(ByteBuffer buffer) {
    return buffer.getShort() & 0xffff;
  }

  private static long u32(ByteBuffer buffer) {
    return buffer.getInt() & 0xffffffffL;
  }

  private PatchFormatException refuse(PatchError error, String why) {
    return new PatchFormatException(error, where, why);
  }
}

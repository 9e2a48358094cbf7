package dev.forgetmenot.patch.archive;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
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
 * (Commons Compress accepts archives that break each of these.) An archive is zip64 in all of its
 * records or in none.
 */
public final class StrictZipReader {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int UTF8_FLAG = 0x0800;
  private static final int ENCRYPTION_FLAGS = 0x2041; // plain, strong, of the central directory
  private static final int ZIP64_LOCATOR = 0x07064b50;
  private static final int ZIP64_END = 0x06064b50;
  private static final int ZIP64_FIELD = 1;
  private static final short ZIP64_VERSION = 45;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int ZIP64_END_BYTES = 56;
  private static final long NO_ROOM = 0xffffffffL;
  private static final int DATE = 2 << 5 | 1; // 1980-02-01
  private static final int ALIGNMENT_FIELD = 0xa11e;
  public static final int ENTRIES = 64;
  private static final String SEGMENT = "[a-z0-9][a-z0-9._-]{0,95}";
  private static final Set<String> RESERVED = Set.of("con", "prn", "aux", "nul");

  /** Where the content of an entry lies. */
  public record Region(String name, long offset, long size, long crc) {}

  private final String where;
  private final FileChannel channel;
  private final long length;
  private boolean zip64;

  private StrictZipReader(String where, FileChannel channel, long length) {
    this.where = where;
    this.channel = channel;
    this.length = length;
  }

  /**
   * What an archive is.
   *
   * @param zip64 whether sizes and places are written in 64 bits: everywhere or nowhere
   * @param regions the entries in file order
   */
  record Tiles(boolean zip64, Map<String, Region> regions) {}

  static Tiles read(String where, FileChannel channel) throws IOException {
    StrictZipReader tiling = new StrictZipReader(where, channel, channel.size());
    Map<String, Region> regions = tiling.entries();
    return new Tiles(tiling.zip64, regions);
  }

  private Map<String, Region> entries() throws IOException {
    if (length < END_BYTES || bytes(0, 4).getInt() != LOCAL) {
      throw refuse(PatchError.NOT_A_ZIP, "is not a patch archive");
    }
    ByteBuffer end = bytes(length - END_BYTES, END_BYTES);
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
      throw refuse(PatchError.ZIP64, "is of several disks or of more entries than a patch has");
    }
    long locator = length - END_BYTES - LOCATOR_BYTES;
    zip64 = locator >= 0 && bytes(locator, 4).getInt() == ZIP64_LOCATOR;
    long centralEnd = length - END_BYTES;
    if (zip64) {
      centralEnd = locator - ZIP64_END_BYTES;
      ByteBuffer large = zip64End(locator, centralEnd, count);
      centralSize = same(large.getLong(), centralSize);
      centralAt = same(large.getLong(), centralAt);
    }
    if (count > ENTRIES) {
      throw refuse(PatchError.SIZE_LIMIT, "has " + count + " entries; at most " + ENTRIES);
    }
    if (centralAt < 0 || centralSize < 0 || centralAt != centralEnd - centralSize) {
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
    if (local != centralAt || central != centralEnd) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "has bytes that belong to no entry");
    }
    checkOrder(regions.keySet());
    return Collections.unmodifiableMap(regions);
  }

  /**
   * The two records that a zip64 archive has before its end record.
   *
   * @return size and place of the directory
   */
  private ByteBuffer zip64End(long locator, long at, int count) throws IOException {
    ByteBuffer end =
        ByteBuffer.allocate(ZIP64_END_BYTES - 16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(ZIP64_END)
            .putLong(ZIP64_END_BYTES - 12)
            .putShort(ZIP64_VERSION) // made by
            .putShort(ZIP64_VERSION) // needed
            .putInt(0) // this disk
            .putInt(0) // the disk of the directory
            .putLong(count)
            .putLong(count);
    ByteBuffer from =
        ByteBuffer.allocate(LOCATOR_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(ZIP64_LOCATOR)
            .putInt(0) // its disk
            .putLong(at)
            .putInt(1); // disks
    boolean good =
        bytes(at, end.limit()).equals(end.flip())
            && bytes(locator, LOCATOR_BYTES).equals(from.flip());
    if (!good) {
      throw refuse(PatchError.ZIP64, "has zip64 records of another writer than that of patches");
    }
    return bytes(at + end.limit(), 16);
  }

  /** A number in 64 bits, where the one in 32 bits is the same or says that there is no room. */
  private long same(long large, long small) throws PatchFormatException {
    if (small != Math.min(large, NO_ROOM)) {
      throw refuse(PatchError.ZIP64, "has zip64 records that differ from its end record");
    }
    return large;
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
    boolean elsewhere = size == NO_ROOM && packed == NO_ROOM && offset == NO_ROOM;
    if (elsewhere != zip64
        || (!zip64 && (size == NO_ROOM || packed == NO_ROOM || offset == NO_ROOM))) {
      throw refuse(PatchError.ZIP64, "is zip64 in some of its records and not in others");
    }
    if (flag != UTF8_FLAG || method != 0 || packed != size) {
      throw refuse(PatchError.METHOD_OR_FLAG, "holds an entry that is not plainly stored");
    }
    ByteBuffer localFields = bytes(localAt + 30 + nameLength, localExtra);
    ByteBuffer centralFields = bytes(centralAt + 46 + nameLength, centralExtra);
    if (zip64) {
      size = zip64Size(localFields, 16);
      if (size != zip64Size(centralFields, 28)) {
        throw refuse(PatchError.HEADER_MISMATCH, "has headers that differ at byte " + localAt);
      }
      offset = centralFields.getLong();
      if (centralFields.getInt() != 0) {
        throw refuse(PatchError.ZIP64, "is of several disks");
      }
    }
    if (offset != localAt) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "has a central header that points elsewhere");
    }
    if (comment != 0 || disk != 0 || internal != 0 || external != 0) {
      throw refuse(PatchError.COMMENT_OR_EXTRA, "has a comment or file attributes");
    }
    if (time != 0
        || date != DATE
        || needed != (zip64 ? ZIP64_VERSION : 10)
        || madeBy != (zip64 ? ZIP64_VERSION : 20)) {
      throw refuse(PatchError.HEADER_MISMATCH, "has a time stamp or version of another writer");
    }
    String name = name(bytes(localAt + 30, nameLength), bytes(centralAt + 46, nameLength));
    int alignment = alignment(localFields.slice().order(ByteOrder.LITTLE_ENDIAN), false);
    if (alignment != alignment(centralFields.slice().order(ByteOrder.LITTLE_ENDIAN), true)) {
      throw refuse(PatchError.HEADER_MISMATCH, "has alignment fields that differ: " + name);
    }
    long at = localAt + 30 + nameLength + localExtra;
    if (alignment > 0 && at % alignment != 0) {
      throw refuse(PatchError.COMMENT_OR_EXTRA, "has an entry that is not aligned: " + name);
    }
    if (size < 0 || size > length - at) {
      throw refuse(PatchError.GAP_OR_OVERLAP, "has an entry that ends beyond the file");
    }
    return new Entry(new Region(name, at, size, crc), centralAt + 46 + nameLength + centralExtra);
  }

  /**
   * The size of an entry in its zip64 field, which is the first.
   *
   * @param bytes how long the field is: two sizes, and in the central header offset and disk
   */
  private long zip64Size(ByteBuffer extra, int bytes) throws PatchFormatException {
    if (extra.remaining() < bytes + 4 || u16(extra) != ZIP64_FIELD || u16(extra) != bytes) {
      throw refuse(PatchError.ZIP64, "has a zip64 field of another writer than that of patches");
    }
    long size = extra.getLong();
    if (size != extra.getLong()) {
      throw refuse(PatchError.METHOD_OR_FLAG, "holds an entry that is not plainly stored");
    }
    return size;
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

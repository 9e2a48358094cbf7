package dev.forgetmenot.files;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is written beside its place: {@code .NAME.ID.part}, in which ID is a UUID. What a killed
 * process left is deleted when something is written to the same folder, once it is a day old: until
 * then it may belong to a process that is still writing.
 */
final class PartName {
  static final String PART = ".part";

  /** Long before it, no write goes on without changing a file. */
  static final Duration DEAD = Duration.ofDays(1);

  private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final Pattern ANY = Pattern.compile("\\..+\\." + ID + Pattern.quote(PART));

  /** Letters of a name that are kept: with the rest, no file system finds it too long. */
  private static final int SHOWN = 40;

  /** Links that are followed to a file that is not there yet; as many as Linux follows. */
  private static final int LINKS = 40;

  /** Looking through a folder once is enough for a process. */
  private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

  private PartName() {}

  /** A new name beside a target. */
  static Path beside(Path target) {
    String name = target.getFileName().toString();
    int shown = name.offsetByCodePoints(0, Math.min(SHOWN, name.codePointCount(0, name.length())));
    return target.resolveSibling("." + name.substring(0, shown) + "." + UUID.randomUUID() + PART);
  }

  /** What a name is followed by when its folder has been moved aside. */
  static Pattern aside(Path target, String ending) {
    return Pattern.compile(
        Pattern.quote("." + target.getFileName() + ".") + ID + Pattern.quote(ending));
  }

  /**
   * The place that is meant: links are followed, so that what they point to is written, and they
   * stay.
   */
  static Path real(Path target) throws IOException {
    Path absolute = target.toAbsolutePath();
    if (Files.exists(absolute)) {
      return absolute.toRealPath();
    }
    for (int i = 0; i < LINKS && Files.isSymbolicLink(absolute); i++) { // to what is not there yet
      absolute = absolute.resolveSibling(Files.readSymbolicLink(absolute)).normalize();
    }
    return absolute;
  }

  /** Gives a new file or folder the permissions of the one that it is going to replace. */
  static void likeOld(Path old, Path fresh) throws IOException {
    PosixFileAttributeView from = Files.getFileAttributeView(old, PosixFileAttributeView.class);
    PosixFileAttributeView to = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
    if (Files.exists(old) && from != null && to != null) {
      to.setPermissions(from.readAttributes().permissions());
    }
  }

  /** Deletes what killed processes left in a folder; never a reason to fail. */
  static void sweep(Path folder) {
    if (SWEPT.add(folder)) {
      sweep(folder, Instant.now().minus(DEAD));
    }
  }

  /**
   * The same.
   *
   * @param before what was changed later stays
   */
  static void sweep(Path folder, Instant before) {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            folder, entry -> ANY.matcher(String.valueOf(entry.getFileName())).matches())) {
      for (Path entry : entries) {
        if (changed(entry).isBefore(before)) {
          delete(entry);
        }
      }
    } catch (IOException | RuntimeException e) {
      // Someone else's, or gone by now: it is looked for again by the next process.
    }
  }

  /** When a file, or anything in a folder, was changed last. */
  private static Instant changed(Path entry) throws IOException {
    Instant last = Instant.MIN;
    try (Stream<Path> all = Files.walk(entry)) {
      for (Path one : (Iterable<Path>) all::iterator) {
        Instant time = Files.getLastModifiedTime(one, LinkOption.NOFOLLOW_LINKS).toInstant();
        last = time.isAfter(last) ? time : last;
      }
    }
    return last;
  }

  static void delete(Path entry) throws IOException {
    if (!Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> entries = Files.walk(entry)) {
      deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : deepestFirst) {
      try {
        Files.delete(one);
      } catch (DirectoryNotEmptyException e) {
        throw new IOException(entry + " is written to by another process", e);
      }
    }
  }
}

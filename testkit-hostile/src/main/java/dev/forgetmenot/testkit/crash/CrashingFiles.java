package dev.forgetmenot.testkit.crash;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files of the default file system; whatever changes one is a point of {@link WritePoints}. Code
 * under test gets a path from {@link #path} and never knows.
 *
 * <p>As on Windows, a file that is open cannot be deleted or replaced where {@link #likeWindows}
 * made them, and no file can be mapped: a map holds a file until Java collects it.
 */
public final class CrashingFiles extends FileSystemProvider {
  private final WritePoints points;
  private final boolean locking;
  private final Map<Path, Integer> open = new ConcurrentHashMap<>();
  private final FileSystem fileSystem = new CrashingFileSystem(this);

  /** Files that report to these points. */
  public CrashingFiles(WritePoints points) {
    this(points, false);
  }

  private CrashingFiles(WritePoints points, boolean locking) {
    this.points = points;
    this.locking = locking;
  }

  /** Files that are locked while they are open, and never mapped. */
  public static CrashingFiles likeWindows() {
    return new CrashingFiles(WritePoints.counting(), true);
  }

  private void refuseOpen(Path path) throws IOException {
    if (locking && open.containsKey(real(path).toAbsolutePath())) {
      throw new FileSystemException(
          path.toString(), null, "is open, and cannot be deleted or replaced on Windows");
    }
  }

  /** A path of the default file system, watched. */
  public Path path(Path real) {
    return new CrashingPath(this, real);
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  private static Path real(Path path) {
    return CrashingPath.unwrap(path);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    boolean writes =
        options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    if (writes) {
      points.reach();
    }
    FileChannel channel = FileChannel.open(real(path), options, attributes);
    if (locking) {
      Path file = real(path).toAbsolutePath();
      open.merge(file, 1, Integer::sum);
      Runnable closed = () -> open.computeIfPresent(file, (p, n) -> n == 1 ? null : n - 1);
      return new CrashingChannel(channel, points, closed, false);
    }
    return writes ? new CrashingChannel(channel, points, () -> {}, true) : channel;
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    points.reach();
    Files.createDirectory(real(path), attributes);
  }

  @Override
  public void delete(Path path) throws IOException {
    points.reach();
    refuseOpen(path);
    Files.delete(real(path));
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) throws IOException {
    points.reach();
    Files.copy(real(from), real(to), options);
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    points.reach();
    refuseOpen(from);
    refuseOpen(to);
    Files.move(real(from), real(to), options);
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    points.reach();
    Files.setAttribute(real(path), name, value, options);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(real(folder))) {
      for (Path entry : stream) {
        Path wrapped = path(entry);
        if (filter.accept(wrapped)) {
          entries.add(wrapped);
        }
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return entries.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return Files.isSameFile(real(one), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return Files.isHidden(real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return Files.getFileStore(real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real(path).getFileSystem().provider().checkAccess(real(path), modes);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return Files.getFileAttributeView(real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return Files.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    return Files.readAttributes(real(path), names, options);
  }

  @Override
  public String getScheme() {
    return "crash";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
    throw new UnsupportedOperationException("there is one for each set of points");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException("there is one for each set of points");
  }

  @Override
  public Path getPath(URI uri) {
    return path(Path.of(uri));
  }
}

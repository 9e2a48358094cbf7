package dev.forgetmenot.kit.train;

import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.kit.image.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What lies in a folder of training images, recognised by content: images, their masks, and the
 * rest. A name that promises an image counts as one, so that a broken file is refused and not left
 * out.
 *
 * @param images in the order of their names
 * @param masks by the stem of the image that each belongs to
 * @param unsupported names of images in formats that are not read, with the format
 * @param others names of what is no image: folders (with a slash after) and other files
 */
record TrainingFolder(
    List<Path> images, Map<String, Path> masks, List<String> unsupported, List<String> others) {
  private static final String MASK = ".mask";
  private static final int NAMED = 10;

  /** What file managers leave in folders; not worth a line. */
  private static final Set<String> LITTER = Set.of("thumbs.db", "desktop.ini", "__macosx");

  /**
   * Looks through a folder.
   *
   * @throws IOException if it is none, holds no image, or a mask belongs to no image
   */
  static TrainingFolder list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is not a folder; give the folder that holds the images");
    }
    List<Path> entries;
    try (Stream<Path> all = Files.list(folder)) {
      entries = all.sorted().toList();
    }
    TrainingFolder found =
        new TrainingFolder(
            new ArrayList<>(), new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
    for (Path entry : entries) {
      found.add(entry);
    }
    if (found.images.isEmpty()) {
      String rest = String.join("; ", found.report().stream().skip(1).toList());
      throw new IOException(
          folder
              + " holds no image: expected files of "
              + ImageFile.READABLE
              + (rest.isEmpty() ? "" : "; " + rest));
    }
    List<String> stems = found.images.stream().map(TrainingFolder::stem).toList();
    for (Map.Entry<String, Path> mask : found.masks.entrySet()) {
      if (!stems.contains(mask.getKey())) {
        throw new IOException(
            mask.getValue() + " is the mask of no image here: rename it or take it out");
      }
    }
    return found;
  }

  private void add(Path entry) throws IOException {
    String name = entry.getFileName().toString();
    if (name.startsWith(".") || LITTER.contains(name.toLowerCase(Locale.ROOT))) {
      return;
    }
    if (Files.isDirectory(entry)) {
      others.add(name + "/");
      return;
    }
    Optional<ImageFormat> format = ImageFormat.of(entry);
    if (format.isPresent() && !format.get().readable()) {
      unsupported.add(name + " (" + format.get().title() + ")");
    } else if (format.isEmpty() && !ImageFormat.promisedBy(entry)) {
      others.add(name);
    } else if (stem(entry).endsWith(MASK)) {
      String of = stem(entry).substring(0, stem(entry).length() - MASK.length());
      Path other = masks.put(of, entry);
      if (other != null) {
        throw new IOException(other + " and " + entry + " are masks of one image; keep one");
      }
    } else {
      images.add(entry);
    }
  }

  /** The name of a file without its ending. */
  static String stem(Path file) {
    String name = file.getFileName().toString();
    int point = name.lastIndexOf('.');
    return point <= 0 ? name : name.substring(0, point);
  }

  Optional<Path> mask(Path image) {
    return Optional.ofNullable(masks.get(stem(image)));
  }

  /** How many images there are, then a line for each kind of what is left out. */
  List<String> report() {
    List<String> lines = new ArrayList<>();
    lines.add(
        images.size()
            + (images.size() == 1 ? " image" : " images")
            + (masks.isEmpty() ? "" : ", " + masks.size() + " with a mask"));
    if (!unsupported.isEmpty()) {
      lines.add("left out, format not supported: " + named(unsupported) + "; save as JPEG or PNG");
    }
    if (!others.isEmpty()) {
      lines.add("left out, not an image: " + named(others));
    }
    return lines;
  }

  private static String named(List<String> names) {
    String some = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
    return names.size() <= NAMED ? some : some + " and " + (names.size() - NAMED) + " more";
  }
}

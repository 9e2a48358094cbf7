package dev.forgetmenot.patch;

import dev.forgetmenot.patch.archive.NewEntry;
import dev.forgetmenot.patch.archive.PatchArchive;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Patches whose entries are changed by who knows the format: a proper archive of wrong content. */
final class RewrittenPatch {
  private RewrittenPatch() {}

  /** Adds or replaces an entry. */
  static void with(Path file, String name, byte[] content) throws IOException {
    Map<String, byte[]> entries = entries(file);
    entries.put(name, content);
    write(file, entries);
  }

  static void without(Path file, String name) throws IOException {
    Map<String, byte[]> entries = entries(file);
    entries.remove(name);
    write(file, entries);
  }

  private static Map<String, byte[]> entries(Path file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (FileChannel channel = FileChannel.open(file)) {
      PatchArchive archive = new PatchArchive(file, channel);
      for (String name : archive.names()) {
        entries.put(name, archive.content(name, Integer.MAX_VALUE));
      }
    }
    return entries;
  }

  private static void write(Path file, Map<String, byte[]> entries) throws IOException {
    byte[] manifest = entries.remove("manifest.json");
    entries.remove("mimetype");
    Files.delete(file);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      List<NewEntry> files = new ArrayList<>();
      for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
        files.add(NewEntry.of(entry.getKey(), entry.getValue()));
      }
      PatchWriter.archive(channel, false, manifest, files);
    }
  }
}

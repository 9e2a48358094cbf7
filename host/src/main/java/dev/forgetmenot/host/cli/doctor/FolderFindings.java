package dev.forgetmenot.host.cli.doctor;

import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.model.InstallDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which folders are there, can be written to, and have how much space. */
record FolderFindings(Findings found) {
  /**
   * Adds them.
   *
   * @param cache of the engine
   * @param trust the file of trusted keys
   */
  void add(Path cache, Path trust) {
    add("output", Path.of("").toAbsolutePath());
    InstallDirectory.ifKnown()
        .ifPresent(
            home -> {
              add("plugins", home.folder("plugins"));
              add("patches", home.folder("patches"));
              add("models", home.folder("models"));
            });
    add("engineCache", cache);
    add("trust", trust.toAbsolutePath().getParent());
    add("temporary", Path.of(System.getProperty("java.io.tmpdir", "")));
  }

  private void add(String key, Path folder) {
    Path there = folder;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent(); // where it would be made
    }
    boolean exists = Files.isDirectory(folder);
    boolean writable = Files.isDirectory(there) && Files.isWritable(there);
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("path", folder.toString());
    value.put("exists", exists);
    value.put("writable", writable);
    Long free = free(there);
    value.put("freeBytes", free);
    String how =
        (exists ? "" : "not there, ")
            + (writable ? exists ? "can be written" : "can be made" : "cannot be written")
            + (free == null ? "" : ", " + ByteSizes.of(free) + " free");
    found.add("folders", key, value, folder + ": " + how);
  }

  private static Long free(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return null; // a network folder that does not say
    }
  }
}

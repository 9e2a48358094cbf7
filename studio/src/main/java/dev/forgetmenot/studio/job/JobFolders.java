package dev.forgetmenot.studio.job;

import com.google.gson.JsonObject;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.AtomicFolder;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A folder for each job, with {@code job.json} and the files that came with the request. Any
 * thread.
 *
 * @param root holds the folders, each named by the id of its job
 */
public record JobFolders(Path root) {
  private static final String FILE = "job.json";

  /** The folder of a job. */
  public Path folder(String id) {
    return root.resolve(id);
  }

  /** Writes a job in place of what its folder says. */
  void write(Job job) throws IOException {
    Path folder = Files.createDirectories(folder(job.id()));
    AtomicFile.write(folder.resolve(FILE), job.json().toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Removes a job with its files, such as the folder of a report. */
  void remove(String id) throws IOException {
    Path folder = folder(id);
    Files.deleteIfExists(folder.resolve(FILE)); // without it the folder is no job any more
    AtomicFolder.delete(folder);
  }

  /**
   * All jobs, the oldest first.
   *
   * @throws IOException if one cannot be read; the message names its folder
   */
  List<Job> all() throws IOException {
    List<Job> jobs = new ArrayList<>();
    Files.createDirectories(root);
    try (var folders = Files.list(root)) {
      for (Path folder : folders.sorted(Comparator.naturalOrder()).toList()) {
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
          jobs.add(read(file));
        }
      }
    }
    return jobs;
  }

  private static Job read(Path file) throws IOException {
    JsonObject json = JsonText.object(file);
    try {
      return Job.of(json);
    } catch (RuntimeException e) { // what Gson and the constructors make of another content
      throw new IOException(
          Message.of("%s does not hold a job (%s); remove its folder", file, e.getMessage()), e);
    }
  }
}

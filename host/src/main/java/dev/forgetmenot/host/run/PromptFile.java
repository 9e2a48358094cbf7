package dev.forgetmenot.host.run;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A text file of prompts, one a line, each as {@link SampleLine} reads it. Empty lines and lines
 * that begin with {@code #} are none.
 */
public final class PromptFile {
  private static final int MOST_TOGETHER = 32;

  private PromptFile() {}

  /**
   * What its lines ask for.
   *
   * @param usual the settings of a line that says nothing else
   * @throws IOException if the file cannot be read or has no prompt
   * @throws IllegalArgumentException if lines are wrong; the message names each
   */
  public static List<GenerationRequest> read(Path file, GenerationRequest usual)
      throws IOException {
    List<GenerationRequest> requests = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    List<String> lines = TextFile.lines(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        requests.add(SampleLine.of(line).request(usual));
      } catch (IllegalArgumentException e) {
        faults.add(file + " line " + (i + 1) + ": " + e.getMessage());
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    if (requests.isEmpty()) {
      throw new IOException(file + " has no prompt; expected one a line");
    }
    return requests;
  }

  /**
   * Requests that can be drawn at once: neighbours that differ in prompts and seed alone, of at
   * most 32 images.
   */
  public static List<List<GenerationRequest>> together(List<GenerationRequest> requests) {
    List<List<GenerationRequest>> groups = new ArrayList<>();
    for (GenerationRequest request : requests) {
      List<GenerationRequest> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
      boolean fits =
          !last.isEmpty()
              && alike(last.get(0), request)
              && (last.size() + 1) * request.count() <= MOST_TOGETHER;
      if (fits) {
        last.add(request);
      } else {
        groups.add(new ArrayList<>(List.of(request)));
      }
    }
    return groups;
  }

  private static boolean alike(GenerationRequest one, GenerationRequest other) {
    return other.toBuilder()
        .prompt(one.prompt())
        .negativePrompt(one.negativePrompt())
        .seed(one.seed())
        .build()
        .equals(one);
  }
}

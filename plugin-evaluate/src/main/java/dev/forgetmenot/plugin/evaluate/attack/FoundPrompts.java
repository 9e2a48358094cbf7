package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prompts that a search found, as a file that {@code fmn generate --prompts} draws: one a line with
 * its seed, in the order in which they were tried, the trial in a comment above them.
 */
final class FoundPrompts {
  private static final Pattern LINE = Pattern.compile("(.*) --d (\\d+)");
  private static final String HEAD = "# fmn generate --no-prompt-weights --prompts FILE\n";
  private static final String TRIAL = "# trial ";

  private FoundPrompts() {}

  /** A prompt and the seed that it was drawn with. */
  record Asked(String prompt, long seed) {}

  /**
   * Writes a file.
   *
   * @param trials by number what was asked in each
   */
  static void write(Path file, List<Integer> numbers, List<List<Asked>> trials) throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    for (int i = 0; i < numbers.size(); i++) {
      text.append(TRIAL).append(numbers.get(i)).append('\n');
      for (Asked asked : trials.get(i)) {
        text.append(Message.of("%s --d %s\n", asked.prompt(), Long.toString(asked.seed())));
      }
    }
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Reads what {@link #write} wrote: what was asked in each trial, in order. */
  static List<List<Asked>> read(Path file) throws IOException {
    List<List<Asked>> trials = new ArrayList<>();
    for (String line : TextFile.lines(file)) {
      Matcher prompt = LINE.matcher(line);
      if (line.startsWith("#")) {
        if (line.startsWith(TRIAL)) {
          trials.add(new ArrayList<>());
        }
      } else if (prompt.matches() && !trials.isEmpty()) {
        trials
            .get(trials.size() - 1)
            .add(new Asked(prompt.group(1), Long.parseLong(prompt.group(2))));
      } else {
        throw new IOException(
            Message.of(
                "%s: the line \"%s\" is no prompt with a seed (PROMPT --d SEED); delete the file,"
                    + " and the search is done again",
                file, line));
      }
    }
    return trials;
  }
}

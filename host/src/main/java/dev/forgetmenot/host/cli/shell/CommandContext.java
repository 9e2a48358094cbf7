package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.api.edit.JobContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What every command needs: a console to print on and a way to be stopped.
 *
 * @param console where to print
 * @param stopRequested whether the user wants to stop
 * @param arguments the words of the command line after {@code fmn}
 */
public record CommandContext(Console console, BooleanSupplier stopRequested, List<String> arguments)
    implements JobContext {
  /** Options that say what becomes of an earlier result: a command has one of them at most. */
  private static final Set<String> EARLIER = Set.of("--resume", "--overwrite");

  private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_./:=,@%+-]+");

  /** Copies the list. */
  public CommandContext {
    arguments = List.copyOf(arguments);
  }

  @Override
  public void unfinished(String kept, String option) {
    say(kept + "; this goes on: " + again(option));
  }

  /** The same command line with another of the options that say what becomes of a result. */
  private String again(String option) {
    List<String> words = new ArrayList<>(List.of("fmn"));
    arguments.stream().filter(word -> !EARLIER.contains(word)).forEach(words::add);
    words.add(option);
    return line(words);
  }

  /** Words as a shell reads them. */
  public static String line(List<String> words) {
    return words.stream().map(CommandContext::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  @Override
  public void progress(String stage, long done, long total) {
    console.progress(stage, done, total);
  }

  @Override
  public void say(String line) {
    console.say(line);
  }

  @Override
  public boolean cancelled() {
    return stopRequested.getAsBoolean();
  }
}

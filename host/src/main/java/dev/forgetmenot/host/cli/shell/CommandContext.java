package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.api.edit.JobContext;
import java.util.function.BooleanSupplier;

/**
 * What every command needs: a console to speak on and a way to be stopped.
 *
 * @param console where to speak
 * @param stopRequested whether the user wants to stop
 */
public record CommandContext(Console console, BooleanSupplier stopRequested) implements JobContext {
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

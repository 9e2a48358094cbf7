package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.keys.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of every command that signs. */
public final class KeyOption {
  @Option(
      names = "--key",
      required = true,
      paramLabel = "KEY",
      description = "The private key, as fmn patch keygen writes it.")
  private Path file;

  /**
   * Reads the key; a note says if others can read it too.
   *
   * @throws dev.forgetmenot.keys.KeyRefusedException if the file holds something else
   */
  public SigningKey read(Console console) throws IOException {
    SigningKey key = KeyFile.readPrivate(file);
    if (KeyFile.isOpenToOthers(file)) {
      console.note(
          "warning: others can read " + file + "; allow it to its owner alone (chmod 600)");
    }
    return key;
  }
}

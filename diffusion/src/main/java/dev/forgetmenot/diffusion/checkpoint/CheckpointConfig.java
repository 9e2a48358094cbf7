package dev.forgetmenot.diffusion.checkpoint;

import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.architecture.TextEncoderSlot;
import dev.forgetmenot.diffusion.config.TextEncoderConfig;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.config.VaeConfig;
import dev.forgetmenot.diffusion.schedule.SchedulerConfigReader;
import dev.forgetmenot.diffusion.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a folder beside a checkpoint says of it: for {@code NAME.safetensors} it is {@code
 * NAME.config}, and holds whatever of a diffusers folder's small files the tensors do not tell.
 *
 * @param folder which need not be there
 */
public record CheckpointConfig(Path folder) {
  private static final String EXTENSION = ".safetensors";

  @FunctionalInterface
  private interface Reader<T> {
    T read(Path folder) throws IOException;
  }

  /** The settings of a checkpoint. */
  public static CheckpointConfig beside(Path checkpoint) {
    return new CheckpointConfig(checkpoint.resolveSibling(folderOf(checkpoint)));
  }

  /** The name of the folder that belongs to a checkpoint. */
  static String folderOf(Path checkpoint) {
    String name = String.valueOf(checkpoint.getFileName());
    return (name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name)
        + ".config";
  }

  Optional<UNetConfig> unet() throws IOException {
    return read("unet", "config.json", UNetConfig::read);
  }

  Optional<VaeConfig> vae() throws IOException {
    return read("vae", "config.json", VaeConfig::read);
  }

  Optional<TextEncoderConfig> textEncoder(TextEncoderSlot slot) throws IOException {
    return read(slot.component(), "config.json", slot::read);
  }

  Optional<SchedulerConfig> scheduler() throws IOException {
    return read("scheduler", "scheduler_config.json", SchedulerConfigReader::read);
  }

  Optional<TokenizerFiles> tokenizer(TextEncoderSlot slot) {
    Path tokenizer = folder.resolve(slot.tokenizer());
    return Files.isDirectory(tokenizer)
        ? Optional.of(TokenizerFiles.of(tokenizer))
        : Optional.empty();
  }

  private <T> Optional<T> read(String component, String file, Reader<T> reader) throws IOException {
    Path where = folder.resolve(component);
    return Files.isRegularFile(where.resolve(file))
        ? Optional.of(reader.read(where))
        : Optional.empty();
  }
}

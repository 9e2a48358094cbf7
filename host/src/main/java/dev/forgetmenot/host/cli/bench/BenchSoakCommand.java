package dev.forgetmenot.host.cli.bench;

import dev.forgetmenot.host.bench.SoakFiles;
import dev.forgetmenot.host.bench.SoakJob;
import dev.forgetmenot.host.bench.SoakSample;
import dev.forgetmenot.host.bench.SoakVerdict;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fmn bench soak}: whether memory, arrays and speed stay as they are in long work. */
@Command(
    name = "soak",
    description = {
      "Draw images and forget concepts in one process for long, and say whether memory, open",
      "arrays and speed stayed as they were after warm-up; docs/performance.md has the rule.",
      "Ends with 1 if something has grown."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BenchSoakCommand extends ContextCommand {
  private static final long LIKELY_BYTES = 16L << 20;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Images to draw (default: ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--forgettings",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Forgettings between them, solved and trained in turn (default: ${DEFAULT-VALUE}).")
  private int forgettings;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "4",
      description = "Steps of the sampler for each image (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "40",
      description = "How often memory, arrays and speed are read (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "bench",
      description = "Where soak.csv and soak.png go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private ModelOptions options;

  BenchSoakCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    requirePositive("--steps", steps);
    if (forgettings < 0) {
      throw new IllegalArgumentException("--forgettings should be 0 or more, not " + forgettings);
    }
    if (samples < SoakVerdict.FEWEST || images < samples) {
      throw new IllegalArgumentException(
          "--samples should be at least "
              + SoakVerdict.FEWEST
              + " and at most as many as --images, not "
              + samples);
    }
    Path folder = OutputFolder.prepare(output, LIKELY_BYTES).folder();
    try (HostPluginManager plugins = options.plugins().start(context.console());
        NamedModel hosted = options.loader(plugins).load(List.of())) {
      List<SoakSample> taken =
          new SoakJob(hosted, plugins, folder, context).run(images, forgettings, steps, samples);
      SoakFiles files = new SoakFiles(folder);
      files.write(taken);
      files.files().forEach(file -> context.say("wrote " + file));
      SoakVerdict verdict = SoakVerdict.of(taken);
      verdict.lines().forEach(context::say);
      return verdict.flat() ? ExitCodes.DONE : ExitCodes.FAILED;
    }
  }

  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          option + " is too small: give it a larger number than it has now");
    }
  }
}

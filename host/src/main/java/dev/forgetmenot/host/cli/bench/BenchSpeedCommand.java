package dev.forgetmenot.host.cli.bench;

import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.bench.SpeedFiles;
import dev.forgetmenot.host.bench.SpeedJob;
import dev.forgetmenot.host.bench.SpeedRow;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code fmn bench speed}: how long it takes to load, draw and edit, and how much faster it could
 * be.
 */
@Command(
    name = "speed",
    description = {
      "Measure loading, sampling, forgetting and patches in every precision that this processor",
      "is made for, beside the processor's own limit; docs/performance.md explains the rows.",
      "With the model that comes with the program it takes one to two minutes."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BenchSpeedCommand extends ContextCommand {
  private static final long LIKELY_BYTES = 16L << 20;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description =
          "What to measure: ${COMPLETION-CANDIDATES}; several with commas (default: all).")
  private Set<SpeedJob.Part> parts = EnumSet.allOf(SpeedJob.Part.class);

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      split = ",",
      description = "What networks compute in; several with commas (default: all that suit).")
  private List<ComputePrecision> precisions;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "How often everything is measured; precisions take turns (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "8",
      description = "Images of a batch (default: ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Steps of the sampler (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--training-steps",
      paramLabel = "N",
      defaultValue = "6",
      description = "Steps of the training; all but the first count (default: ${DEFAULT-VALUE}).")
  private int trainingSteps;

  @Option(
      names = "--training",
      paramLabel = "KEY=VALUE",
      description = "Another setting of the training, such as trainable=unet; repeatable.")
  private Map<String, String> training = Map.of();

  @Option(
      names = "--side",
      paramLabel = "PIXELS",
      description = "Height and width of the images (default: the model's).")
  private Integer side;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "bench",
      description = "Where speed.csv and speed.png go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private ModelOptions options;

  BenchSpeedCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    BenchSoakCommand.requirePositive("--rounds", rounds);
    BenchSoakCommand.requirePositive("--images", images);
    BenchSoakCommand.requirePositive("--steps", steps);
    BenchSoakCommand.requirePositive("--training-steps", trainingSteps - 1);
    OptionalInt pixels = side == null ? OptionalInt.empty() : OptionalInt.of(side);
    Path folder = OutputFolder.prepare(output, LIKELY_BYTES).folder();
    try (HostPluginManager plugins = options.plugins().start(context.console())) {
      ModelLoader loader = options.loader(plugins);
      List<ComputePrecision> chosen =
          precisions == null ? ComputePrecision.suiting(options.device()) : precisions;
      SpeedJob.Options what =
          new SpeedJob.Options(
              parts, chosen, rounds, images, steps, trainingSteps, training, pixels, pixels);
      List<SpeedRow> rows = new SpeedJob(loader, what, folder, context).run();
      context.say(SpeedRow.head());
      rows.forEach(row -> context.say(row.line()));
      SpeedFiles files = new SpeedFiles(folder);
      files.write(rows, Message.of("%s, %s", loader.name(), options.device()));
      files.files().forEach(file -> context.say("wrote " + file));
    }
    return ExitCodes.DONE;
  }
}

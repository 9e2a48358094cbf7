package dev.forgetmenot.host.cli.models;

import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ReadingArguments;
import dev.forgetmenot.host.cli.shell.ThreadOptions;
import dev.forgetmenot.patching.base.BaseComparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn models identify}: what a model is, and how near it is to another. */
@Command(
    name = "identify",
    description = {
      "Say what a model is: its kind, the roots that patches are bound by, its tokenizer; "
          + "and how near it is to another model.",
      "All of both models is read; no engine is started."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Levels, nearest first:",
      "  exact              the same bytes, in whatever files",
      "  same-values        the same rounded to half precision: an fp32 model and its fp16 copy",
      "  same-text-encoder  text encoder and tokenizer agree; the UNet has the same shapes",
      "  same-architecture  the same names and shapes; the distance is shown by block",
      "  mismatch           other names or shapes"
    })
final class ModelsIdentifyCommand extends ContextCommand {
  @Parameters(
      paramLabel = "MODEL",
      description = "A folder in diffusers' layout, or a safetensors file with a whole model.")
  private Path path;

  @Option(names = "--against", paramLabel = "MODEL", description = "Compare with this model too.")
  private Path against;

  @Option(
      names = "--against-variant",
      paramLabel = "NAME",
      description = "Which weights of that model, where they are not those of --variant.")
  private String againstVariant;

  @Mixin private ReadingArguments reading;

  @Mixin ThreadOptions threads; // for picocli alone

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ModelsIdentifyCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(path, reading.options())) {
      IdentityReport report = IdentityReport.of(model);
      if (against == null) {
        say(report);
      } else {
        try (ModelOnDisk other = ModelOnDisk.open(against, otherReading())) {
          say(report.with(BaseComparison.of(model.base(), other.base()), other.base().label()));
        }
      }
    }
    return ExitCodes.DONE;
  }

  /** The other model is read as its files say, but for the variant. */
  private ReadingOptions otherReading() {
    return ReadingOptions.DEFAULT.ofVariant(
        Optional.ofNullable(againstVariant).or(reading.options()::variant));
  }

  private void say(IdentityReport report) {
    if (json) {
      context.console().sayText(report.json());
    } else {
      report.lines().forEach(context::say);
    }
  }
}

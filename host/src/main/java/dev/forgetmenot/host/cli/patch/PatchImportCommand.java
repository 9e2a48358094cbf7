package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.edit.WrittenPatch;
import dev.forgetmenot.host.interop.ImportJob;
import dev.forgetmenot.host.interop.ImportRequest;
import dev.forgetmenot.patch.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fmn patch import}: another tool's file becomes a patch. */
@Command(
    name = "import",
    description = {
      "Make a patch of another tool's file: a LoRA, learned tokens (textual inversion), or "
          + "weights that stand in the place of the base's (ESD, UCE).",
      "All of the file is imported, or nothing.",
      "A change larger than half of its weight is imported too; where the patch is applied it "
          + "needs --force-patches (FMN-308)."
    },
    mixinStandardHelpOptions = true)
final class PatchImportCommand extends FileCommand {
  private static final Pattern RANGE =
      Pattern.compile("(-?\\d{1,6}(?:\\.\\d{1,6})?):(-?\\d{1,6}(?:\\.\\d{1,6})?)");

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A .safetensors file.")
  private Path file;

  @Mixin private BaseOptions base;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The .fmnpatch file to write.")
  private Path patch;

  @Mixin private OverwriteOption overwrite;
  @Mixin private NamingOptions naming;
  @Mixin private FormOptions form;

  @Option(
      names = "--keep-metadata",
      description =
          "Take over what the file says of its training, which can name people and images "
              + "(default: leave it out).")
  private boolean keepMetadata;

  @Option(
      names = "--token",
      paramLabel = "NAME|OLD=NAME",
      description =
          "What prompts call a learned token (default: as the file calls it); repeatable where the "
              + "file holds several.")
  private List<String> tokens = new ArrayList<>();

  @Option(
      names = "--strength-range",
      paramLabel = "MIN:MAX",
      description = "The strengths at which the patch may be applied (default: -100:100).")
  private String strengths;

  PatchImportCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    overwrite.check(patch);
    ImportRequest order =
        new ImportRequest(
            file,
            base.path(),
            base.reading(),
            patch,
            naming.naming(),
            form.form(),
            tokens,
            Optional.ofNullable(strengths).map(this::range),
            keepMetadata);
    say(ImportJob.run(order, context), context);
    return ExitCodes.DONE;
  }

  private Manifest.Strength range(String text) {
    Matcher matcher = RANGE.matcher(text);
    if (matcher.matches()) {
      double min = Double.parseDouble(matcher.group(1));
      double max = Double.parseDouble(matcher.group(2));
      if (min <= 1 && max >= 1) {
        return new Manifest.Strength(1, min, max);
      }
    }
    throw new ParameterException(
        spec.commandLine(),
        "--strength-range is MIN:MAX with 1 between them, such as -5:8, not '" + text + "'");
  }

  static void say(WrittenPatch written, CommandContext context) {
    context.say("wrote " + written.file() + ", " + ByteSizes.of(written.size()));
    context.say("patch " + written.id());
  }
}

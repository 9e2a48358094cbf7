package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.invert.InversionJob;
import dev.forgetmenot.host.invert.InversionRequest;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import dev.forgetmenot.patching.library.StackRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fmn invert}: tokens that say what images show. */
@Command(
    name = "invert",
    description = {
      "Turn images of a concept into new tokens of prompts (textual inversion).",
      "A grey image NAME.mask.png beside NAME.png says what counts in it."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  fmn invert photos --kind identity -o someone",
      "  fmn generate \"a photo of <s1><s2><s3><s4>\" \\",
      "      --embedding someone/learned_embeds.safetensors"
    })
final class InvertCommand extends ContextCommand {
  private final SettingOptions parameters =
      new SettingOptions("the inversion", TextualInversionSettings.parameters());

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FOLDER", description = "The folder with the images.")
  private Path images;

  @Option(
      names = "--kind",
      paramLabel = "identity|object|style",
      defaultValue = "object",
      description = "What the concept is (default: ${DEFAULT-VALUE}).")
  private String kind;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "inversion",
      description = "Where the results go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Option(
      names = "--format",
      paramLabel = "original|diffusers|a1111|sdxl",
      defaultValue = "original",
      description =
          "The form of the final file: a tensor for each token, or all as one token of several"
              + " vectors as the others ask (default: ${DEFAULT-VALUE}).")
  private EmbeddingsFormat format;

  @Option(
      names = "--token-name",
      paramLabel = "NAME",
      defaultValue = "<s>",
      description = "The one token's name where the format has one (default: ${DEFAULT-VALUE}).")
  private String tokenName;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "After every N steps write step_inv_N.safetensors, and images that the model draws with"
              + " the tokens as step_inv_N.png (default: do not).")
  private int saveEvery;

  @Option(
      names = "--previews",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many of these images (default: ${DEFAULT-VALUE}).")
  private int previews;

  @Option(
      names = "--tokens-patch",
      paramLabel = "FILE",
      description = "Also write the tokens as a patch.")
  private Path tokensPatch;

  @Option(names = "--resume", description = "Go on with what was stopped in the output folder.")
  private boolean resume;

  @Option(
      names = "--dry-run",
      description = "Say what it would take and try what can be tried; write nothing.")
  private boolean dryRun;

  @Mixin private OverwriteOption overwrite;

  @Mixin private PatchOptions patchOptions;

  @Mixin private ModelOptions options;

  private InvertCommand(CommandContext context) {
    super(context);
  }

  static CommandSpec spec(CommandContext context) {
    InvertCommand command = new InvertCommand(context);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command);
    command.parameters.addTo(spec);
    return spec;
  }

  @Override
  public Integer call() throws IOException {
    InversionRequest order =
        new InversionRequest(
            images,
            ConceptType.of(kind),
            parameters.values(spec.commandLine().getParseResult(), context.console()),
            output,
            new InversionRequest.Saving(saveEvery, previews),
            new InversionRequest.Form(format, tokenName),
            Optional.ofNullable(tokensPatch),
            resume);
    boolean stopped = Files.exists(order.checkpoint()); // the job says what to do then
    if (!resume && !dryRun && !stopped) {
      overwrite.check(order.files());
    }
    run(order);
    return ExitCodes.DONE;
  }

  private void say(InversionJob.Result result) {
    result.patch().ifPresent(patch -> context.say("wrote " + patch.file()));
    context.say("wrote " + result.file());
    context.say("try it: fmn generate \"" + result.prompt() + "\" --embedding " + result.file());
  }

  private void run(InversionRequest order) throws IOException {
    Optional<StackRecipe> recipe = patchOptions.recipe();
    try (PatchSet patches = patchOptions.open(context.console(), options.folder(), recipe);
        HostPluginManager plugins = options.plugins().start(context.console());
        NamedModel model = options.loader(plugins).load(patches.requests())) {
      model.model().notes().forEach(context.console()::note);
      model.model().patchDescriptions().forEach(context::say);
      if (recipe.isPresent()) {
        context.say(
            model
                .model()
                .engine()
                .call(() -> recipe.get().check(model.model(), patches.requests())));
      }
      InversionJob job = new InversionJob(context);
      if (dryRun) {
        job.estimate(model, order).forEach(context::say);
      } else {
        say(job.run(model, order));
      }
    }
  }
}

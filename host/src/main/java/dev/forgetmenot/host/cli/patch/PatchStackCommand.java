package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchRequest.Allowance;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.PatchTrustOptions;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.library.StackRecipe;
import dev.forgetmenot.patching.stack.ConflictReport;
import dev.forgetmenot.patching.stack.Conflicts;
import dev.forgetmenot.patching.stack.Drift;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.stack.StackProof;
import dev.forgetmenot.patching.trust.TrustState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fmn patch stack}: what several patches do together. */
@Command(
    name = "stack",
    description =
        "Say what patches do together, or prove on the running model that their order does "
            + "not matter and that the base comes back when they are taken off.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  fmn patch stack a.fmnpatch b.fmnpatch:0.5 -o mine.fmnstack",
      "  fmn patch stack mine.fmnstack --prove"
    })
final class PatchStackCommand extends ContextCommand {
  @Mixin private StackArguments patches;

  @Option(
      names = "--prove",
      description =
          "Put the patches on the model in several orders and take them off again, and "
              + "compare the SHA-256 of every live weight; the exit code is 1 if one differs.")
  private boolean prove;

  @Option(
      names = "--orders",
      paramLabel = "N",
      defaultValue = "24",
      description = "At most so many orders (default: ${DEFAULT-VALUE}, all of up to 4 patches).")
  private int orders;

  @Option(
      names = "--weights",
      description = "With --prove, also print the SHA-256 of every weight that changes.")
  private boolean weights;

  @Option(
      names = "--drift-budget",
      paramLabel = "X",
      description =
          "Fail (FMN-605) if a block moves by more than X times its weights (default: warn "
              + "above 0.5, or above 32 where only text is read).")
  private Double budget;

  @Option(
      names = "--force-patches",
      description = "Also take patches that are refused with FMN-308 or FMN-604.")
  private boolean force;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the stack down as a .fmnstack recipe.")
  private Path output;

  @Mixin private PatchTrustOptions trust;

  @Mixin private OverwriteOption overwrite;

  @Mixin private ModelOptions options;

  PatchStackCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    if (output != null) {
      overwrite.check(output);
    }
    if (orders < 1) {
      throw new IllegalArgumentException("--orders should be 1 or more, not " + orders);
    }
    Path folder = options.folder();
    List<PatchRequest> requests =
        patches.requests(folder).stream()
            .map(
                request ->
                    force
                        ? request.allow(Allowance.LARGE_CHANGES, Allowance.ILL_CONDITIONED)
                        : request)
            .toList();
    try (PatchSet open = PatchSet.open(requests)) {
      look(folder, open.requests());
      sayStated();
      return prove ? prove(open.requests()) : ExitCodes.DONE;
    }
  }

  /** What others state of the recipes that were named. */
  private void sayStated() throws IOException {
    for (Path recipe : patches.recipes()) {
      TrustState records = trust.trust(context.console()).store().read();
      StatementReport.of(records, recipe, Sha256.hex(recipe), List.of())
          .lines()
          .forEach(context::say);
    }
  }

  private void look(Path folder, List<PatchRequest> requests) throws IOException {
    try (ModelOnDisk model = ModelOnDisk.open(folder, options.reading());
        PatchStack stack = PatchStack.open(requests)) {
      Drift drift = Drift.of(stack.on(model.base()).weights());
      if (budget != null) {
        drift.check(budget, "the stack");
      }
      if (!prove) {
        summary(Conflicts.of(stack, model.base()));
      }
      drift.warnings().forEach(context::say);
      if (output != null) {
        StackRecipe.write(output, requests, model.base());
        context.say("wrote " + output);
      }
    }
  }

  private void summary(ConflictReport report) {
    ConflictTable table = new ConflictTable(report);
    table.patches().forEach(context::say);
    table.systems().forEach(context::say);
    table.drift().forEach(context::say);
    report.pairs().stream()
        .filter(pair -> pair.whole().isPresent())
        .max(Comparator.comparingDouble(pair -> Math.abs(pair.whole().orElseThrow().cosine())))
        .ifPresent(
            pair ->
                context.say(
                    Message.of(
                        "%s and %s have most in common: cosine %.3f; 'fmn patch conflicts' says"
                            + " more",
                        ConflictTable.name(pair.first()),
                        ConflictTable.name(pair.second()),
                        pair.whole().orElseThrow().cosine())));
  }

  private int prove(List<PatchRequest> requests) throws IOException {
    try (PatchSet verified = trust.trust(context.console()).open(requests);
        HostPluginManager plugins = options.plugins().start(context.console());
        NamedModel hosted = options.loader(plugins).load(List.of())) {
      StackProof.Result result =
          hosted
              .model()
              .engine()
              .call(
                  () ->
                      new StackProof(hosted.model(), this::proving)
                          .run(verified.requests(), orders));
      new ProofTable(requests, result, weights).lines().forEach(context::say);
      return result.holds() ? ExitCodes.DONE : ExitCodes.FAILED;
    }
  }

  private void proving(int step, int of) {
    context.progress("proving", step, of);
    context.checkCancelled();
  }
}

package dev.forgetmenot.oci;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.cli.patch.SignatureReport;
import dev.forgetmenot.host.cli.patch.StatementReport;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import dev.forgetmenot.host.cli.shell.TrustOptions;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.trust.SignedPatch;
import dev.forgetmenot.patching.trust.TrustDecision;
import dev.forgetmenot.patching.trust.TrustState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch pull}: a patch comes out of a registry. */
@Command(
    name = "pull",
    description = {
      "Get a patch from an OCI registry, by tag or digest; without either by the tag latest.",
      "It is checked as every patch before it is in its place. Then it is said who signed it;"
          + " whether you trust that is asked by the commands that use it."
    },
    mixinStandardHelpOptions = true)
final class PullCommand extends ContextCommand {
  /** A patch is one file of less than 16 GiB. */
  private static final long LARGEST = 16L << 30;

  @Parameters(
      paramLabel = "REGISTRY/NAME[:TAG|@DIGEST]",
      description = "Which, such as ghcr.io/team/patches:1.0.")
  private String source;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The .fmnpatch file to write.")
  private Path output;

  @Mixin private OverwriteOption overwrite;
  @Mixin private RegistryOptions options;
  @Mixin private TrustOptions trust;

  PullCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Reference reference = Reference.parse(source);
    Path folder = folder();
    TrustState records = trust.store().read();
    Registry registry = options.registry(reference, "pull", context);
    byte[] manifest = registry.manifest(reference);
    Reference exact = reference.at(Descriptor.of("", manifest).digest());
    Descriptor layer = ArtifactManifest.read(reference.toString(), manifest);
    checkSize(layer, exact, folder);
    List<byte[]> statements = new ArrayList<>();
    for (Descriptor one : ArtifactManifest.statements(reference.toString(), manifest)) {
      statements.add(registry.get(one));
    }
    AtomicFile.write(
        output, channel -> registry.get(layer, channel), written -> check(written, exact));
    context.say("pulled " + exact);
    try (PatchFile patch = PatchFile.open(output)) {
      SignedPatch signed = SignedPatch.of(patch, List.of());
      for (byte[] bytes : statements) {
        keep(bytes, patch.id(), exact, records);
      }
      SignatureReport.title(patch).forEach(context::say);
      new SignatureReport(records, signed).lines().forEach(context::say);
      StatementReport.of(records, signed.path(), signed.id(), List.of())
          .lines()
          .forEach(context::say);
      TrustDecision verdict = TrustDecision.of(records, signed);
      verdict
          .failure()
          .ifPresentOrElse(
              failure -> context.console().note("not trusted: " + failure.getMessage()),
              () ->
                  context.say(
                      "good: by " + verdict.signer().orElseThrow().label() + ", whom you trust"));
    }
    context.say("wrote " + output);
    return ExitCodes.DONE;
  }

  /** Puts a statement beside the patch, by the name of its key; a wrong one is left out. */
  private void keep(byte[] bytes, String id, Reference exact, TrustState records)
      throws IOException {
    try {
      SignedStatement statement =
          SignedStatement.read(exact.toString(), bytes, records.knownKeys());
      if (statement.statement().about(id).isEmpty()) {
        context.console().note("a statement in " + exact + " is of another patch: left out");
        return;
      }
      Path file = SignedStatement.fileOf(output, statement.signers().get(0));
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !overwrite.isGiven()) {
        context.console().note(file + " was there already and stays");
        return;
      }
      AtomicFile.write(file, bytes);
      context.say("wrote " + file);
    } catch (PatchFormatException e) {
      context.console().note("a statement is left out: " + e.getMessage());
    }
  }

  /** The folder of the file, after a look at both. */
  private Path folder() throws IOException {
    overwrite.check(output);
    Path folder = output.toAbsolutePath().getParent();
    if (Files.isDirectory(output) || folder == null || !Files.isDirectory(folder)) {
      throw new IOException(
          output + " cannot be written: expected is a file in a folder that is there");
    }
    return folder;
  }

  private static void checkSize(Descriptor layer, Reference exact, Path folder) throws IOException {
    if (layer.size() > LARGEST) {
      throw new RemoteFailure(
          Message.of(
              "%s has %s, and a patch has at most %s: it is not pulled",
              exact, ByteSizes.of(layer.size()), ByteSizes.of(LARGEST)));
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (layer.size() > free) {
      throw new IOException(
          Message.of(
              "not enough space in %s: %s has %s, and %s are free",
              folder, exact, ByteSizes.of(layer.size()), ByteSizes.of(free)));
    }
  }

  /** The strict reader, which names what was pulled and not a temporary file. */
  private static void check(Path written, Reference exact) throws IOException {
    try {
      PatchFile.open(written).close();
    } catch (PatchFormatException e) {
      throw new PatchFormatException(e.error(), exact.toString(), e.why());
    }
  }
}

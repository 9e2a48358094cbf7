package dev.forgetmenot.oci;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchSigner;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fmn patch push}: a patch goes into a registry. */
@Command(
    name = "push",
    description = {
      "Put a patch into an OCI registry, under a tag; an older one of that tag is replaced.",
      "The same patch has the same digest everywhere. Signatures in the file and statements of fmn"
          + " attest beside it go with it, signatures in FILE.sig do not."
    },
    mixinStandardHelpOptions = true)
final class PushCommand extends ContextCommand {
  @Parameters(index = "0", paramLabel = "FILE", description = "A .fmnpatch file.")
  private Path file;

  @Parameters(
      index = "1",
      paramLabel = "REGISTRY/NAME:TAG",
      description = "Where, such as ghcr.io/team/patches:1.0.")
  private String target;

  @Mixin private RegistryOptions options;

  PushCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Reference reference = Reference.parse(target);
    if (reference.tag().isEmpty()) {
      throw new IllegalArgumentException(
          "'" + target + "' has no tag, and a patch is pushed under one: add it, such as :1.0");
    }
    byte[] manifest;
    Descriptor layer;
    String name;
    SortedMap<String, byte[]> statements;
    try (PatchFile patch = PatchFile.open(file)) {
      Manifest said = patch.manifest();
      layer = ArtifactManifest.layer(Sha256.hex(file), patch.size());
      statements = statements(patch.id());
      SortedMap<String, Descriptor> described = new TreeMap<>();
      statements.forEach((end, bytes) -> described.put(end, ArtifactManifest.statement(bytes)));
      manifest = ArtifactManifest.write(said, patch.id(), layer, described);
      name = said.name() + " " + said.patchVersion();
      if (patch.signatures().isEmpty()) {
        context.console().note("this patch is not signed; fmn patch sign does that, before a push");
      }
    }
    if (Files.exists(PatchSigner.detachedOf(file))) {
      context
          .console()
          .note(
              "the signatures in "
                  + PatchSigner.detachedOf(file)
                  + " stay here; fmn patch sign without --detached puts one into the file");
    }
    Registry registry = options.registry(reference, "pull,push", context);
    registry.put(ArtifactManifest.CONFIG, BodyPublishers.ofByteArray(ArtifactManifest.EMPTY));
    AtomicLong gone = new AtomicLong();
    boolean sent =
        registry.put(
            layer,
            new CountedBody(
                BodyPublishers.ofFile(file),
                part -> context.progress("uploading", gone.addAndGet(part), layer.size())));
    for (byte[] bytes : statements.values()) {
      registry.put(ArtifactManifest.statement(bytes), BodyPublishers.ofByteArray(bytes));
    }
    registry.putManifest(reference.tag(), manifest);
    context.say(
        Message.of(
            "pushed %s (%s%s) as %s",
            name, ByteSizes.of(layer.size()), sent ? "" : ", was there", reference));
    if (!statements.isEmpty()) {
      context.say("with the statements " + String.join(", ", statements.keySet()));
    }
    context.say("digest " + reference.at(Descriptor.of("", manifest).digest()));
    return ExitCodes.DONE;
  }

  /** Those beside the file that speak of it, by the ends of their names. */
  private SortedMap<String, byte[]> statements(String id) throws IOException {
    SortedMap<String, byte[]> all = new TreeMap<>();
    int length = file.getFileName().toString().length();
    for (Path beside : SignedStatement.beside(file)) {
      byte[] bytes = SignedStatement.bytes(beside);
      String why = "there are more than " + ArtifactManifest.STATEMENTS;
      try {
        boolean ours =
            SignedStatement.read(beside.toString(), bytes, List.of())
                .statement()
                .about(id)
                .isPresent();
        if (ours && all.size() < ArtifactManifest.STATEMENTS) {
          all.put(beside.getFileName().toString().substring(length), bytes);
          continue;
        }
        why = ours ? why : "it speaks of another patch";
      } catch (PatchFormatException e) {
        why = e.getMessage();
      }
      context.console().note(beside + " stays here: " + why);
    }
    return all;
  }
}

package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.TrustOptions;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.trust.SignedPatch;
import dev.forgetmenot.patching.trust.TrustState;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.patching.trust.TrustedKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn patch trust}: whom the user trusts. */
@Command(
    name = "trust",
    description = {
      "Trust a key: a public key in a file, or the key that signed a patch.",
      "For a patch, patches of its name are bound to that key: one that is signed by "
          + "another is refused later. Without a file: say whom you trust."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrustCommand extends ContextCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "KEY|FILE",
      description = "A public key (PEM) or a .fmnpatch file.")
  private Path file;

  @Option(
      names = "--label",
      paramLabel = "TEXT",
      description = "What you call the owner of the key (default: the name of the file or patch).")
  private String label;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Option(
      names = "--signer",
      paramLabel = "KEYID",
      description = "Which key, where several have signed the patch.")
  private String signer;

  @Option(
      names = "--replace-pin",
      description = "Bind patches of this name to the key although they were another key's.")
  private boolean replacePin;

  @Option(
      names = "--unpin",
      paramLabel = "NAME",
      description = "Bind patches of a name to no key any more.")
  private String unpin;

  @Mixin private TrustOptions trust;

  TrustCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    TrustStore store = trust.store();
    if (unpin != null) {
      unpin(store);
    } else if (file == null) {
      new TrustReport(store.read()).lines().forEach(context::say);
    } else {
      trust(store, TrustSubject.read(file));
    }
    return ExitCodes.DONE;
  }

  private void unpin(TrustStore store) throws IOException {
    if (!store.read().pins().containsKey(unpin)) {
      throw new IllegalArgumentException(
          "patches called " + unpin + " are bound to no key; fmn patch trust lists those that are");
    }
    store.update(records -> records.unpin(unpin));
    context.say("patches called " + unpin + " are bound to no key any more");
  }

  private void trust(TrustStore store, TrustSubject subject) throws IOException {
    VerificationKey key = subject.key(Optional.ofNullable(signer));
    TrustState before = store.read();
    TrustedKey known = before.trusted(key.id()).orElse(null);
    String name = label != null ? label : known != null ? known.label() : subject.label();
    TrustedKey trusted =
        new TrustedKey(key, name, known == null ? TrustStore.now() : known.added(), false);
    before.with(trusted); // refuses a revoked one before anyone is asked
    Optional<SignedPatch> patch = subject.patch();
    if (patch.isPresent()) {
      checkPatch(before, patch.get(), key.id());
    }
    context.say(SignatureReport.line("key id", key.id()));
    context.say(SignatureReport.line("label", name));
    patch.ifPresent(
        of -> context.say(SignatureReport.line("patch", of.name() + ", id " + of.id())));
    confirm(name, patch);
    store.update(
        records -> {
          TrustState more = records.with(trusted);
          if (patch.isEmpty()) {
            return more;
          }
          checkPatch(records, patch.get(), key.id()); // another process may have changed it
          return isPinnedTo(records, patch.get(), key.id())
              ? more
              : more.pin(patch.get().name(), new TrustState.Pin(key.id(), TrustStore.now()));
        });
    context.say("trusted: " + name);
    patch.ifPresent(
        of -> context.say("patches called " + of.name() + " are bound to this key from now on"));
  }

  private void checkPatch(TrustState records, SignedPatch patch, String key)
      throws PatchFormatException {
    if (records.isRevoked(patch.id())) {
      throw new PatchFormatException(
          PatchError.REVOKED, patch.path().toString(), "you revoked this patch, " + patch.id());
    }
    TrustState.Pin pin = records.pins().get(patch.name());
    if (pin != null && !pin.keyId().equals(key) && !replacePin) {
      throw new PatchFormatException(
          PatchError.PIN_CHANGED,
          patch.path().toString(),
          Message.of(
              "patches called %s come from the key %s since %s, and this one is signed by %s; only"
                  + " if its publisher says, by another way, that the key has changed: add"
                  + " --replace-pin",
              patch.name(), pin.keyId(), pin.since(), key));
    }
  }

  private static boolean isPinnedTo(TrustState records, SignedPatch patch, String key) {
    TrustState.Pin pin = records.pins().get(patch.name());
    return pin != null && pin.keyId().equals(key);
  }

  private void confirm(String name, Optional<SignedPatch> patch) throws IOException {
    if (yes) {
      return;
    }
    String binding = patch.map(of -> " and bind patches called " + of.name() + " to it").orElse("");
    Optional<Boolean> answer =
        context
            .console()
            .confirm(
                Message.of(
                    "Compare the key id with what its owner publishes elsewhere. Trust it as %s%s?",
                    name, binding));
    if (answer.isEmpty()) {
      throw new IllegalArgumentException(
          "no terminal to confirm on: compare the key id, then run again with --yes");
    }
    if (!answer.get()) {
      throw new IOException("nothing was changed");
    }
  }
}

package dev.forgetmenot.host.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.SmallPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Making keys, signing, verifying, trusting and revoking, as people do it. */
class TrustCommandsTest {
  @TempDir Path folder;
  private Path patch;

  @BeforeEach
  void writeAPatch() throws IOException {
    patch = write("forget-x.fmnpatch", "forget-x", 1);
  }

  private Path write(String file, String name, float value) throws IOException {
    return SmallPatch.write(folder.resolve(file), name, value);
  }

  private static String idOf(Path file) throws IOException {
    try (PatchFile open = PatchFile.open(file)) {
      return open.id();
    }
  }

  private String[] command(String... args) {
    List<String> all = new ArrayList<>(List.of("patch"));
    all.addAll(List.of(args));
    boolean hasStore = !List.of("sign", "list").contains(args[0]);
    if (hasStore) {
      all.addAll(List.of("--trust-store", store().toString()));
    }
    return all.toArray(String[]::new);
  }

  private Path store() {
    return folder.resolve("settings").resolve("trust.json");
  }

  private ProgramRun run(String... args) {
    return ProgramRun.of(command(args));
  }

  private String done(String... args) {
    ProgramRun run = run(args);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  private void assertRefused(ProgramRun run, String... said) {
    assertThat(run.code()).as(run.out()).isEqualTo(1);
    assertThat(run.err()).contains(said);
  }

  /** A new key; the file of its private half. */
  private Path key(String name) {
    Path key = folder.resolve(name);
    done("keygen", "-o", key.toString());
    return key;
  }

  private static String idOfKey(Path key) throws IOException {
    return KeyFile.readPublic(KeyFile.publicOf(key)).id();
  }

  @Test
  void aSignedPatchIsVerifiedOnceItsKeyIsTrusted() throws IOException {
    Path ann = key("ann");
    String id = idOf(patch);
    assertRefused(run("verify", patch.toString()), "FMN-401", "is not signed");
    assertThat(done("sign", patch.toString(), "--key", ann.toString()))
        .contains("signed forget-x 1.0.0, id " + id + ", by the key " + idOfKey(ann))
        .contains("wrote " + patch);
    assertThat(idOf(patch)).isEqualTo(id);

    ProgramRun unknown = run("verify", patch.toString());
    assertRefused(unknown, "FMN-403", idOfKey(ann), "fmn patch trust " + patch);
    assertThat(unknown.out()).contains("by " + idOfKey(ann) + ", a key that you do not know");

    assertThat(done("trust", KeyFile.publicOf(ann).toString(), "--label", "Ann", "--yes"))
        .contains("key id     " + idOfKey(ann), "trusted: Ann");
    assertThat(done("verify", patch.toString()))
        .contains("whom you trust: Ann", "good: by Ann, whom you trust");
    assertThat(done("inspect", patch.toString()))
        .contains("signed     by " + idOfKey(ann) + ", whom you trust: Ann");
    assertThat(done("trust")).contains("warn patches of unknown signers", idOfKey(ann) + "  Ann");
  }

  @Test
  void signaturesBesideTheFileCountTheSame() throws IOException {
    byte[] before = Files.readAllBytes(patch);
    Path ann = key("ann");
    Path ben = key("ben");
    done("sign", patch.toString(), "--key", ann.toString(), "--detached");
    assertThat(done("sign", patch.toString(), "--key", ben.toString(), "--detached"))
        .contains("wrote " + patch + ".sig");
    assertThat(patch).hasBinaryContent(before);
    done("trust", KeyFile.publicOf(ben).toString(), "--yes");
    assertThat(done("verify", patch.toString()))
        .contains(idOfKey(ann), "whom you trust: ben", "good: by ben");

    Path elsewhere = folder.resolve("mail.sig");
    Files.move(folder.resolve("forget-x.fmnpatch.sig"), elsewhere);
    assertRefused(run("verify", patch.toString()), "FMN-401");
    done("verify", patch.toString(), "--signature", elsewhere.toString());

    Files.move(elsewhere, folder.resolve("forget-x.fmnpatch.sig"));
    write("forget-x.fmnpatch", "forget-x", 2);
    assertRefused(run("verify", patch.toString()), "FMN-406", "forget-x.fmnpatch.sig");
    assertRefused(run("inspect", patch.toString()), "FMN-406");
  }

  @Test
  void trustingAPatchBindsItsNameToTheKeyAfterAYes() throws IOException {
    Path ann = key("ann");
    done("sign", patch.toString(), "--key", ann.toString());
    ProgramRun silent = run("trust", patch.toString());
    assertThat(silent.code()).isEqualTo(2);
    assertThat(silent.err()).contains("no terminal to confirm on", "--yes");
    ProgramRun no = ProgramRun.answering("no", command("trust", patch.toString()));
    assertRefused(no, "and bind patches called forget-x to it? [y/N]", "nothing was changed");
    assertThat(no.out()).contains("key id     " + idOfKey(ann));
    assertThat(store()).doesNotExist();
    ProgramRun yes = ProgramRun.answering("y", command("trust", patch.toString()));
    assertThat(yes.code()).isZero();
    assertThat(yes.out())
        .contains("trusted: the publisher of forget-x")
        .contains("patches called forget-x are bound to this key from now on");
    done("verify", patch.toString());

    // the same name without a signature, or by another key, even one that is trusted
    write("forget-x.fmnpatch", "forget-x", 2);
    assertRefused(run("verify", patch.toString()), "FMN-407", idOfKey(ann), "is not signed");
    Path ben = key("ben");
    done("trust", KeyFile.publicOf(ben).toString(), "--yes");
    done("sign", patch.toString(), "--key", ben.toString());
    assertRefused(run("verify", patch.toString()), "FMN-407", idOfKey(ben) + " (ben)");
    assertRefused(run("trust", patch.toString(), "--yes"), "FMN-407", "--replace-pin");
    done("trust", patch.toString(), "--yes", "--replace-pin");
    assertThat(done("verify", patch.toString())).contains("good: by ben");

    done("trust", "--unpin", "forget-x");
    assertThat(done("trust")).doesNotContain("bound");
    assertThat(run("trust", "--unpin", "forget-x").code()).isEqualTo(2);
  }

  @Test
  void severalSignersAreChosenFrom() throws IOException {
    Path ann = key("ann");
    Path ben = key("ben");
    done("sign", patch.toString(), "--key", ann.toString());
    done("sign", patch.toString(), "--key", ben.toString());
    ProgramRun which = run("trust", patch.toString(), "--yes");
    assertThat(which.code()).isEqualTo(2);
    assertThat(which.err()).contains("several keys", idOfKey(ann), idOfKey(ben));
    done("trust", patch.toString(), "--yes", "--signer", idOfKey(ben), "--label", "Ben");
    assertThat(done("verify", patch.toString())).contains("good: by Ben");
    assertRefused(run("trust", patch.toString(), "--yes", "--signer", "0".repeat(64)), "FMN-401");
  }

  @Test
  void whatIsRevokedIsRefusedUntilThatIsTakenBack() throws IOException {
    Path ann = key("ann");
    done("sign", patch.toString(), "--key", ann.toString());
    done("trust", patch.toString(), "--yes");
    done("policy", "allow");
    assertThat(done("revoke", idOfKey(ann))).contains("its signatures count for nothing");
    assertRefused(run("verify", patch.toString()), "FMN-404", "the publisher of forget-x");
    ProgramRun again = run("trust", patch.toString(), "--yes");
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("was revoked", "--undo");
    done("revoke", "--undo", KeyFile.publicOf(ann).toString());
    assertRefused(run("verify", patch.toString()), "FMN-403");
    done("trust", patch.toString(), "--yes");
    done("verify", patch.toString());

    assertThat(done("revoke", patch.toString())).contains("revoked " + idOf(patch));
    assertRefused(run("verify", patch.toString()), "FMN-404", "you revoked this patch");
    assertThat(done("inspect", patch.toString())).contains("you revoked this patch");
    assertRefused(run("trust", patch.toString(), "--yes"), "FMN-404");
    done("revoke", "--undo", idOf(patch));
    done("verify", patch.toString());
    assertThat(run("revoke", "--undo", idOf(patch)).code()).isEqualTo(2);
  }

  @Test
  void keysAreNotOverwrittenAndWrongOnesAreRefused() throws IOException {
    Path ann = key("ann");
    byte[] before = Files.readAllBytes(ann);
    assertRefused(run("keygen", "-o", ann.toString()), "never overwritten");
    assertThat(ann).hasBinaryContent(before);
    assertRefused(
        run("sign", patch.toString(), "--key", KeyFile.publicOf(ann).toString()),
        "is a public key");
    assertRefused(run("trust", ann.toString(), "--yes"), "is a private key");
    assertRefused(run("trust", folder.resolve("none").toString(), "--yes"), "FMN-101");
    Path weak = folder.resolve("weak.pub");
    Files.writeString(
        weak,
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA"
            + "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END PUBLIC KEY-----\n");
    assertRefused(run("trust", weak.toString(), "--yes"), "FMN-405 " + weak + ": is a weak key");
    assertRefused(run("trust", patch.toString(), "--yes"), "FMN-401", "no key to trust");
    assertThat(run("trust", ann + ".pub", "--yes", "--label", "a\nb").code()).isEqualTo(2);
    assertThat(done("keygen", "-o", folder.resolve("own").toString(), "--label", "Me"))
        .contains("trusted as Me");
    assertThat(done("trust")).contains("  Me, since ");
  }

  @Test
  void aDamagedStoreStopsEverythingThatAsksIt() throws IOException {
    Files.createDirectories(store().getParent());
    Files.writeString(store(), "{}");
    for (String command : new String[] {"verify", "inspect", "revoke"}) {
      assertRefused(run(command, patch.toString()), "the trust store is damaged");
    }
    assertRefused(run("policy", "allow"), "the trust store is damaged");
    assertThat(store()).hasContent("{}");
    assertRefused(generate(), "the trust store is damaged");
  }

  /** Commands that use patches ask before a model is loaded: the one here is not even there. */
  @Test
  void commandsThatUsePatchesFollowThePolicy() throws IOException {
    String noModel = "no-model";
    assertRefused(generate(), "warning: FMN-401 " + patch, noModel);
    assertRefused(generate("--unsigned", "refuse"), "fmn: FMN-401 " + patch);
    assertThat(generate("--unsigned", "refuse").err()).doesNotContain(noModel);
    assertThat(generate("--unsigned", "allow").err()).doesNotContain("FMN-401").contains(noModel);
    assertThat(generate("--unsigned", "sometimes").code()).isEqualTo(2);
    assertThat(done("policy", "refuse")).isEqualTo("refuse" + System.lineSeparator());
    assertRefused(generate(), "fmn: FMN-401 " + patch);
    assertThat(generate("--unsigned", "warn").err()).contains("warning: FMN-401");

    Path ann = key("ann");
    done("sign", patch.toString(), "--key", ann.toString());
    assertRefused(generate(), "fmn: FMN-403 " + patch);
    done("trust", KeyFile.publicOf(ann).toString(), "--label", "Ann", "--yes");
    ProgramRun first = generate();
    assertThat(first.err())
        .contains("patches called forget-x are bound to the key of Ann", noModel)
        .doesNotContain("FMN-4");
    assertThat(generate().err()).doesNotContain("are bound to").contains(noModel);

    write("forget-x.fmnpatch", "forget-x", 2);
    assertRefused(generate("--unsigned", "allow"), "fmn: FMN-407 " + patch);
    done("sign", patch.toString(), "--key", ann.toString());
    assertThat(generate().err()).doesNotContain("FMN-4").contains(noModel);
    done("revoke", idOfKey(ann));
    assertRefused(generate("--unsigned", "allow"), "fmn: FMN-404 " + patch);
  }

  @Test
  void whatTurnsPatchesIntoOtherFilesAsksToo() {
    String target = folder.resolve("target").toString();
    String model = folder.resolve("no-model").toString();
    assertRefused(
        run("export", patch.toString(), "--to", "lora", "-o", target, "--unsigned", "refuse"),
        "fmn: FMN-401 " + patch);
    assertRefused(
        run(
            "bake",
            "--model",
            model,
            "--patch",
            patch.toString(),
            "-o",
            target,
            "--unsigned",
            "refuse"),
        "fmn: FMN-401 " + patch);
    assertThat(Path.of(target)).doesNotExist();
  }

  @Test
  void oneRefusedPatchRefusesAllAndBindsNothing() throws IOException {
    Path ann = key("ann");
    done("keygen", "-o", folder.resolve("own").toString(), "--label", "Me");
    done("sign", patch.toString(), "--key", folder.resolve("own").toString());
    Path other = write("other.fmnpatch", "other", 3);
    done("sign", other.toString(), "--key", ann.toString());
    done("revoke", KeyFile.publicOf(ann).toString());
    assertRefused(generate("--patch", other.toString()), "fmn: FMN-404 " + other);
    assertThat(done("trust")).doesNotContain("bound");
  }

  private ProgramRun generate(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "generate",
                "anything",
                "--plugins",
                folder.toString(),
                "--model",
                folder.resolve("no-model").toString(),
                "--trust-store",
                store().toString(),
                "--patch",
                patch.toString()));
    args.addAll(List.of(more));
    return ProgramRun.of(args.toArray(String[]::new));
  }
}

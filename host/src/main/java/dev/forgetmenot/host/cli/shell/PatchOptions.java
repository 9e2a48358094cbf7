package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.host.model.InstallDirectory;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.library.NamedPatches;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.patching.library.StackRecipe;
import dev.forgetmenot.patching.trust.PatchVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that puts patches on a model. */
public final class PatchOptions {
  @Option(
      names = "--patch",
      paramLabel = "FILE[:STRENGTH]",
      converter = PatchArgument.class,
      description =
          "Put a patch on the model; repeatable (strength 1 where none is given). A name is "
              + "looked up in the patches/ folders of the model and the program.")
  private List<PatchRequest> patches = new ArrayList<>();

  @Option(
      names = "--stack",
      paramLabel = "FILE",
      description = "Put the patches of a .fmnstack recipe on the model and check the result.")
  private Path stack;

  @Option(
      names = "--force-patches",
      description =
          "Also apply patches whose change of a weight is above the limit "
              + "(FMN-308) or whose joint solve is ill-conditioned (FMN-604).")
  private boolean force;

  @Option(
      names = "--other-base",
      description = {
        "Also apply patches that were made on a base with other values (FMN-504), where names and",
        "shapes fit; says by block how large the change is there."
      })
  private boolean otherBase;

  @Mixin private PatchTrustOptions trust;

  /** The recipe that was named, if any. */
  public Optional<StackRecipe> recipe() throws IOException {
    return stack == null ? Optional.empty() : Optional.of(StackRecipe.read(stack));
  }

  /**
   * The patches that were asked for: those of the recipe and of options. Each was opened once and
   * verified.
   *
   * @param console gets warnings
   * @param model folder or file of the model
   * @param recipe as {@link #recipe} gave it
   * @return closed by the caller
   * @throws IOException if one is not there or not trusted
   */
  public PatchSet open(Console console, Path model, Optional<StackRecipe> recipe)
      throws IOException {
    PatchFolders folders = folders(model);
    List<PatchRequest> requests = new ArrayList<>();
    if (recipe.isPresent()) {
      requests.addAll(recipe.get().requests(folders));
    }
    for (PatchRequest patch : patches) {
      requests.add(found(patch, folders));
    }
    return trust(console).open(requests.stream().map(this::allowed).toList());
  }

  /**
   * The patches that prompts can name, beside those of {@link #open}.
   *
   * @param console hears of warnings
   * @param model folder or file of the model
   * @return closed by the caller
   */
  public NamedPatches named(Console console, Path model) {
    return named(console, folders(model));
  }

  /** The same, of other folders. */
  public NamedPatches named(Console console, PatchFolders folders) {
    return new NamedPatches(folders, trust(console), this::allowed);
  }

  /**
   * Who looks at patches that come from outside.
   *
   * @param console gets warnings
   */
  public PatchVerifier trust(Console console) {
    return trust.trust(console);
  }

  private static PatchFolders folders(Path model) {
    return PatchFolders.of(model, InstallDirectory.ifKnown().map(InstallDirectory::root));
  }

  /**
   * A file as it is; a bare name that is no file is looked up.
   *
   * @throws IOException if no patch has that name
   */
  public static PatchRequest found(PatchRequest patch, PatchFolders folders) throws IOException {
    Path file = patch.file();
    boolean bare = file.getParent() == null && !Files.exists(file);
    return bare ? patch.of(folders.named(file.toString())) : patch;
  }

  private PatchRequest allowed(PatchRequest patch) {
    PatchRequest near = otherBase ? patch.allow(PatchRequest.Allowance.OTHER_BASE) : patch;
    return force
        ? near.allow(PatchRequest.Allowance.LARGE_CHANGES, PatchRequest.Allowance.ILL_CONDITIONED)
        : near;
  }
}

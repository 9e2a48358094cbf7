package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.host.cli.shell.PatchArgument;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.model.InstallDirectory;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.patching.library.StackRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The patches of commands that look at stacks. */
final class StackArguments {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE[:STRENGTH]",
      converter = PatchArgument.class,
      description =
          "Patches (strength 1 where none is given), by file or by name, or .fmnstack recipes.")
  private List<PatchRequest> patches = new ArrayList<>();

  @Option(
      names = "--other-base",
      description = {
        "Also apply patches that were made on a base with other values (FMN-504), where names and",
        "shapes fit; says by block how large the change is there."
      })
  private boolean otherBase;

  /** The recipes among what was named. */
  List<Path> recipes() {
    return patches.stream().map(PatchRequest::file).filter(StackRecipe::isOne).toList();
  }

  /**
   * The requests.
   *
   * @param model folder or file of the model, beside which names are looked up
   */
  List<PatchRequest> requests(Path model) throws IOException {
    PatchFolders folders =
        PatchFolders.of(model, InstallDirectory.ifKnown().map(InstallDirectory::root));
    List<PatchRequest> requests = new ArrayList<>();
    for (PatchRequest patch : patches) {
      if (StackRecipe.isOne(patch.file())) {
        requests.addAll(StackRecipe.read(patch.file()).requests(folders));
      } else {
        requests.add(PatchOptions.found(patch, folders));
      }
    }
    return otherBase
        ? requests.stream()
            .map(request -> request.allow(PatchRequest.Allowance.OTHER_BASE))
            .toList()
        : requests;
  }
}

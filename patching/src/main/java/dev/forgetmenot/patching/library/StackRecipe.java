package dev.forgetmenot.patching.library;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.StackFile;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.stack.ResolvedStack;
import dev.forgetmenot.patching.stack.StackRoots;
import dev.forgetmenot.patching.stack.StackedPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe of a stack and where it lies: makes one of patches, finds its patches again, and says
 * whether a model under them is what it should be.
 *
 * @param path the file
 * @param recipe what it says
 */
public record StackRecipe(Path path, StackFile recipe) {
  /** Whether a file is one by its name. */
  public static boolean isOne(Path file) {
    return String.valueOf(file.getFileName()).endsWith(StackFile.ENDING);
  }

  /** Reads a recipe. */
  public static StackRecipe read(Path path) throws IOException {
    return new StackRecipe(path, StackFile.read(path));
  }

  /**
   * Works out what patches make of a base and writes it down.
   *
   * @param path the file; an older one is replaced
   * @throws PatchFormatException if a patch does not fit the base or the others
   */
  public static StackRecipe write(Path path, List<PatchRequest> requests, BaseModel base)
      throws IOException {
    try (PatchStack stack = PatchStack.open(requests)) {
      ResolvedStack checked = stack.on(base);
      StackRoots roots = new StackRoots(base.tensors(), checked.weights().targets());
      String own = String.valueOf(path.getFileName());
      StackFile recipe =
          new StackFile(
              isOne(path) ? own.substring(0, own.length() - StackFile.ENDING.length()) : own,
              new StackFile.Base(base.label(), base.architecture(), roots.base()),
              stack.layers().stream().map(StackRecipe::layer).toList(),
              roots.of(checked.weights()::values));
      recipe.write(path);
      return new StackRecipe(path, recipe);
    }
  }

  private static StackFile.StackedPatch layer(StackedPatch layer) {
    Manifest manifest = layer.file().manifest();
    return new StackFile.StackedPatch(
        layer.file().id(),
        manifest.name(),
        manifest.patchVersion(),
        Optional.ofNullable(layer.file().path().getFileName()).map(Path::toString),
        layer.strength());
  }

  /**
   * Finds the patches, beside the recipe first.
   *
   * @throws PatchFormatException FMN-602 if one is not there
   */
  public List<PatchRequest> requests(PatchFolders folders) throws IOException {
    Path beside = path.toAbsolutePath().normalize().getParent();
    PatchFolders all = folders.before(beside);
    List<PatchRequest> requests = new ArrayList<>();
    for (StackFile.StackedPatch layer : recipe.patches()) {
      Path likely = beside.resolve(layer.file().orElse("patch of no name"));
      Optional<Path> file = is(likely, layer.id()) ? Optional.of(likely) : all.withId(layer.id());
      if (file.isEmpty()) {
        throw new PatchFormatException(
            PatchError.REQUIRES,
            path.toString(),
            Message.of(
                "needs the patch %s@%s with the id %s; put its file into one of %s",
                layer.name(), layer.patchVersion(), layer.id(), all.folders()));
      }
      requests.add(new PatchRequest(file.get(), layer.strength()).verified(layer.id()));
    }
    return requests;
  }

  private static boolean is(Path file, String id) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      return PatchFile.header(file).id().equals(id);
    } catch (PatchFormatException e) {
      return false; // looked for elsewhere
    }
  }

  /**
   * Compares the weights of a model under the stack with what the recipe says. For the engine
   * thread.
   *
   * @param requests what is on the model
   * @return what to say of it
   * @throws PatchFormatException FMN-606 if the base is the recipe's and the result is not
   */
  public String check(PatchedModel model, List<PatchRequest> requests) throws IOException {
    try (PatchStack stack = PatchStack.open(requests)) {
      StackRoots roots =
          new StackRoots(model.base().tensors(), stack.on(model.base()).weights().targets());
      if (!roots.base().equals(recipe.base().components())) {
        return Message.of(
            "the base is not bit for bit the one of %s ('%s'): the result is not compared",
            path, recipe.base().label());
      }
      Map<String, String> found = roots.of(model.weights()::current);
      if (!found.equals(recipe.result())) {
        throw new PatchFormatException(
            PatchError.RESULT_MISMATCH,
            path.toString(),
            Message.of(
                "the weights under the stack are %s and should be %s; was it made by another"
                    + " version of the program?",
                found, recipe.result()));
      }
      return "the weights are those that " + path + " promises";
    }
  }
}

package dev.forgetmenot.host.interop;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.diffusion.checkpoint.CheckpointConfig;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.weights.StoredTensor;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.AtomicFolder;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.stack.ResolvedStack;
import dev.forgetmenot.patching.stack.StackRoots;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes a model with patches in its weights, in the form that the base has: the same files, names,
 * shards and types, with other values. It is put together beside its place, read again, and then
 * moved there.
 */
public final class BakeJob {
  /** Of tensors in a checkpoint that are a mean over the training. */
  private static final String SECOND_COPY = "model_ema.";

  private final BakeRequest order;
  private final JobContext context;
  private final ModelOnDisk model;
  private final PatchStack stack;
  private final ResolvedStack checked;

  /** By component: leaves of what was written. */
  private final Map<String, Map<String, String>> leaves = new TreeMap<>();

  private int done;

  private BakeJob(BakeRequest order, JobContext context, ModelOnDisk model, PatchStack stack)
      throws IOException {
    this.order = order;
    this.context = context;
    this.model = model;
    this.stack = stack;
    this.checked = stack.on(model.base());
  }

  /**
   * Bakes.
   *
   * @param context gets what was done, and may stop it
   * @throws IOException if a patch does not fit, adds tokens, or the target cannot be written; it
   *     is then as it was before
   */
  public static void run(BakeRequest order, JobContext context) throws IOException {
    if (order.patches().isEmpty()) {
      throw new IllegalArgumentException("name at least one patch by --patch");
    }
    try (ModelOnDisk model = ModelOnDisk.open(order.model(), order.reading());
        PatchStack stack = PatchStack.open(order.patches())) {
      new BakeJob(order, context, model, stack).run();
    }
  }

  private void run() throws IOException {
    checked.descriptions().values().forEach(line -> context.say("patch " + line));
    stack.layers().forEach(layer -> GateNotice.of(layer.file()).ifPresent(context::say));
    refuseTokens();
    if (checked.weights().targets().isEmpty()) {
      throw new IOException("with these strengths nothing changes: there is nothing to bake");
    }
    if (Files.isDirectory(order.model())) {
      bakeFolder();
    } else {
      bakeFile();
    }
  }

  private void refuseTokens() throws IOException {
    if (!checked.tokens().isEmpty()) {
      ResolvedStack.Token token = checked.tokens().get(0);
      throw new IOException(
          Message.of(
              "%s adds the token %s, and a token of several vectors has no place in a vocabulary's"
                  + " files; bake without this patch and take the token along as a file: fmn"
                  + " patch export --to embeddings",
              token.layer().where(), token.name()));
    }
  }

  private void bakeFolder() throws IOException {
    AtomicFolder.check(order.target(), order.overwrite());
    Map<SafetensorsFile, Map<String, StoredTensor>> changes = changes();
    Set<Path> read = new LinkedHashSet<>();
    model
        .components()
        .values()
        .forEach(tensors -> tensors.files().forEach(file -> read.add(Path.of(file.where()))));
    Map<Path, SafetensorsFile> patched = new HashMap<>();
    changes.keySet().forEach(file -> patched.put(absolute(Path.of(file.where())), file));
    ModelCopy copy = ModelCopy.of(order.model(), components(), read);
    long bytes = 0;
    for (Path file : copy.files()) {
      bytes += Files.size(order.model().resolve(file));
    }
    OutputFolder.prepare(absolute(order.target()).getParent(), bytes);
    AtomicFolder.write(
        order.target(),
        order.overwrite(),
        folder -> {
          for (Path file : copy.files()) {
            context.checkCancelled();
            Path to = folder.resolve(file.toString());
            Files.createDirectories(to.getParent());
            SafetensorsFile source = patched.get(absolute(order.model().resolve(file)));
            if (source == null) {
              copy(order.model().resolve(file), to);
            } else {
              write(new PatchedCopy(source, changes.get(source)), to);
            }
          }
          AtomicFile.write(folder.resolve(BakeMetadata.NAME), note().bytes());
          verify(folder);
        });
    copy.left().forEach(file -> context.say("left out: " + file + " (not patched)"));
    say();
  }

  private void bakeFile() throws IOException {
    if (Files.exists(order.target()) && !order.overwrite()) {
      throw new IOException(
          order.target() + " is there; name another file, or replace it (--overwrite)");
    }
    OutputFolder.ofFile(order.target(), Files.size(order.model()));
    Map<SafetensorsFile, Map<String, StoredTensor>> changes = changes();
    SafetensorsFile source = changes.keySet().iterator().next();
    refuseSecondCopy(source);
    PatchedCopy copy = new PatchedCopy(source, changes.get(source));
    copySettings();
    AtomicFile.write(
        order.target(),
        channel -> copy.writeTo(channel, this::bytes),
        written -> verifyFile(written, changes.get(source)));
    Path note =
        order.target().resolveSibling(order.target().getFileName() + "." + BakeMetadata.NAME);
    AtomicFile.write(note, note().bytes());
    say();
  }

  private static void refuseSecondCopy(SafetensorsFile source) throws IOException {
    for (String name : source.tensors().keySet()) {
      if (name.startsWith(SECOND_COPY)) {
        throw new IOException(
            Message.of(
                "%s holds the weights a second time (%s, a mean over the training), which would"
                    + " stay as they are; take the pruned file of this model",
                source.where(), name));
      }
    }
  }

  /** The small files that lie beside a checkpoint, if it has any. */
  private void copySettings() throws IOException {
    Path from = CheckpointConfig.beside(order.model()).folder();
    if (Files.isDirectory(from)) {
      Path to = CheckpointConfig.beside(order.target()).folder();
      ModelCopy copy = ModelCopy.of(from, Set.of(), Set.of());
      AtomicFolder.write(
          to,
          order.overwrite(),
          folder -> {
            for (Path file : copy.files()) {
              Files.createDirectories(folder.resolve(file.toString()).getParent());
              copy(from.resolve(file), folder.resolve(file.toString()));
            }
          });
    }
  }

  private void say() {
    context.say(
        Message.of(
            "wrote %s: %s tensors changed; they were read again and are what the patches say",
            order.target(), checked.weights().targets().size()));
  }

  private Set<String> components() {
    Set<String> components = new TreeSet<>();
    checked.weights().targets().forEach(target -> components.add(TensorName.component(target)));
    return components;
  }

  private Map<SafetensorsFile, Map<String, StoredTensor>> changes() {
    Map<SafetensorsFile, Map<String, StoredTensor>> changes = new HashMap<>();
    for (String target : checked.weights().targets()) {
      StoredTensor tensor = model.tensor(TensorName.component(target), TensorName.name(target));
      changes.computeIfAbsent(tensor.file(), file -> new TreeMap<>()).put(target, tensor);
    }
    return changes;
  }

  /** The new bytes of a tensor, whose leaf is kept. */
  private ByteBuffer bytes(String target) throws IOException {
    context.checkCancelled();
    BaseTensors base = model.base().tensors();
    DType dtype = base.dtype(TensorName.component(target), TensorName.name(target));
    long[] shape = base.shape(TensorName.component(target), TensorName.name(target));
    int size = Math.toIntExact(TensorInfo.elements(shape));
    ByteBuffer bytes = FileTypeValues.of(target, dtype, size, checked.weights().sum(target));
    leaves
        .computeIfAbsent(TensorName.component(target), c -> new TreeMap<>())
        .put(
            TensorName.name(target),
            BaseIdentity.leaf(TensorName.name(target), dtype, shape, bytes));
    context.progress("bake", ++done, checked.weights().targets().size());
    return bytes;
  }

  private BakeMetadata note() throws IOException {
    Map<String, String> after = new TreeMap<>();
    leaves.forEach((component, of) -> after.put(component, BaseIdentity.root(of)));
    StackRoots roots = new StackRoots(model.base().tensors(), checked.weights().targets());
    return new BakeMetadata(model.base(), roots.base(), stack.layers(), after);
  }

  /** Opens what was written as a model, and compares what was changed. */
  private void verify(Path written) throws IOException {
    try (ModelOnDisk baked = ModelOnDisk.open(written, order.reading())) {
      for (Map.Entry<String, Map<String, String>> entry : leaves.entrySet()) {
        String root = baked.base().tensors().root(entry.getKey(), entry.getValue().keySet());
        if (!root.equals(BaseIdentity.root(entry.getValue()))) {
          throw new IOException(
              written + ": " + entry.getKey() + " is not what was written; is the disk in order?");
        }
      }
    }
  }

  /** The same for a checkpoint, whose settings may not be found beside it. */
  private void verifyFile(Path file, Map<String, StoredTensor> changed) throws IOException {
    try (SafetensorsFile written = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      for (Map.Entry<String, StoredTensor> entry : changed.entrySet()) {
        StoredTensor old = entry.getValue();
        StoredTensor tensor = old.in(written);
        String name = TensorName.name(entry.getKey());
        String leaf = BaseIdentity.leaf(name, old.dtype(), old.shape(), tensor::read);
        if (!leaf.equals(leaves.get(TensorName.component(entry.getKey())).get(name))) {
          throw new IOException(
              order.target() + ": " + entry.getKey() + " is not what was written; try again");
        }
      }
    }
  }

  private void write(PatchedCopy copy, Path to) throws IOException {
    try (FileChannel out =
        FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      copy.writeTo(out, this::bytes);
      out.force(true);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      PatchedCopy.copy(in, 0, in.size(), out);
      out.force(true);
    }
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}

package dev.forgetmenot.host.interop;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patching.diff.DifferenceForm;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import dev.forgetmenot.patching.lora.LoraExport;
import dev.forgetmenot.patching.lora.LoraMetadata;
import dev.forgetmenot.patching.lora.LoraNaming;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a patch as a file of other tools. */
public final class ExportJob {
  private ExportJob() {}

  /**
   * What to write as a LoRA.
   *
   * @param request the patch and its strength
   * @param model the base that it fits; empty where the patch needs none
   * @param reading how the base's files are read
   * @param file the file to write
   * @param naming whose names
   * @param values how to make products of values in full; empty to refuse them
   * @param full whether values in full may stay so
   */
  public record LoraOrder(
      PatchRequest request,
      Optional<Path> model,
      ReadingOptions reading,
      Path file,
      LoraNaming naming,
      Optional<DifferenceForm> values,
      boolean full) {}

  /**
   * Writes a LoRA.
   *
   * @param context gets what is in it
   * @throws IOException if a LoRA cannot say all of the patch, or the base is another one
   */
  public static void lora(LoraOrder order, JobContext context) throws IOException {
    OutputFolder.ofFile(order.file(), Files.size(order.request().file()));
    try (PatchStack stack = PatchStack.open(List.of(order.request()));
        Base base = Base.open(order.model(), order.reading())) {
      if (base.model().isPresent()) {
        stack
            .on(base.model().get().base())
            .descriptions()
            .values()
            .forEach(line -> context.say("patch " + line));
      }
      PatchFile patch = stack.layers().get(0).file();
      double strength = order.request().strength();
      LoraExport.Result result =
          LoraExport.of(patch, base.tensors(), strength, order.values(), order.full());
      GateNotice.of(patch).ifPresent(context::say);
      result.notes().forEach(context::say);
      SafetensorsWriter writer =
          order
              .naming()
              .writer(result.products(), result.deltas(), patch.manifest().twoTextEncoders());
      LoraMetadata metadata =
          new LoraMetadata(patch.manifest(), patch.id(), strength, result.products().values());
      writer.metadata(metadata.of(writer)).write(order.file());
      context.say(
          Message.of(
              "wrote %s: %s products%s, names of %s",
              order.file(),
              result.products().size(),
              result.deltas().isEmpty() ? "" : ", " + result.deltas().size() + " in full",
              order.naming().word()));
    }
  }

  /**
   * Writes the tokens of a patch.
   *
   * @param context gets what is in it
   * @throws IOException if the patch adds none, or does more than that
   */
  public static void embeddings(
      PatchFile patch, Path file, EmbeddingsFormat format, JobContext context) throws IOException {
    OutputFolder.ofFile(file, patch.size());
    Map<String, Rows> tokens = new LinkedHashMap<>();
    for (Manifest.Edit edit : patch.manifest().edits()) {
      if (edit.content().tokens().isEmpty()) {
        context.say("left out: " + edit.id() + ", which is not a token");
      } else {
        tokens.putAll(patch.edit(edit).tokens());
      }
    }
    if (tokens.isEmpty()) {
      throw new IOException(patch.path() + " adds no tokens; its weights are written by --to lora");
    }
    Embeddings embeddings = new Embeddings(tokens);
    format.write(file, embeddings, Map.of());
    context.say("wrote " + file + ": " + embeddings.summary());
  }

  /** A base that may be there. */
  private record Base(Optional<ModelOnDisk> model) implements AutoCloseable {
    static Base open(Optional<Path> path, ReadingOptions reading) throws IOException {
      return new Base(
          path.isEmpty() ? Optional.empty() : Optional.of(ModelOnDisk.open(path.get(), reading)));
    }

    Optional<BaseTensors> tensors() {
      return model.map(stored -> stored.base().tensors());
    }

    @Override
    public void close() throws IOException {
      if (model.isPresent()) {
        model.get().close();
      }
    }
  }
}

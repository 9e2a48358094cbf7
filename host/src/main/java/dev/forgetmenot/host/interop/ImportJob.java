package dev.forgetmenot.host.interop;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.edit.WrittenPatch;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchMetadata;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.diff.DiffFactorizer;
import dev.forgetmenot.patching.diff.ModelDiff;
import dev.forgetmenot.patching.diff.ReplacedTensors;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import dev.forgetmenot.patching.lora.LoraFile;
import dev.forgetmenot.patching.lora.LoraImport;
import dev.forgetmenot.safetensors.SafetensorsFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes a patch of another tool's file: a LoRA, learned tokens, or weights that stand in the place
 * of the base's. What the file says of its training is left out unless it is asked for.
 */
public final class ImportJob {
  private static final String WAY =
      "name it by --token NAME, or by --token OLD=NAME where there are several";
  private static final String EMBEDDING = "text_model.embeddings.token_embedding.weight";
  private static final int LONGEST_NOTE = 2000;

  /** What was in the file. */
  private record Content(String method, String origin, List<PatchEdit> edits) {}

  /** The strengths of what other tools made, whose sliders go far beyond 1. */
  private static final Manifest.Strength OTHERS = new Manifest.Strength(1, -100, 100);

  private final ImportRequest order;
  private final JobContext context;
  private final Map<String, String> parameters = new TreeMap<>();

  /** Values of a LoRA are read from it while the patch is written. */
  private Closeable opened = () -> {};

  private ImportJob(ImportRequest order, JobContext context) {
    this.order = order;
    this.context = context;
  }

  /**
   * Imports a file.
   *
   * @param context gets what was found
   * @throws IOException if the file is broken, of a form that is not read, or does not fit the
   *     base: then no patch is written
   */
  public static WrittenPatch run(ImportRequest order, JobContext context) throws IOException {
    return new ImportJob(order, context).run();
  }

  private WrittenPatch run() throws IOException {
    if (!Files.isRegularFile(order.source())) {
      throw new IOException(order.source() + " is not a file; check the path");
    }
    OutputFolder.ofFile(order.patch(), Files.size(order.source()));
    // Values may be read from the file when the patch is written.
    try (ModelOnDisk model = ModelOnDisk.open(order.model(), order.reading());
        SafetensorsFile file = SafetensorsFile.open(order.source(), LoraFile.LIMITS)) {
      Content content = content(file, model);
      List<PatchEdit> edits = named(model, content.edits());
      parameters.put("source", String.valueOf(order.source().getFileName()));
      parameters.put("source-sha256", digest(order.source()));
      PatchDraft draft =
          order
              .naming()
              .draft(order.source(), content.origin(), edits, content.method(), parameters);
      PatchMetadata publication = draft.publication().strength(order.strength().orElse(OTHERS));
      return WrittenPatch.write(model.base(), draft.publication(publication), order.patch());
    } finally {
      opened.close();
    }
  }

  /** The same edits with the names for tokens that the user gives, which must be new words. */
  private List<PatchEdit> named(ModelOnDisk model, List<PatchEdit> edits) throws IOException {
    List<PatchEdit> named = new ArrayList<>();
    boolean tokens = false;
    for (PatchEdit edit : edits) {
      if (!edit.tokens().isEmpty()) {
        tokens = true;
        Embeddings embeddings;
        try {
          embeddings = new Embeddings(edit.tokens()).renamed(order.tokens());
          named.add(new TokensEdit(embeddings.tokens()));
        } catch (IllegalArgumentException e) {
          throw new IOException(order.source() + ": " + e.getMessage() + "; " + WAY, e);
        }
        List<String> known = model.knownWords(embeddings.tokens().keySet());
        if (!known.isEmpty()) {
          throw new IOException(
              Message.of(
                  "%s: the token \"%s\" is a word of the model's own vocabulary, so that no prompt"
                      + " could name both; %s",
                  order.source(), known.get(0), WAY));
        }
        context.say("found: tokens " + embeddings.summary());
      } else {
        named.add(edit);
      }
    }
    if (!tokens && !order.tokens().isEmpty()) {
      throw new IOException(
          order.source() + " holds no learned tokens: there is nothing that --token could name");
    }
    return named;
  }

  private Content content(SafetensorsFile file, ModelOnDisk model) throws IOException {
    BaseModel base = model.base();
    metadata(file);
    if (LoraFile.looksLike(file.tensors().keySet())) {
      return lora(model);
    }
    if (ReplacedTensors.looksLike(file, base.tensors())) {
      return replaced(file, base.tensors());
    }
    return tokens(base.tensors());
  }

  private void metadata(SafetensorsFile file) {
    int left = 0;
    for (Map.Entry<String, String> entry : file.metadata().entrySet()) {
      if (order.keepMetadata() && entry.getValue().length() <= LONGEST_NOTE) {
        parameters.put("metadata." + entry.getKey(), entry.getValue());
      } else {
        left++;
      }
    }
    if (left > 0) {
      context.say(
          "left out: "
              + left
              + " notes of the file's header"
              + (order.keepMetadata()
                  ? ", longer than " + LONGEST_NOTE + " characters"
                  : " (how it was trained and on what; --keep-metadata keeps them)"));
    }
  }

  private Content lora(ModelOnDisk model) throws IOException {
    LoraFile lora = LoraFile.read(order.source());
    opened = lora::close;
    List<PatchEdit> edits =
        LoraImport.edits(lora, model.base().tensors(), model.originalUNetNames());
    if (!lora.ignored().isEmpty()) {
      context.say("ignored, for it has no effect: " + String.join(", ", lora.ignored()));
    }
    for (PatchEdit edit : edits) {
      if (edit.tokens().isEmpty()) {
        context.say("found: " + edit.kind() + ", " + edit.changed().size() + " tensors");
      }
    }
    return new Content("import-lora", "Imported from a LoRA file.", edits);
  }

  private Content replaced(SafetensorsFile file, BaseTensors base) throws IOException {
    ModelDiff difference = ModelDiff.between(base, ReplacedTensors.of(file, base), context);
    DiffFactorizer.Result result = DiffFactorizer.of(difference, order.form(), label(), context);
    new DifferenceReport(result).lines().forEach(context::say);
    return new Content(
        "import-weights", "Imported from a file of changed weights.", result.edits());
  }

  private String label() {
    List<String> concepts = order.naming().concepts();
    return concepts.isEmpty() ? "difference" : concepts.get(0);
  }

  private Content tokens(BaseTensors base) throws IOException {
    Embeddings embeddings;
    try {
      embeddings = EmbeddingsFile.read(order.source());
    } catch (IOException e) {
      throw new IOException(
          e.getMessage()
              + ". It is not a LoRA either, and no file of weights of "
              + base.source("unet"),
          e);
    }
    List<Long> widths =
        base.components().stream()
            .filter(component -> base.names(component).contains(EMBEDDING))
            .map(component -> base.shape(component, EMBEDDING)[1])
            .toList();
    long width = widths.stream().mapToLong(Long::longValue).sum();
    if (embeddings.width() != width) {
      throw new IOException(
          Message.of(
              "%s has vectors of %s numbers and the model's text encoders work with %s: it was made"
                  + " for another kind of model, or for one of two text encoders (768 is SD 1.x,"
                  + " 1024 is SD 2.x, 768 + 1280 is SDXL)",
              order.source(),
              embeddings.width(),
              widths.stream().map(String::valueOf).collect(Collectors.joining(" + "))));
    }
    return new Content(
        "import-tokens",
        "Adds learned tokens, imported from a file.",
        List.of(new TokensEdit(embeddings.tokens())));
  }

  private static String digest(Path file) throws IOException {
    MessageDigest sha = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }
}

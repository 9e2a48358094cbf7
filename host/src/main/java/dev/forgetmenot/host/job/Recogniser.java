package dev.forgetmenot.host.job;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.Picture;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.clip.ClipImageProcessor;
import dev.forgetmenot.diffusion.clip.ClipModel;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchOps;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Says which of given phrases a picture shows: the one whose text is nearest to the picture by the
 * cosine of a CLIP (zero-shot recognition). May be used from any thread; work is done on the engine
 * thread. {@link #close} frees the model.
 */
public final class Recogniser implements AutoCloseable {
  /** The text around a phrase that served best; see docs/numerics.md. */
  public static final String TEMPLATE = "a photo of {}";

  private static final String CLIP_FOLDER = "clip";
  private static final int BATCH = 32;

  private final EngineThread engine;
  private final List<String> phrases;
  private final NDManager manager;
  private final Ops ops;
  private final ClipModel clip;
  private final ClipImageProcessor processor;
  private final NDArray texts; // unit vectors (t, e)

  private Recogniser(Path folder, EngineThread engine, List<String> phrases, String template)
      throws IOException {
    this.engine = engine;
    this.phrases = List.copyOf(phrases);
    manager = engine.newManager();
    ops = TorchOps.create(engine);
    try (ClipTokenizer tokenizer = ClipTokenizer.read(folder)) {
      processor = new ClipImageProcessor(PreprocessorConfig.read(folder));
      clip = ClipModel.load(folder, manager, ops);
      List<List<Integer>> ids =
          phrases.stream()
              .map(phrase -> tokenizer.encode(template.replace("{}", phrase)))
              .map(TokenizedPrompt::ids)
              .toList();
      texts = clip.textEmbeds(manager, ids);
    } catch (IOException | RuntimeException e) {
      ops.close();
      manager.close();
      throw e;
    }
  }

  /**
   * Loads the CLIP of a model.
   *
   * @param model a model folder with {@code clip/} in it
   * @param phrases what to choose from
   * @param template a text with {@code {}} for the phrase
   * @throws IOException if the folder has no CLIP or it is broken
   */
  public static Recogniser open(
      Path model, EngineThread engine, List<String> phrases, String template) throws IOException {
    Path folder = model.resolve(CLIP_FOLDER);
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          model + " has no folder " + CLIP_FOLDER + ": this model cannot judge its pictures");
    }
    if (phrases.isEmpty()) {
      throw new IllegalArgumentException("recognition needs phrases to choose from");
    }
    return engine.call(() -> new Recogniser(folder, engine, phrases, template));
  }

  /** The nearest phrase of each picture. */
  public List<String> recognise(List<Picture> pictures) {
    List<String> answers = new ArrayList<>();
    for (int from = 0; from < pictures.size(); from += BATCH) {
      List<Picture> batch = pictures.subList(from, Math.min(from + BATCH, pictures.size()));
      answers.addAll(engine.call(() -> nearest(batch)));
    }
    return answers;
  }

  private List<String> nearest(List<Picture> pictures) {
    try (NDArray pixels = processor.process(manager, pictures);
        NDArray images = clip.imageEmbeds(pixels);
        NDArray logits = clip.logitsPerImage(images, texts);
        NDArray best = logits.argMax(1)) {
      List<String> answers = new ArrayList<>();
      for (long index : best.toLongArray()) {
        answers.add(phrases.get((int) index));
      }
      return answers;
    }
  }

  @Override
  public void close() {
    engine.call(
        () -> {
          clip.close();
          ops.close();
          manager.close();
          return null;
        });
  }
}

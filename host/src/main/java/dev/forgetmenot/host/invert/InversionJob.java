package dev.forgetmenot.host.invert;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.chart.ImageGrid;
import dev.forgetmenot.host.chart.LossCurve;
import dev.forgetmenot.host.edit.EditContext;
import dev.forgetmenot.host.edit.WrittenPatch;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.inversion.TextualInversion;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patching.embeddings.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Turns images of a concept into tokens that a prompt can name: runs a {@link TextualInversion} and
 * leaves its files.
 *
 * @param context progress and cancellation; a stopped job can be resumed
 * @param judge bytes of the judge of images that the caller opens later; 0 for none
 * @param drawn pixels of the largest image that the caller draws; 0 for none
 */
public record InversionJob(JobContext context, long judge, long drawn) {
  private static final long LIKELY_BYTES = 16L << 20;

  /** A job beside which nothing is drawn. */
  public InversionJob(JobContext context) {
    this(context, 0, 0);
  }

  /**
   * What has come out.
   *
   * @param file the final file
   * @param tokens as the inversion names them
   * @param prompt one that names them
   * @param patch the patch, if one was wanted
   */
  public record Result(Path file, Embeddings tokens, String prompt, Optional<WrittenPatch> patch) {}

  /**
   * Runs the inversion.
   *
   * @param hosted the model, perhaps patched
   * @throws IllegalArgumentException if settings and model do not fit
   * @throws IOException if images cannot be read, results cannot be written, or the state of an
   *     inversion that was stopped would be lost
   * @throws java.util.concurrent.CancellationException if the user stopped it
   */
  public Result run(NamedModel hosted, InversionRequest order) throws IOException {
    InversionFiles files = files(hosted, order);
    TextualInversionSettings settings = new TextualInversionSettings(order.values());
    StableDiffusion model = hosted.model();
    TrainingImages images = images(model, order, settings);
    new InversionPreflight(order, judge, drawn)
        .run(hosted, files, images.digests())
        .forEach(context::say);
    Run run = new Run(model, order, settings, files, files.losses().begin(order.resume()));
    try {
      return finished(hosted, order, images, run);
    } catch (IOException | RuntimeException | Error e) {
      if (Files.isRegularFile(files.checkpoint())) {
        context.unfinished("its state is in " + files.checkpoint(), "--resume");
      }
      throw e;
    }
  }

  /**
   * What the inversion would take, for people: all is tried that {@link #run} tries before its
   * first step, and nothing is left.
   */
  public List<String> estimate(NamedModel hosted, InversionRequest order) throws IOException {
    return OutputFolder.untouched(
        order.output().toAbsolutePath().normalize(),
        () -> {
          TextualInversionSettings settings = new TextualInversionSettings(order.values());
          TrainingImages images = images(hosted.model(), order, settings);
          return new InversionPreflight(order, judge, drawn)
              .run(hosted, files(hosted, order), images.digests());
        });
  }

  private static InversionFiles files(NamedModel hosted, InversionRequest order)
      throws IOException {
    OutputFolder folder = OutputFolder.prepare(order.output(), LIKELY_BYTES);
    InversionFiles files = new InversionFiles(folder.folder(), order.form(), metadata(hosted));
    files.check(order.resume());
    return files;
  }

  private TrainingImages images(
      StableDiffusion model, InversionRequest order, TextualInversionSettings settings)
      throws IOException {
    return TrainingImages.read(
        order.images(), model.imageSize(), settings.crop(), settings.seed(), context::say);
  }

  private static Result finished(
      NamedModel hosted, InversionRequest order, TrainingImages images, Run run)
      throws IOException {
    StableDiffusion model = hosted.model();
    InversionFiles files = run.files;
    Embeddings tokens = model.engine().call(() -> run.invert(images));
    Path file = files.saveResult(tokens);
    Optional<WrittenPatch> patch = Optional.empty();
    if (order.tokensPatch().isPresent()) {
      TokensDraft draft = new TokensDraft(order, run.settings, images.digests());
      patch =
          Optional.of(
              WrittenPatch.writeUsable(model.base(), draft.of(tokens), order.tokensPatch().get()));
    }
    Files.deleteIfExists(files.checkpoint());
    String phrase = order.form().format().single() ? order.form().token() : tokens.phrase();
    return new Result(file, tokens, PromptTemplate.of(order.kind()).with(phrase), patch);
  }

  private static Map<String, String> metadata(NamedModel hosted) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("made-by", "fmn " + HostVersions.read().program());
    metadata.put("model", hosted.name());
    return metadata;
  }

  /** One run, on the engine thread. */
  private final class Run {
    private final StableDiffusion model;
    private final InversionRequest order;
    private final TextualInversionSettings settings;
    private final InversionFiles files;
    private final LossCurve losses;
    private final EditContext watched;

    Run(
        StableDiffusion model,
        InversionRequest order,
        TextualInversionSettings settings,
        InversionFiles files,
        LossCurve losses) {
      this.model = model;
      this.order = order;
      this.settings = settings;
      this.files = files;
      this.losses = losses;
      this.watched =
          new EditContext(
              context,
              Optional.empty(),
              KnownConcepts.EMPTY,
              Optional.of(files.checkpoint()),
              order.resume(),
              (step, steps, loss, gradientNorm) -> losses.add(step, loss, gradientNorm));
    }

    Embeddings invert(TrainingImages images) throws IOException {
      try {
        return new TextualInversion(model, settings)
            .run(
                order.kind(),
                images,
                watched,
                (step, steps, tokens) -> {
                  if (order.saving().after(step)) {
                    save(step, tokens.get());
                  }
                });
      } finally {
        files.losses().write(losses, "inversion");
      }
    }

    private void save(int step, Embeddings tokens) throws IOException {
      files.saveStep(step, tokens);
      LossCurve.Point last = losses.points().get(losses.points().size() - 1);
      context.say(
          Message.of(
              "step %d: loss %.4f (mean of the last %d)",
              step, last.mean(), Math.min(LossCurve.WINDOW, losses.points().size())));
      if (order.saving().previews() > 0) {
        preview(step, tokens);
      }
    }

    private void preview(int step, Embeddings tokens) throws IOException {
      String prompt = PromptTemplate.of(order.kind()).with(tokens.phrase());
      GenerationRequest request =
          GenerationRequest.of(prompt).seeds(settings.seed(), order.saving().previews());
      List<RgbImage> drawn = model.generate(request, StepListener.NONE, context::cancelled);
      PngFile.write(files.preview(step), ImageGrid.of(drawn), prompt);
    }
  }
}

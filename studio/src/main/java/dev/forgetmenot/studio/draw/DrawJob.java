package dev.forgetmenot.studio.draw;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.ImageSize;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.generate.FittedImage;
import dev.forgetmenot.host.generate.GenerationJob;
import dev.forgetmenot.host.generate.ImageFolder;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.studio.job.JobKind;
import dev.forgetmenot.studio.job.JsonTexts;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/**
 * Draws a request and keeps its images. The result names them: {@code {"images": [id, …], "notes":
 * [line, …]}}. One that is stopped keeps its first image as it was at that step.
 *
 * @param model what draws; waited for while it is loaded
 * @param store gets the images
 */
public record DrawJob(ServedModel model, ImageStore store) implements JobKind {
  /** The name of the kind. */
  public static final String NAME = "draw";

  /**
   * Clients that know only 512 × 512 ask a model of small images for this many times its pixels.
   */
  private static final int MOST_TIMES = 16;

  /** Previews may take this share of the time of a job. */
  private static final double PREVIEWS = 0.05;

  private static final int FIRST_PREVIEW = 2;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public JsonObject run(JsonObject json, Path folder, RunningJob running) throws IOException {
    running.progress("waiting for the model", 0, 0);
    NamedModel hosted = model.await();
    GenerationRequest request = fitted(DrawRequest.read(json, folder), hosted.model(), running);
    Drawing drawing = new Drawing(hosted, running);
    List<RgbImage> drawn;
    try {
      drawn = new GenerationJob(hosted.model(), drawing).draw(request, "drawing", drawing);
    } catch (CancellationException e) {
      if (drawing.unfinished.isEmpty()) {
        throw e;
      }
      drawn = drawing.unfinished;
      running.say("stopped before the last step");
    }
    JsonArray ids = new JsonArray();
    for (int i = 0; i < drawn.size(); i++) {
      String infotext = drawing.provenance.infotext(drawing.request, i);
      ids.add(store.add(drawn.get(i), running.id(), request.seedOf(i), infotext).id());
    }
    JsonObject result = new JsonObject();
    result.add("images", ids);
    result.add("notes", JsonTexts.array(running.lines()));
    return result;
  }

  /** The request in a size that the model draws, with its first image in that size. */
  private static GenerationRequest fitted(
      GenerationRequest request, StableDiffusion model, RunningJob running) {
    int own = model.imageSize();
    long pixels = (long) request.width().orElse(own) * request.height().orElse(own);
    GenerationRequest sized = request;
    if (pixels > (long) MOST_TIMES * own * own) {
      running.say(
          Message.of(
              "%s × %s is more than %s times what this model draws; drawn at its own %s × %s",
              request.width().orElse(own), request.height().orElse(own), MOST_TIMES, own, own));
      sized = request.toBuilder().width(own).height(own).build();
    }
    if (sized.initial().isPresent()) {
      InitialImage initial = sized.initial().get();
      FittedImage size = FittedImage.of(initial.image(), model, sized.width(), sized.height());
      sized =
          sized.toBuilder()
              .width(size.width())
              .height(size.height())
              .initial(size.fit(initial))
              .build();
    }
    ImageSize.of(sized, own, own / model.latentShape()[1]);
    return sized;
  }

  /**
   * What is known of a drawing when it has begun. Once there is something to see, it stops at the
   * end of a step, where what is there can be kept.
   */
  private static final class Drawing implements StepListener, JobContext.Nested {
    private final NamedModel hosted;
    private final RunningJob running;
    private final List<RgbImage> unfinished = new ArrayList<>();
    private GenerationRequest request;
    private ImageFolder.Provenance provenance;
    private boolean visible; // a step has ended
    private long began;
    private long previews;

    private Drawing(NamedModel hosted, RunningJob running) {
      this.hosted = hosted;
      this.running = running;
    }

    @Override
    public JobContext outer() {
      return running;
    }

    @Override
    public boolean cancelled() {
      return running.cancelled() && (!visible || !unfinished.isEmpty());
    }

    @Override
    public void begins(GenerationRequest drawn, List<PatchRequest> patches) {
      began = System.nanoTime();
      request = drawn;
      provenance =
          ImageFolder.Provenance.of(
              hosted, drawn, patches.stream().map(PatchSet::label).toList(), List.of(), Map.of());
    }

    @Override
    public void step(int step, int of, double timestep, Supplier<RgbImage> preview) {
      visible = true;
      if (running.cancelled() && step < of) {
        unfinished.add(preview.get());
        return;
      }
      long now = System.nanoTime();
      if (step >= FIRST_PREVIEW
          && step < of
          && running.previewWanted()
          && previews <= PREVIEWS * (now - began)) {
        running.preview(png(preview.get()));
        previews += System.nanoTime() - now;
      }
    }

    private static byte[] png(RgbImage image) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        ImageIO.write(PngFile.image(image), "png", bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }
  }
}

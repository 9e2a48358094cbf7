package dev.forgetmenot.host.generate;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.GuidanceInterval;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.image.Infotext;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.tokenizer.WeightedPrompt;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.chart.ImageGrid;
import dev.forgetmenot.host.model.NamedModel;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Images in a folder, named by a running number and the seed as A1111 does: {@code 00007-42.png}.
 * No file is ever overwritten.
 */
public final class ImageFolder {
  private static final Pattern NUMBERED = Pattern.compile("(?U)(\\d{5,9})-.*\\.png");
  private static final int BYTES_A_PIXEL = 4;

  private final Path folder;
  private final int first;
  private final Provenance provenance;

  /**
   * What the infotext says beside the request.
   *
   * @param model the model's name
   * @param sampler the sampler's name as A1111 prints it
   * @param width pixels
   * @param height pixels
   * @param patches {@code name@version:strength}, in order
   * @param compute what the UNet and the VAE were computed in
   * @param program name and version of the program
   * @param embeddings names of the files of learned tokens
   * @param promptChunks chunks of the longest prompt
   * @param facts more pairs of the infotext, such as the name of the image to begin with
   */
  public record Provenance(
      String model,
      String sampler,
      int width,
      int height,
      List<String> patches,
      ComputePrecision compute,
      String program,
      List<String> embeddings,
      int promptChunks,
      Map<String, String> facts) {
    /** Copies the lists and the map. */
    public Provenance {
      patches = List.copyOf(patches);
      embeddings = List.copyOf(embeddings);
      facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /**
     * What is to be said of images that a model draws.
     *
     * @param patches what is on the model
     * @param embeddings names of the files of learned tokens
     * @param facts more pairs of the infotext
     */
    public static Provenance of(
        NamedModel hosted,
        GenerationRequest request,
        List<String> patches,
        List<String> embeddings,
        Map<String, String> facts) {
      StableDiffusion model = hosted.model();
      int width = request.width().orElse(model.imageSize());
      int height = request.height().orElse(model.imageSize());
      Map<String, String> more = new LinkedHashMap<>(facts);
      if (model.inTiles(width, height)) {
        more.put("VAE tiling", "on");
      }
      return new Provenance(
          hosted.name(),
          model.sampler(request).displayName(),
          width,
          height,
          patches,
          hosted.compute().precision(),
          "fmn " + HostVersions.read().program(),
          embeddings,
          Math.max(
              model.promptChunks(request.prompt()), model.promptChunks(request.negativePrompt())),
          more);
    }

    /** The infotext of an image of a request, counted from 0. */
    public String infotext(GenerationRequest request, int image) {
      Map<String, String> pairs = new LinkedHashMap<>();
      pairs.put("Steps", Integer.toString(request.steps()));
      pairs.put("Sampler", sampler);
      pairs.put("CFG scale", plain(request.guidance()));
      if (request.guidanceRescale() > 0) {
        pairs.put("Guidance rescale", plain(request.guidanceRescale()));
      }
      putLessWork(request, pairs);
      pairs.put("Seed", Long.toString(request.seedOf(image)));
      pairs.put("Size", width + "x" + height);
      pairs.put("Model", model);
      putModes(request, image, pairs);
      if (!patches.isEmpty()) {
        pairs.put("Patches", String.join(", ", patches));
      }
      if (!embeddings.isEmpty()) {
        pairs.put("Embeddings", String.join(", ", embeddings));
      }
      if (compute != ComputePrecision.F32) {
        pairs.put("Precision", compute.toString());
      }
      pairs.put("RNG", "CPU");
      pairs.put("Version", program);
      return Infotext.of(request.prompt(), request.negativePrompt(), pairs);
    }

    /** Work that is left out. */
    private static void putLessWork(GenerationRequest request, Map<String, String> pairs) {
      GuidanceInterval guided = request.guidanceInterval();
      if (guided.from() > 0) {
        pairs.put("Guidance from", plain(guided.from()));
      }
      if (guided.until() < 1) {
        pairs.put("Guidance until", plain(guided.until()));
      }
      if (request.featureCache().used()) {
        pairs.put("Cache depth", Integer.toString(request.featureCache().depth()));
        pairs.put("Cache interval", Integer.toString(request.featureCache().interval()));
      }
    }

    /** What differs from the usual way of drawing, in A1111's words where it has some. */
    private void putModes(GenerationRequest request, int image, Map<String, String> pairs) {
      request
          .initial()
          .ifPresent(initial -> pairs.put("Denoising strength", plain(initial.denoising())));
      pairs.putAll(facts);
      if (request.clipSkip() > 1) {
        pairs.put("Clip skip", Integer.toString(request.clipSkip()));
      }
      RecordedSettings.put(request, pairs);
      request
          .variation()
          .map(variation -> variation.plus(image))
          .ifPresent(
              variation -> {
                pairs.put("Variation seed", Long.toString(variation.seed()));
                pairs.put("Variation seed strength", plain(variation.strength()));
              });
      boolean syntax =
          promptChunks > 1
              || WeightedPrompt.parse(request.prompt()).hasSyntax()
              || WeightedPrompt.parse(request.negativePrompt()).hasSyntax();
      if (syntax) {
        pairs.put("Prompt weights", request.promptWeights() ? "on" : "off");
      }
      if (request.promptWeights() && promptChunks > 1) {
        pairs.put("Prompt chunks", Integer.toString(promptChunks));
      }
    }
  }

  /**
   * Files that go on from the highest number in the folder.
   *
   * @throws IOException if the folder cannot be read
   */
  public ImageFolder(OutputFolder output, Provenance provenance) throws IOException {
    this.folder = output.folder();
    this.provenance = provenance;
    try (var entries = Files.list(folder)) {
      first = entries.mapToInt(ImageFolder::number).max().orElse(-1) + 1;
    }
  }

  private static int number(Path file) {
    Matcher matcher = NUMBERED.matcher(String.valueOf(file.getFileName()));
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /** About how many bytes the images of a request take. */
  public static long estimate(int count, int width, int height) {
    return 2L * count * width * height * BYTES_A_PIXEL;
  }

  /**
   * Writes each image, and a grid when there are several.
   *
   * @return the files, the grid last
   */
  public List<Path> write(GenerationRequest request, List<RgbImage> images) throws IOException {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      Path file = folder.resolve(name(i, request) + ".png");
      PngFile.write(file, PngFile.image(images.get(i)), provenance.infotext(request, i));
      files.add(file);
    }
    if (images.size() > 1) {
      Path grid = unused("grid");
      PngFile.write(grid, ImageGrid.of(images), provenance.infotext(request, 0));
      files.add(grid);
    }
    return files;
  }

  /** Writes what the first image looks like after some steps; returns the file. */
  public Path writePreview(GenerationRequest request, int step, RgbImage image) throws IOException {
    Path file = folder.resolve(name(0, request) + Message.of("-step-%03d.png", step));
    PngFile.write(file, PngFile.image(image), provenance.infotext(request, 0));
    return file;
  }

  private String name(int index, GenerationRequest request) {
    return Message.of("%05d-%d", first + index, request.seedOf(index));
  }

  private Path unused(String stem) {
    Path file = folder.resolve(stem + ".png");
    for (int i = 1; Files.exists(file); i++) {
      file = folder.resolve(stem + "-" + i + ".png");
    }
    return file;
  }

  /** A number without needless zeros: 5, 7.5. */
  public static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }
}

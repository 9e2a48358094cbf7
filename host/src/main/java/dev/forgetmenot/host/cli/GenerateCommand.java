package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.pipeline.ImageSize;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.diffusion.vae.VaeTiling;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.cli.shell.PrecisionOption;
import dev.forgetmenot.host.generate.FittedImage;
import dev.forgetmenot.host.generate.GenerationJob;
import dev.forgetmenot.host.generate.ImageFolder;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.generate.RecordedSettings;
import dev.forgetmenot.host.generate.StepTime;
import dev.forgetmenot.host.invert.TokenFiles;
import dev.forgetmenot.host.model.MemoryModel;
import dev.forgetmenot.host.model.MemoryNeed;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.host.run.PromptFile;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.gate.PromptPatches;
import dev.forgetmenot.patching.library.NamedPatches;
import dev.forgetmenot.patching.library.StackRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn generate}: images of a prompt. */
@Command(
    name = "generate",
    description = "Draw images of a prompt, one PNG file each.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  fmn generate \"a photo of a lighthouse\" --count 4 --patch some.fmnpatch:0.8",
      "  fmn generate \"a photo of a lighthouse <patch:some:0.8>\""
    })
final class GenerateCommand extends ContextCommand {
  /** Images with so many times the pixels of the model's own size are worth a measurement. */
  private static final double MEASURED = 2;

  @Parameters(
      paramLabel = "PROMPT",
      arity = "0..1",
      description = "What to draw; with --from what that image says unless it is given.")
  private String prompt;

  @Option(
      names = "--from",
      paramLabel = "IMAGE",
      description =
          "Draw as this PNG file of the program or of A1111 says; other options replace parts.")
  private Path from;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = {
        "Draw every line of this text file in place of PROMPT, many at once; a line may end with",
        "--n NEGATIVE --w WIDTH --h HEIGHT --d SEED --s STEPS --l GUIDANCE, # begins a comment."
      })
  private Path prompts;

  @Mixin private DrawingOptions drawing;

  @Mixin private PatchOptions patchOptions;

  @Option(
      names = "--embedding",
      paramLabel = "FILE",
      description = "Learned tokens that the prompts name, safetensors of any tool; repeatable.")
  private List<Path> embeddings = new ArrayList<>();

  @Option(
      names = "--preview-every",
      paramLabel = "N",
      defaultValue = "0",
      description = "Also write the first image after every N steps (default: do not).")
  private int previewEvery;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "images",
      description = "Where the images go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private PrecisionOption computing;

  @Option(
      names = "--vae-tiling",
      paramLabel = "WHEN",
      defaultValue = "off",
      description = {
        "Decode images in overlapping tiles of the model's own size, which bounds the memory: off, on",
        "or auto (above about 880 x 880 of SD 1.5); contrast may differ a little (default:",
        "${DEFAULT-VALUE})."
      })
  private VaeTiling tiling;

  @Mixin private ModelOptions options;

  GenerateCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    if (previewEvery < 0) {
      throw new IllegalArgumentException("--preview-every should be 1 or more");
    }
    List<GenerationRequest> asked = asked();
    PromptSyntax.note(asked).ifPresent(context.console()::note);
    Optional<StackRecipe> recipe = patchOptions.recipe();
    try (PatchSet patches = patchOptions.open(context.console(), options.folder(), recipe);
        NamedPatches named = patchOptions.named(context.console(), options.folder());
        HostPluginManager plugins = options.plugins().start(context.console());
        NamedModel hosted =
            options
                .loader(plugins)
                .computing(computing.precision())
                .tiling(tiling)
                .load(patches.requests(), named)) {
      StableDiffusion model = hosted.model();
      if (computing.precision() != ComputePrecision.F32) {
        context.say("computed in " + hosted.compute());
      }
      model.notes().forEach(context.console()::note);
      model.patchDescriptions().forEach(context::say);
      if (recipe.isPresent()) {
        context.say(model.engine().call(() -> recipe.get().check(model, patches.requests())));
      }
      new TokenFiles(embeddings).addTo(hosted, context);
      List<GenerationRequest> requests = checked(asked, model);
      sayWhatItTakes(model, largest(requests, model));
      context.say("seed " + requests.get(0).seed());
      for (List<GenerationRequest> together : PromptFile.together(requests)) {
        draw(together, hosted, requests);
      }
    }
    return ExitCodes.DONE;
  }

  /** The requests as they are drawn, after what the model cannot draw is refused. */
  private List<GenerationRequest> checked(List<GenerationRequest> asked, StableDiffusion model) {
    drawing.check(model.schedulerConfig());
    List<GenerationRequest> requests = asked.stream().map(one -> fitted(one, model)).toList();
    for (GenerationRequest request : requests) {
      int stride = model.imageSize() / model.latentShape()[1];
      ImageSize.of(request, model.imageSize(), stride);
      model.sampler(request);
      PromptSyntax.weights(request).ifPresent(context::say);
    }
    return requests;
  }

  private static GenerationRequest largest(
      List<GenerationRequest> requests, StableDiffusion model) {
    return Collections.max(
        requests,
        Comparator.comparingLong(
            request ->
                (long) request.width().orElse(model.imageSize())
                    * request.height().orElse(model.imageSize())));
  }

  /** Draws requests at once, or one after the other where patches depend on the prompt. */
  private void draw(
      List<GenerationRequest> together, NamedModel hosted, List<GenerationRequest> all)
      throws IOException {
    int from = all.indexOf(together.get(0)) + 1;
    String which = all.size() == 1 ? "" : Message.of(" %s of %s", from, all.size());
    GenerationJob job = new GenerationJob(hosted.model(), context);
    if (together.size() == 1 || concernsPatches(together, hosted.model())) {
      for (GenerationRequest request : together) {
        Output files = new Output(hosted, request.count());
        files.write(job.draw(request, "drawing" + which, files));
      }
      return;
    }
    List<Output> outputs = new ArrayList<>();
    for (GenerationRequest request : together) {
      outputs.add(new Output(hosted, request.count()));
    }
    OutputFolder.prepare(output, 0);
    List<List<RgbImage>> images = job.drawTogether(together, "drawing" + which);
    for (int i = 0; i < together.size(); i++) {
      outputs.get(i).begins(together.get(i), hosted.model().patches());
      outputs.get(i).write(images.get(i));
    }
  }

  private static boolean concernsPatches(List<GenerationRequest> requests, StableDiffusion model) {
    return model
        .engine()
        .call(
            () ->
                requests.stream()
                    .map(one -> new PromptPatches(one.prompt(), one.negativePrompt()))
                    .anyMatch(one -> one.concern(model)));
  }

  /** Where images go; what they say of prompts and patches is known when the drawing begins. */
  private final class Output implements StepListener {
    private final NamedModel hosted;
    private final int count;
    private GenerationRequest request;
    private ImageFolder images;

    private Output(NamedModel hosted, int count) {
      this.hosted = hosted;
      this.count = count;
    }

    private void write(List<RgbImage> drawn) throws IOException {
      images.write(request, drawn).forEach(file -> context.say("wrote " + file));
    }

    @Override
    public void begins(GenerationRequest drawn, List<PatchRequest> patches) {
      request = drawn;
      ImageFolder.Provenance provenance =
          ImageFolder.Provenance.of(
              hosted,
              drawn,
              patches.stream().map(PatchSet::label).toList(),
              embeddings.stream().map(file -> String.valueOf(file.getFileName())).toList(),
              drawing.facts());
      try {
        long bytes = ImageFolder.estimate(count, provenance.width(), provenance.height());
        images = new ImageFolder(OutputFolder.prepare(output, bytes), provenance);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void step(int step, int of, double timestep, Supplier<RgbImage> image) {
      if (previewEvery > 0 && step % previewEvery == 0 && step < of) {
        try {
          images.writePreview(request, step, image.get());
        } catch (IOException e) {
          throw new UncheckedIOException("the preview cannot be written", e);
        }
      }
    }
  }

  /** Large images take long before their first step is done, and may not fit at all. */
  private void sayWhatItTakes(StableDiffusion model, GenerationRequest request) throws IOException {
    int width = request.width().orElse(model.imageSize());
    int height = request.height().orElse(model.imageSize());
    double times = (double) width * height / model.imageSize() / model.imageSize();
    if (times > 1) {
      int side = model.imageSize();
      MemoryModel memory = MemoryModel.of(model);
      MemoryNeed need =
          model.inTiles(width, height) ? memory.images(side, side) : memory.images(width, height);
      MemoryFacts facts = MemoryFacts.read();
      need.check(facts, "ask for smaller images (--size)");
      context.say(
          Message.of(
              "%d × %d %s; each step takes at least %.0f times as long as at %d × %d",
              width, height, need.line(facts), times, model.imageSize(), model.imageSize()));
      if (times >= MEASURED) {
        StepTime step = StepTime.measure(model);
        context.say(
            Message.of(
                "the steps take at least about %s: a pass of the UNet for %d × %d took %s here, and"
                    + " attention grows faster than the pixels",
                StepTime.said(step.atLeast(request, width, height)),
                step.side(),
                step.side(),
                StepTime.said(step.pass())));
      }
    }
  }

  private List<GenerationRequest> asked() throws IOException {
    if (Stream.of(prompt, from, prompts).allMatch(Objects::isNull)) {
      throw new IllegalArgumentException(
          "there is nothing to draw: give a prompt, such as fmn generate \"a photo of a"
              + " lighthouse\", an image to draw again by --from, or a file by --prompts");
    }
    if (prompts != null && (prompt != null || from != null || previewEvery > 0)) {
      throw new IllegalArgumentException(
          "--prompts says what to draw: leave out PROMPT, --from and --preview-every");
    }
    RecordedSettings recorded = from == null ? RecordedSettings.NONE : RecordedSettings.read(from);
    recorded.note().ifPresent(context.console()::note);
    GenerationRequest usual =
        drawing.request(prompt == null ? recorded.prompt() : prompt, recorded);
    drawing.note(usual).ifPresent(context::say);
    return prompts == null ? List.of(usual) : PromptFile.read(prompts, usual);
  }

  /** The request with its image to begin with in the size that is drawn. */
  private GenerationRequest fitted(GenerationRequest request, StableDiffusion model) {
    if (request.initial().isEmpty()) {
      return request;
    }
    InitialImage initial = request.initial().get();
    RgbImage image = initial.image();
    FittedImage size = FittedImage.of(image, model, request.width(), request.height());
    context.say(
        Message.of(
            "the image to begin with, %s × %s pixels, is drawn at %s × %s",
            image.width(), image.height(), size.width(), size.height()));
    return request.toBuilder()
        .width(size.width())
        .height(size.height())
        .initial(size.fit(initial))
        .build();
  }
}

package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.pipeline.StepListener;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.cli.shell.PrecisionOption;
import dev.forgetmenot.host.generate.GenerationJob;
import dev.forgetmenot.host.generate.ImageFolder;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.generate.StepTime;
import dev.forgetmenot.host.invert.TokenFiles;
import dev.forgetmenot.host.model.MemoryModel;
import dev.forgetmenot.host.model.MemoryNeed;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.library.NamedPatches;
import dev.forgetmenot.patching.library.StackRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
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

  @Parameters(paramLabel = "PROMPT", description = "What to draw.")
  private String prompt;

  @Option(
      names = {"-n", "--negative-prompt"},
      paramLabel = "PROMPT",
      defaultValue = "",
      description = "What to stay away from.")
  private String negativePrompt;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Seed of the first image, image i has N + i; -1 for a random one (default).")
  private long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Steps of the sampler (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      defaultValue = "5",
      description =
          "How closely to follow the prompt; 1 for not at all (default: ${DEFAULT-VALUE}).")
  private double guidance;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of images (default: ${DEFAULT-VALUE}).")
  private int count;

  @Mixin private ImageSizeOption size;

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      description = "ddim, pndm, euler, euler-a or a plugin's (default: the model's own).")
  private String sampler;

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

  @Mixin private ModelOptions options;

  GenerateCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    GenerationRequest request = request();
    PromptSyntax.note(prompt + " " + negativePrompt).ifPresent(context.console()::note);
    Optional<StackRecipe> recipe = patchOptions.recipe();
    try (PatchSet patches = patchOptions.open(context.console(), options.folder(), recipe);
        NamedPatches named = patchOptions.named(context.console(), options.folder());
        HostPluginManager plugins = options.plugins().start(context.console());
        NamedModel hosted =
            options
                .loader(plugins)
                .computing(computing.precision())
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
      sayWhatItTakes(model, request);
      context.say("seed " + request.seed());
      Output files = new Output(hosted);
      List<RgbImage> images = new GenerationJob(model, context).draw(request, "drawing", files);
      files.images.write(files.request, images).forEach(file -> context.say("wrote " + file));
    }
    return ExitCodes.DONE;
  }

  /** Where images go; what they say of prompts and patches is known when the drawing begins. */
  private final class Output implements StepListener {
    private final NamedModel hosted;
    private GenerationRequest request;
    private ImageFolder images;

    private Output(NamedModel hosted) {
      this.hosted = hosted;
    }

    @Override
    public void begins(GenerationRequest drawn, List<PatchRequest> patches) {
      request = drawn;
      ImageFolder.Provenance provenance =
          ImageFolder.Provenance.of(
              hosted,
              drawn,
              patches.stream().map(PatchSet::label).toList(),
              embeddings.stream().map(file -> String.valueOf(file.getFileName())).toList());
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
      MemoryNeed need = MemoryModel.of(model).images(width, height);
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

  private GenerationRequest request() {
    if (seed < -1) {
      throw new IllegalArgumentException("--seed should be 0 or more, or -1, not " + seed);
    }
    if (previewEvery < 0) {
      throw new IllegalArgumentException("--preview-every should be 1 or more");
    }
    long first = seed == -1 ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
    return new GenerationRequest(
        prompt,
        negativePrompt,
        first,
        true,
        count,
        steps,
        guidance,
        size.width(),
        size.height(),
        Optional.ofNullable(sampler));
  }
}

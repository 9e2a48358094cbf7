package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.kit.image.ImageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn classify}: what a model's own CLIP sees in images. */
@Command(
    name = "classify",
    description =
        "Say what images show: the nearest of the phrases that the model was taught, or of "
            + "others, judged by the CLIP in the model's folder.",
    mixinStandardHelpOptions = true)
final class ClassifyCommand extends ContextCommand {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Image files.")
  private List<Path> files;

  @Option(
      names = "--labels",
      paramLabel = "PHRASE",
      split = ",",
      description = "Phrases to choose from (default: those of the model's concepts.json).")
  private List<String> labels;

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      defaultValue = ZeroShotClassifier.TEMPLATE,
      description = "The text around a phrase (default: \"${DEFAULT-VALUE}\").")
  private String template;

  @Option(names = "--style", description = "Say the style instead of the thing.")
  private boolean style;

  @Mixin private JudgeOptions judge;

  @Mixin private ModelOptions options;

  ClassifyCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    EvaluationSetup given = judge.judging(options.folder());
    KnownConcepts vocabulary = labels == null ? given.vocabulary() : vocabulary(labels);
    if (vocabulary.phrases().isEmpty()) {
      throw new IllegalArgumentException(
          options.folder()
              + " does not say what it was taught: name phrases by --labels or --known-concepts");
    }
    try (EngineThread engine = EngineThread.start(options.device());
        ZeroShotClassifier classifier =
            ZeroShotClassifier.open(given.clip(), engine, vocabulary, template)) {
      int failed = 0;
      for (Path file : files) {
        RgbImage image;
        try {
          image = ImageFile.read(file).image();
        } catch (IOException e) {
          context.console().note("fmn: " + e.getMessage());
          failed++;
          continue;
        }
        List<RgbImage> one = List.of(image);
        List<String> answer = style ? classifier.classifyStyle(one) : classifier.classify(one);
        context.say(file + "  " + answer.get(0));
      }
      if (failed > 0 && files.size() > 1) {
        context.console().note(failed + " of " + files.size() + " files could not be read");
      }
      return failed == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
    }
  }

  private KnownConcepts vocabulary(List<String> names) {
    ConceptType kind = style ? ConceptType.STYLE : ConceptType.OBJECT;
    return new KnownConcepts(
        names.stream().map(name -> new KnownConcepts.Phrase(name, name, kind, "")).toList(),
        List.of());
  }
}

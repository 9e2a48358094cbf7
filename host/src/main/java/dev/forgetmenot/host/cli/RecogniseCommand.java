package dev.forgetmenot.host.cli;

import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.host.job.Recogniser;
import dev.forgetmenot.host.job.VocabularyFile;
import dev.forgetmenot.host.picture.PngPictures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn recognise}: what a model's own CLIP sees in pictures. */
@Command(
    name = "recognise",
    description = {
      "Say what pictures show: the nearest of the phrases that the model was taught, or of others,",
      "judged by the CLIP in the model's folder."
    },
    mixinStandardHelpOptions = true)
final class RecogniseCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Pictures.")
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
      defaultValue = Recogniser.TEMPLATE,
      description = "The text around a phrase (default: \"${DEFAULT-VALUE}\").")
  private String template;

  @Mixin private ModelOptions options;

  RecogniseCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Path model = options.folder();
    List<String> phrases =
        labels == null ? VocabularyFile.things(VocabularyFile.of(model)) : labels;
    if (phrases.isEmpty()) {
      throw new IllegalArgumentException(
          model + " does not say what it was taught: name phrases by --labels");
    }
    try (EngineThread engine = EngineThread.start(options.device());
        Recogniser recogniser = Recogniser.open(model, engine, phrases, template)) {
      for (Path file : files) {
        String answer = recogniser.recognise(List.of(PngPictures.read(file))).get(0);
        context.say(file + "  " + answer);
      }
    }
    return CommandLineProgram.DONE;
  }
}

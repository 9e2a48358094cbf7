package dev.forgetmenot.host.invert;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.chart.LossFiles;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an {@link InversionJob} should do.
 *
 * @param images a folder with images of the concept
 * @param kind of the concept
 * @param values of {@link TextualInversionSettings#parameters}
 * @param output a folder for what comes out
 * @param saving what is left on the way
 * @param form of the final file
 * @param tokensPatch where a patch with the tokens goes too
 * @param resume whether to go on from the checkpoint in the output folder
 */
public record InversionRequest(
    Path images,
    ConceptType kind,
    Settings values,
    Path output,
    Saving saving,
    Form form,
    Optional<Path> tokensPatch,
    boolean resume) {

  /** Where an inversion that is stopped leaves its state. */
  public Path checkpoint() {
    return output.resolve(InversionFiles.CHECKPOINT);
  }

  /** What the job writes for its user at the end, in the place of what is there. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>();
    files.add(output.resolve(form.fileName()));
    tokensPatch.ifPresent(files::add);
    files.addAll(new LossFiles(output).files());
    return files;
  }

  /**
   * What is left on the way.
   *
   * @param every so many steps; 0 for never
   * @param previews images that the model draws with the tokens each time; 0 for none
   */
  public record Saving(int every, int previews) {
    /** Nothing is left on the way. */
    public static final Saving NEVER = new Saving(0, 0);

    /** Checks the numbers. */
    public Saving {
      if (every < 0 || previews < 0) {
        throw new IllegalArgumentException(
            "steps and images are 0 or more, not " + every + " and " + previews);
      }
    }

    boolean after(int step) {
      return every > 0 && step % every == 0;
    }
  }

  /**
   * The form of the final file.
   *
   * @param format of a tool
   * @param token the name of the one token that the vectors become where the format holds one
   */
  public record Form(EmbeddingsFormat format, String token) {
    /** As the original has it. */
    public static final Form ORIGINAL = new Form(EmbeddingsFormat.ORIGINAL, "<s>");

    /** The final file's name. */
    public String fileName() {
      return format.fileName(token);
    }
  }
}

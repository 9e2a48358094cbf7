package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchException;
import dev.forgetmenot.evaluation.bench.BenchJudge.Listed;
import dev.forgetmenot.evaluation.bench.BenchProblem;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of judges that a list names. */
public final class ListedJudges {
  private ListedJudges() {}

  /** Looks at a file or folder. */
  @FunctionalInterface
  private interface Look {
    void at(Path path) throws IOException;
  }

  /**
   * Reads a list and looks at the vocabulary and the CLIP folders that it names.
   *
   * @param nameOrFile a list of the program, or a file
   * @throws IOException if the list cannot be read
   * @throws BenchException if it says something that cannot be done; it says all mistakes
   */
  public static Bench read(String nameOrFile) throws IOException {
    Bench bench = Bench.read(nameOrFile);
    List<BenchProblem> problems = new ArrayList<>();
    look("vocabulary", bench.judge().vocabulary(), VocabularyFile::read, problems);
    look("text", bench.judge().text(), path -> ClipFiles.model(path).check(), problems);
    look("extraClip", bench.judge().extraClip(), path -> ClipFiles.model(path).check(), problems);
    if (!problems.isEmpty()) {
      throw new BenchException(problems);
    }
    return bench;
  }

  /**
   * What judges choose from: what the user names, or else the list, or else the model; or else all
   * of the list.
   *
   * @param judging has what the user named or the model says
   * @param named the file that the user named
   * @throws IOException if the list's file cannot be read
   */
  public static KnownConcepts vocabulary(Bench bench, EvaluationSetup judging, Optional<Path> named)
      throws IOException {
    Optional<Listed> listed = bench.judge().vocabulary();
    if (named.isEmpty() && listed.isPresent()) {
      return VocabularyFile.read(listed.get().path());
    }
    boolean known = judging.complete() && !judging.vocabulary().phrases().isEmpty();
    return known ? judging.vocabulary() : bench.known();
  }

  private static void look(
      String key, Optional<Listed> named, Look look, List<BenchProblem> problems) {
    if (named.isPresent()) {
      try {
        look.at(named.get().path());
      } catch (IOException e) {
        problems.add(
            new BenchProblem(
                named.get().place(),
                Message.of("%s cannot be used: %s", key, String.valueOf(e.getMessage()))));
      }
    }
  }
}

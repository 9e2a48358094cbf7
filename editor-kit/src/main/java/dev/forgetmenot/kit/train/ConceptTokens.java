package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What prompts call each concept: its name, or tokens that were learned of its images. Learned
 * tokens are in the vocabulary until {@link #close}. For the engine thread.
 */
public final class ConceptTokens implements AutoCloseable {
  private final List<String> words;
  private final List<AddedTokens> added; // one or none

  private ConceptTokens(List<String> words, List<AddedTokens> added) {
    this.words = List.copyOf(words);
    this.added = List.copyOf(added);
  }

  /**
   * Finds the words.
   *
   * @param files learned tokens of each concept, in order; none for the concepts' names. The
   *     vectors are called {@code <s1>}, {@code <s2>} and so on across all of them
   * @throws IllegalArgumentException if there are neither none nor as many files as concepts
   * @throws IOException if a file cannot be read
   */
  public static ConceptTokens of(DiffusionModel model, List<Concept> concepts, List<Path> files)
      throws IOException {
    if (files.isEmpty()) {
      return new ConceptTokens(concepts.stream().map(Concept::name).toList(), List.of());
    }
    if (files.size() != concepts.size()) {
      throw new IllegalArgumentException(
          concepts.size() + " concepts need as many files of learned tokens, not " + files.size());
    }
    List<String> words = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    for (Path file : files) {
      Embeddings learned = EmbeddingsFile.read(file);
      StringBuilder word = new StringBuilder();
      for (float[][] token : learned.vectors().values()) {
        for (float[] vector : token) {
          names.add("<s" + (names.size() + 1) + ">");
          vectors.add(vector);
          word.append(names.get(names.size() - 1));
        }
      }
      words.add(word.toString());
    }
    return new ConceptTokens(
        words, List.of(model.addTokens(names, vectors.toArray(float[][]::new))));
  }

  /** The words of each concept, in order. */
  public List<String> words() {
    return words;
  }

  @Override
  public void close() {
    added.forEach(AddedTokens::close);
  }
}

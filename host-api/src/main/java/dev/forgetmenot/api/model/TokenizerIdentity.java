package dev.forgetmenot.api.model;

import java.io.IOException;

/**
 * What a tokenizer is: its words with their ids and its merges in order, whatever files and
 * spellings say them (docs/patch-format.md). Nothing is read or digested before it is asked for.
 * May be used by several threads at once.
 */
public interface TokenizerIdentity {
  /**
   * SHA-256 of the words in their canonical spelling, hex.
   *
   * @throws IOException if the tokenizer's files cannot be read; the message names the file
   */
  String vocabSha256() throws IOException;

  /**
   * SHA-256 of the merges in their canonical spelling, hex.
   *
   * @throws IOException if the tokenizer's files cannot be read; the message names the file
   */
  String mergesSha256() throws IOException;

  /**
   * Whether two digests are of these words and merges in any known spelling; patches of earlier
   * versions have those of the files that they were made with.
   *
   * @param vocabSha256 of a {@code vocab.json}, hex
   * @param mergesSha256 of a {@code merges.txt}, hex
   * @throws IOException if the tokenizer's files cannot be read; the message names the file
   */
  boolean has(String vocabSha256, String mergesSha256) throws IOException;

  /**
   * Whether two tokenizers have the same words and merges.
   *
   * @throws IOException if files of one cannot be read; the message names the file
   */
  default boolean sameAs(TokenizerIdentity other) throws IOException {
    return vocabSha256().equals(other.vocabSha256()) && mergesSha256().equals(other.mergesSha256());
  }

  /**
   * A tokenizer of which only digests are known.
   *
   * @param vocabSha256 of the words, hex
   * @param mergesSha256 of the merges, hex
   */
  static TokenizerIdentity of(String vocabSha256, String mergesSha256) {
    record Known(String vocabSha256, String mergesSha256) implements TokenizerIdentity {
      @Override
      public boolean has(String vocab, String merges) {
        return vocabSha256.equals(vocab) && mergesSha256.equals(merges);
      }
    }
    return new Known(vocabSha256, mergesSha256);
  }
}

package dev.forgetmenot.diffusion.tokenizer;

import dev.forgetmenot.api.model.TokenizerIdentity;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The identity of a tokenizer from its files. The cheapest question is asked first: the bytes of
 * the two files, then the canonical spelling, then the other spellings one after another.
 */
final class SpelledTokenizer implements TokenizerIdentity {
  private final TokenizerFiles files;
  private String vocab;
  private String merges;

  SpelledTokenizer(TokenizerFiles files) {
    this.files = files;
  }

  @Override
  public synchronized String vocabSha256() throws IOException {
    if (vocab == null) {
      vocab = Spelling.vocabulary(all(files.content()));
    }
    return vocab;
  }

  @Override
  public synchronized String mergesSha256() throws IOException {
    if (merges == null) {
      merges = Spelling.merges(files.content().merges());
    }
    return merges;
  }

  /** The vocabulary with the words that were added beside it. */
  private static Map<String, Integer> all(TokenizerContent content) {
    if (content.added().isEmpty()) {
      return content.words();
    }
    Map<String, Integer> all = new HashMap<>(content.words());
    all.putAll(content.added());
    return all;
  }

  @Override
  public boolean has(String vocabSha256, String mergesSha256) throws IOException {
    return hasMerges(mergesSha256) && hasVocabulary(vocabSha256);
  }

  private boolean hasVocabulary(String sha256) throws IOException {
    // Earlier versions took vocab.json alone, without the words of added_tokens.json.
    return files.isFile(TokenizerFiles.VOCAB, sha256)
        || vocabSha256().equals(sha256)
        || Spelling.vocabularies(all(files.content())).anyMatch(sha256::equals)
        || (!files.content().added().isEmpty()
            && Spelling.vocabularies(files.content().words()).anyMatch(sha256::equals));
  }

  private boolean hasMerges(String sha256) throws IOException {
    return files.isFile(TokenizerFiles.MERGES, sha256)
        || mergesSha256().equals(sha256)
        || Spelling.allMerges(files.content().merges()).anyMatch(sha256::equals);
  }
}

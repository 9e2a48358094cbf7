package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;
import dev.forgetmenot.patching.linear.Subspace;
import dev.forgetmenot.patching.linear.TruncatedSvd;
import java.util.ArrayList;
import java.util.List;

/**
 * What text embeddings look like in general, to change it least. For the engine thread.
 *
 * <p>Large text encoders ({@link AskedPhrases}) read one prompt whole, for what padding is like,
 * and of 48 the first positions, up to the end of most texts: CLIP's text encoder is causal, so
 * that their states are those of the whole prompt. On the embedded model that leaves text in place
 * better than 24 whole prompts, in a quarter of the time (docs/forgetting.md).
 *
 * @param rows text embedding rows (n × d), all positions of many prompts, or those first ones
 */
public record TextStatistics(Matrix rows) {
  private static final String EMBEDDING =
      "text_encoder/text_model.embeddings.token_embedding.weight";
  private static final int BYTES = 512; // the first ids of the byte-pair vocabulary: single bytes
  private static final int WIDEST = 1024; // embeddings whose second moments are decomposed in full
  private static final double CUT = 3e-4; // weaker directions do not count
  private static final int WHOLE = 1;
  private static final int BEGUN = 48;
  private static final double MOST = 0.75; // of the texts of begun prompts are read to their end

  /** Rows of the prompts of subjects. */
  public static TextStatistics of(
      PromptEncoder encoder, PromptTemplate template, List<PromptPhrase> subjects) {
    return ofPrompts(
        encoder, subjects.stream().map(subject -> template.with(subject.phrase())).toList());
  }

  private static TextStatistics ofPrompts(PromptEncoder encoder, List<String> prompts) {
    return ofTokenized(encoder, prompts.stream().map(encoder::tokenize).toList());
  }

  private static TextStatistics ofTokenized(PromptEncoder encoder, List<TokenizedPrompt> prompts) {
    return AskedPhrases.all(encoder.model().base())
        ? of(encoder.encodeTokens(prompts))
        : ofBeginnings(encoder, prompts);
  }

  /** All rows of one prompt, and the first ones of more. */
  static TextStatistics ofBeginnings(PromptEncoder encoder, List<TokenizedPrompt> prompts) {
    List<TokenizedPrompt> begun = EvenSpread.of(BEGUN, prompts);
    int[] ends = begun.stream().mapToInt(TokenizedPrompt::lastEnd).sorted().toArray();
    int positions = 1 + ends[(int) (MOST * (ends.length - 1))];
    List<EncodedPrompt> read = new ArrayList<>(encoder.encodeTokens(EvenSpread.of(WHOLE, prompts)));
    read.addAll(encoder.encodeTokens(begun.stream().map(one -> first(positions, one)).toList()));
    return of(read);
  }

  private static TokenizedPrompt first(int positions, TokenizedPrompt prompt) {
    return new TokenizedPrompt(
        prompt.text(),
        prompt.ids().subList(0, positions),
        Math.min(prompt.endPosition(), positions - 1),
        prompt.cut(),
        prompt.others().stream().map(other -> first(positions, other)).toList());
  }

  /**
   * Rows of prompts about single tokens of the model's vocabulary, spread evenly over it: for
   * models of which no one says what they draw.
   *
   * @param count how many prompts, at least 1
   */
  public static TextStatistics ofTokens(PromptEncoder encoder, PromptTemplate template, int count) {
    return ofTokenized(encoder, ofSingleTokens(encoder.model(), template, count));
  }

  static List<TokenizedPrompt> ofSingleTokens(
      DiffusionModel model, PromptTemplate template, int count) {
    TokenizedPrompt empty = model.tokenize("");
    List<Integer> before = model.tokenIds(template.parts().get(0));
    long tokens = model.weights().shape(EMBEDDING)[0];
    long usable = tokens - BYTES - 2; // begin and end of text are the last
    List<TokenizedPrompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int token = (int) (BYTES + usable * i / count);
      List<Integer> text = new ArrayList<>(before);
      text.add(token);
      List<Integer> ids = new ArrayList<>(List.of(empty.ids().get(0)));
      ids.addAll(text);
      int end = ids.size();
      ids.addAll(empty.ids().subList(1, 1 + empty.ids().size() - end));
      List<TokenizedPrompt> others =
          model.tokenizer().others().stream().map(other -> other.framed(text)).toList();
      prompts.add(new TokenizedPrompt(template.with("token " + token), ids, end, "", others));
    }
    return prompts;
  }

  /**
   * The same with rows of prompts.
   *
   * @param prompts as they are; nothing is added of none
   * @param weight of all of them together, as a multiple of that of what is there
   */
  public TextStatistics and(PromptEncoder encoder, List<String> prompts, double weight) {
    if (prompts.isEmpty()) {
      return this;
    }
    Matrix more = ofPrompts(encoder, prompts).rows;
    double scale = Math.sqrt(weight * rows.rows() / more.rows());
    return new TextStatistics(Matrix.joinRows(List.of(rows, more.times(scale))));
  }

  private static TextStatistics of(List<EncodedPrompt> prompts) {
    List<double[]> rows = new ArrayList<>();
    int count = 0;
    for (EncodedPrompt prompt : prompts) {
      rows.add(prompt.rows().rowMajor());
      count += prompt.length();
    }
    double[] all = new double[count * prompts.get(0).width()];
    int at = 0;
    for (double[] part : rows) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return new TextStatistics(Matrix.of(count, prompts.get(0).width(), all));
  }

  /**
   * The same in few columns: P with P·Pᵀ = n·E[xxᵀ], as if n rows stood beside each other (d × m),
   * m at most d, and at most 512 of wide embeddings.
   *
   * @param count n
   */
  public Matrix columns(double count) {
    Matrix second = rows.inner().times(count / rows.rows());
    if (second.rows() > WIDEST) {
      TruncatedSvd largest = TruncatedSvd.of(second, 1);
      TruncatedSvd svd = TruncatedSvd.above(second, CUT * largest.sigma().get(0), WIDEST / 2);
      return svd.u().timesDiagonal(roots(svd.sigma()));
    }
    SingularValues svd = SingularValues.of(second);
    int rank = svd.rank(CUT);
    return svd.first(rank).timesDiagonal(roots(svd.sigma().subList(0, rank)));
  }

  private static double[] roots(List<Double> values) {
    return values.stream().mapToDouble(Math::sqrt).toArray();
  }

  /**
   * What every prompt has, columns (d × m): the begin token's state, which is always the same, and
   * the first directions of the empty prompt's other states.
   *
   * @param directions at least 0
   */
  public static Matrix invariants(PromptEncoder encoder, int directions) {
    EncodedPrompt empty = encoder.encode("");
    Matrix begin = empty.columns(List.of(0));
    if (directions == 0) {
      return begin;
    }
    Matrix rest = empty.rows().rows(1, empty.length()).transposed();
    return begin.beside(Subspace.ofFirst(rest, directions).basis());
  }
}

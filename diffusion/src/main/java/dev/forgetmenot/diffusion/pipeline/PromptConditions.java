package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SizeCondition;
import java.util.List;
import java.util.Optional;

/**
 * Prompts of one request to whole conditions: what text encoders make of them, and the sizes where
 * the UNet is told of them. For the engine thread.
 *
 * @param timeIds what the UNet is told of each image's sizes; empty where it is told nothing
 * @param zeros whether an empty negative prompt is a condition of zeros
 */
record PromptConditions(
    PromptEncoder encoder, GenerationRequest request, Optional<float[]> timeIds, boolean zeros) {
  /**
   * Of a request.
   *
   * @throws IllegalArgumentException if it has a second prompt or sizes and the model takes none
   */
  static PromptConditions of(GenerationRequest request, ImageSize size, ModelComponents parts) {
    if (parts.text().count() == 1
        && (request.secondPrompt().isPresent() || request.secondNegativePrompt().isPresent())) {
      throw new IllegalArgumentException(
          "this model has one text encoder and takes no second prompt; leave it out");
    }
    boolean sizes = parts.unet().config().textTime().isPresent();
    if (!sizes && !request.sizeCondition().equals(SizeCondition.NONE)) {
      throw new IllegalArgumentException(
          "this model was not trained with the sizes of its images: leave out original size, crop"
              + " and target size");
    }
    return new PromptConditions(
        PromptEncoder.of(request, parts),
        request,
        sizes
            ? Optional.of(request.sizeCondition().timeIds(size.width(), size.height()))
            : Optional.empty(),
        parts.stored().parts().zerosForEmptyPrompt());
  }

  /** Negative prompts one after another, without sizes; the caller closes it. */
  static TextCondition ofNegative(List<TokenizedPrompt> prompts, ModelComponents parts) {
    TextCondition encoded = parts.text().encode(parts.manager(), prompts);
    if (!parts.stored().parts().zerosForEmptyPrompt()) {
      return encoded;
    }
    float[] kept = new float[prompts.size()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = prompts.get(i).text().isEmpty() ? 0 : 1;
    }
    try (TextCondition whole = encoded;
        NDArray rows = parts.manager().create(kept, new Shape(kept.length, 1))) {
      NDArray context;
      try (NDArray each = rows.reshape(kept.length, 1, 1)) {
        context = whole.context().mul(each);
      }
      return new TextCondition(context, whole.pooled().map(rows::mul), Optional.empty());
    }
  }

  /** The condition of a prompt, of one row. */
  TextCondition of(String prompt, NDManager scope) {
    return withSizes(encoder.encode(both(prompt, request.secondPrompt()), scope), scope);
  }

  /** The same of a negative prompt. */
  TextCondition ofNegative(String prompt, NDManager scope) {
    TextCondition encoded = encoder.encode(both(prompt, request.secondNegativePrompt()), scope);
    return withSizes(isZeros(prompt) ? zeros(encoded) : encoded, scope);
  }

  private static List<String> both(String prompt, Optional<String> second) {
    return List.of(prompt, second.orElse(prompt));
  }

  private boolean isZeros(String negative) {
    return zeros && negative.isEmpty() && request.secondNegativePrompt().orElse("").isEmpty();
  }

  private static TextCondition zeros(TextCondition like) {
    try (like) {
      return new TextCondition(
          like.context().zerosLike(), like.pooled().map(NDArray::zerosLike), Optional.empty());
    }
  }

  private TextCondition withSizes(TextCondition encoded, NDManager scope) {
    return timeIds
        .map(
            ids ->
                new TextCondition(
                    encoded.context(),
                    encoded.pooled(),
                    Optional.of(scope.create(ids, new Shape(1, ids.length)))))
        .orElse(encoded);
  }

  /** A condition as long as the longest of a batch; see {@link PromptEncoder#padded}. */
  TextCondition padded(TextCondition row, long length, NDManager scope) {
    TextCondition longer = encoder.padded(row, length);
    longer.attach(scope);
    return longer;
  }

  /** The same of a negative prompt's: zeros are padded with zeros. */
  TextCondition paddedNegative(String prompt, TextCondition row, long length, NDManager scope) {
    long missing = length - row.context().getShape().get(1);
    if (!isZeros(prompt) || missing == 0) {
      return padded(row, length, scope);
    }
    NDArray zeros = scope.zeros(new Shape(1, missing, row.context().getShape().get(2)));
    NDArray context = row.context().concat(zeros, 1);
    context.attach(scope);
    return new TextCondition(context, row.pooled(), row.timeIds());
  }
}

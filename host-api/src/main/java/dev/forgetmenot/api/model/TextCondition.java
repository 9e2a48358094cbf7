package dev.forgetmenot.api.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The condition of a UNet. Stable Diffusion 1 and 2 have the context alone; a model with several
 * text encoders puts their embeddings side by side along d and has the other two as well (Podell et
 * al., "SDXL", arXiv 2307.01952). Whoever made or was given it closes it: {@link #close} closes its
 * arrays. For the engine thread.
 *
 * <p>Letters: b batch, n tokens (77 for each chunk of the prompt), d width of the text embedding, p
 * width of the pooled one.
 *
 * @param context the text encoders' embedding of each token (b, n, d)
 * @param pooled an embedding of the prompt as a whole (b, p)
 * @param timeIds original size, crop and target size of the images, in pixels (b, 6); empty for
 *     whole images of the size of the latents
 */
public record TextCondition(NDArray context, Optional<NDArray> pooled, Optional<NDArray> timeIds)
    implements AutoCloseable {
  private static final int TIME_IDS = 6;

  /**
   * Checks the shapes.
   *
   * @throws IllegalArgumentException if one does not fit; the arrays stay the caller's
   */
  public TextCondition {
    long batch = context.getShape().dimension() == 3 ? context.getShape().get(0) : -1;
    require(batch >= 0, "context", "(b, n, d)", context);
    pooled.ifPresent(array -> require(isMatrix(array, batch), "pooled", "(b, p)", array));
    timeIds.ifPresent(
        array ->
            require(
                isMatrix(array, batch) && array.getShape().get(1) == TIME_IDS,
                "timeIds",
                "(b, 6)",
                array));
  }

  private static boolean isMatrix(NDArray array, long batch) {
    return array.getShape().dimension() == 2 && array.getShape().get(0) == batch;
  }

  private static void require(boolean fits, String name, String expected, NDArray found) {
    if (!fits) {
      throw new IllegalArgumentException(
          Message.of(
              "%s of a text condition has the shape %s; expected %s with one b for all",
              name, found.getShape(), expected));
    }
  }

  /** The condition of a model that has a context alone. */
  public static TextCondition of(NDArray context) {
    return new TextCondition(context, Optional.empty(), Optional.empty());
  }

  /**
   * Conditions one after another, as one batch.
   *
   * @param parts at least one, alike in all but b; they stay the caller's
   * @return new arrays
   */
  public static TextCondition concat(List<TextCondition> parts) {
    TextCondition first = parts.get(0);
    return new TextCondition(
        concat(parts, TextCondition::context),
        first.pooled.map(one -> concat(parts, part -> part.pooled.orElseThrow())),
        first.timeIds.map(one -> concat(parts, part -> part.timeIds.orElseThrow())));
  }

  private static NDArray concat(
      List<TextCondition> parts, Function<TextCondition, NDArray> member) {
    if (parts.size() == 1) {
      return member.apply(parts.get(0)).duplicate();
    }
    return NDArrays.concat(new NDList(parts.stream().map(member).toList()), 0);
  }

  /** Each row of the batch so many times, one after another; new arrays. */
  public TextCondition repeat(int times) {
    return map(array -> array.repeat(0, times));
  }

  /** Another one with what a function makes of each array. */
  private TextCondition map(Function<NDArray, NDArray> function) {
    return new TextCondition(function.apply(context), pooled.map(function), timeIds.map(function));
  }

  /** Its arrays: the context, then those of the others that are there. */
  public List<NDArray> arrays() {
    List<NDArray> arrays = new ArrayList<>(List.of(context));
    pooled.ifPresent(arrays::add);
    timeIds.ifPresent(arrays::add);
    return arrays;
  }

  /** Gives the arrays to a manager, which closes them. */
  public void attach(NDManager manager) {
    arrays().forEach(array -> array.attach(manager));
  }

  @Override
  public void close() {
    arrays().forEach(NDArray::close);
  }
}

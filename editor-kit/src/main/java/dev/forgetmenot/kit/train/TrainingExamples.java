package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.NoiseSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntBiFunction;
import java.util.stream.IntStream;

/**
 * The images of all concepts as the steps take them: shuffled together, each with its own concept,
 * noised to a random timestep. Everything random depends on the seed and the number of the draw
 * alone. {@link #close} frees the latents. For the engine thread.
 */
public final class TrainingExamples implements AutoCloseable {
  /**
   * An image, or pure noise.
   *
   * @param concept index of its concept
   * @param mask where the concept is in it, if that is known
   */
  public record Example(int concept, Optional<PixelMask> mask) {}

  /**
   * What one loss looks at.
   *
   * @param examples as many as the batch has
   * @param noisy xₜ (b, c, h, w)
   * @param timesteps t, one for each of the batch
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  public record Batch(List<Example> examples, NDArray noisy, double[] timesteps) {
    /** The concepts of the images. */
    public List<Integer> concepts() {
      return examples.stream().map(Example::concept).toList();
    }
  }

  private final DiffusionModel model;
  private final long seed;
  private final List<Example> examples = new ArrayList<>();
  private final Optional<CachedLatents> posteriors; // empty for pure noise
  private final Shape shape; // of the latents of one image, (1, c, h, w)

  /**
   * Encodes the images of each concept.
   *
   * @param ofConcepts in the order of the concepts
   */
  public TrainingExamples(DiffusionModel model, List<TrainingImages> ofConcepts, long seed) {
    this.model = model;
    this.seed = seed;
    List<RgbImage> images = new ArrayList<>();
    for (int concept = 0; concept < ofConcepts.size(); concept++) {
      TrainingImages own = ofConcepts.get(concept);
      for (int i = 0; i < own.images().size(); i++) {
        images.add(own.images().get(i));
        examples.add(new Example(concept, own.masks().get(i)));
      }
    }
    CachedLatents encoded = new CachedLatents(model, images);
    posteriors = Optional.of(encoded);
    shape = encoded.shape();
  }

  /** Pure noise for each of some concepts, of the model's own size. */
  public TrainingExamples(DiffusionModel model, int concepts, long seed) {
    this(model, concepts, model.imageSize(), seed);
  }

  /**
   * Pure noise for each of some concepts.
   *
   * @param side of the images that it would become, in pixels
   */
  public TrainingExamples(DiffusionModel model, int concepts, int side, long seed) {
    this.model = model;
    int[] own = model.latentShape();
    int latents = side / (model.imageSize() / own[1]);
    shape = new Shape(1, own[0], latents, latents);
    this.seed = seed;
    for (int concept = 0; concept < concepts; concept++) {
      examples.add(new Example(concept, Optional.empty()));
    }
    posteriors = Optional.empty();
  }

  /** Chooses the concept of an image by the noise that is added to it. */
  @FunctionalInterface
  public interface Pairing {
    /**
     * The concept.
     *
     * @param noise ε, c · h · w normal numbers
     * @return index of a concept that has an image
     */
    int concept(float[] noise);
  }

  /**
   * A batch in which all images come equally often.
   *
   * @param manager where its arrays live
   * @param draw number of the batch, from 0
   * @param size images in it
   */
  public Batch batch(NDManager manager, int draw, int size) {
    return batch(manager, draw, size, (random, noise) -> random.image(examples.size()));
  }

  /**
   * A batch in which the noise says which concept's image it is added to.
   *
   * @param manager where its arrays live
   * @param draw number of the batch, from 0
   * @param size images in it
   */
  public Batch batch(NDManager manager, int draw, int size, Pairing pairing) {
    return batch(
        manager,
        draw,
        size,
        (random, noise) -> {
          List<Integer> own = of(pairing.concept(noise));
          return own.get(random.image(own.size()));
        });
  }

  private List<Integer> of(int concept) {
    return IntStream.range(0, examples.size())
        .filter(i -> examples.get(i).concept() == concept)
        .boxed()
        .toList();
  }

  /**
   * The mean latents of a concept's images, c · h · w numbers.
   *
   * @throws IllegalStateException if there are no images
   */
  public float[] mean(int concept) {
    return posteriors
        .orElseThrow(() -> new IllegalStateException("pure noise has no latents"))
        .mean(of(concept));
  }

  private Batch batch(
      NDManager manager, int draw, int size, ToIntBiFunction<StepRng, float[]> chooser) {
    List<Example> drawn = new ArrayList<>();
    NDList noisy = new NDList();
    double[] timesteps = new double[size];
    for (int i = 0; i < size; i++) {
      StepRng random = StepRng.ofImage(seed, draw, size, i);
      NoiseSource source = model.noise(random.noiseSeed());
      NoiseSource ofLatents = replay(posteriors.isPresent() ? source.normal(size(shape)) : null);
      float[] noise = source.normal(size(shape));
      int index = chooser.applyAsInt(random, noise);
      int timestep = random.timestep(model.noiseSchedule().trainSteps());
      drawn.add(examples.get(index));
      timesteps[i] = timestep;
      NDArray latents =
          posteriors
              .map(encoded -> encoded.sample(manager, index, ofLatents))
              .orElseGet(() -> manager.zeros(shape));
      noisy.add(
          model
              .noiseSchedule()
              .addNoise(latents, manager.create(noise, shape), new int[] {timestep}));
    }
    return new Batch(drawn, size == 1 ? noisy.get(0) : NDArrays.concat(noisy), timesteps);
  }

  private static int size(Shape shape) {
    return Math.toIntExact(shape.size());
  }

  /** Numbers that have been drawn already. */
  private static NoiseSource replay(float[] drawn) {
    return count -> drawn;
  }

  @Override
  public void close() {
    posteriors.ifPresent(CachedLatents::close);
  }
}

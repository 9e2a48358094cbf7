package dev.forgetmenot.editing.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.Picture;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.editing.PicturePosteriors;
import dev.forgetmenot.editing.PixelMask;
import dev.forgetmenot.editing.StepRandomness;
import dev.forgetmenot.editing.TrainingPictures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * The pictures of all concepts as the steps take them: shuffled together, each with its own
 * concept, noised to a random timestep. Everything random depends on the seed and the number of the
 * draw alone. {@link #close} frees the latents. For the engine thread.
 */
public final class TrainingExamples implements AutoCloseable {
  /**
   * A picture, or pure noise.
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
    /** The concepts of the pictures. */
    public List<Integer> concepts() {
      return examples.stream().map(Example::concept).toList();
    }
  }

  private final DiffusionModel model;
  private final long seed;
  private final List<Example> examples = new ArrayList<>();
  private final Optional<PicturePosteriors> posteriors; // empty for pure noise

  /**
   * Encodes the pictures of each concept.
   *
   * @param ofConcepts in the order of the concepts
   */
  public TrainingExamples(DiffusionModel model, List<TrainingPictures> ofConcepts, long seed) {
    this.model = model;
    this.seed = seed;
    List<Picture> pictures = new ArrayList<>();
    for (int concept = 0; concept < ofConcepts.size(); concept++) {
      TrainingPictures own = ofConcepts.get(concept);
      for (int i = 0; i < own.pictures().size(); i++) {
        pictures.add(own.pictures().get(i));
        examples.add(new Example(concept, own.masks().get(i)));
      }
    }
    posteriors = Optional.of(new PicturePosteriors(model, pictures));
  }

  /** Pure noise for each of some concepts. */
  public TrainingExamples(DiffusionModel model, int concepts, long seed) {
    this.model = model;
    this.seed = seed;
    for (int concept = 0; concept < concepts; concept++) {
      examples.add(new Example(concept, Optional.empty()));
    }
    posteriors = Optional.empty();
  }

  /**
   * A batch in which all pictures come equally often.
   *
   * @param manager where its arrays live
   * @param draw number of the batch, from 0
   * @param size pictures in it
   */
  public Batch batch(NDManager manager, int draw, int size) {
    return batch(manager, draw, size, random -> random.picture(examples.size()));
  }

  /**
   * A batch in which concepts come as often as they should.
   *
   * @param manager where its arrays live
   * @param draw number of the batch, from 0
   * @param size pictures in it
   * @param shares of each concept, 0 or more, together above 0
   */
  public Batch batch(NDManager manager, int draw, int size, double[] shares) {
    return batch(manager, draw, size, random -> ofConcept(random.choice(shares), random));
  }

  private int ofConcept(int concept, StepRandomness random) {
    int[] own =
        IntStream.range(0, examples.size())
            .filter(i -> examples.get(i).concept() == concept)
            .toArray();
    return own[random.picture(own.length)];
  }

  private Batch batch(
      NDManager manager, int draw, int size, ToIntFunction<StepRandomness> chooser) {
    List<Example> drawn = new ArrayList<>();
    NDList noisy = new NDList();
    double[] timesteps = new double[size];
    for (int i = 0; i < size; i++) {
      StepRandomness random = StepRandomness.ofPicture(seed, draw, size, i);
      int index = chooser.applyAsInt(random);
      int timestep = random.timestep(model.noiseSchedule().trainSteps());
      drawn.add(examples.get(index));
      timesteps[i] = timestep;
      noisy.add(noisy(manager, index, timestep, model.noise(random.noiseSeed())));
    }
    return new Batch(drawn, size == 1 ? noisy.get(0) : NDArrays.concat(noisy), timesteps);
  }

  private NDArray noisy(NDManager manager, int index, int timestep, NoiseSource source) {
    int[] chw = model.latentShape();
    Shape shape = new Shape(1, chw[0], chw[1], chw[2]);
    NDArray latents =
        posteriors
            .map(encoded -> encoded.sample(manager, index, source))
            .orElseGet(() -> manager.zeros(shape));
    NDArray noise = manager.create(source.normal(Math.toIntExact(shape.size())), shape);
    return model.noiseSchedule().addNoise(latents, noise, new int[] {timestep});
  }

  @Override
  public void close() {
    posteriors.ifPresent(PicturePosteriors::close);
  }
}

package dev.forgetmenot.kit.train;

import java.util.SplittableRandom;

/**
 * The random choices of one training step. They depend on the seed and the step's number alone, so
 * that a job that is taken up again goes on as if it had never stopped.
 *
 * @param seed of the job
 * @param step from 1
 */
public record StepRng(long seed, long step) {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /**
   * The choices for one image of a batch, where steps look at several.
   *
   * @param draw number of the batch, from 0
   * @param size images in a batch
   * @param index of the image, in [0, size)
   */
  public static StepRng ofImage(long seed, int draw, int size, int index) {
    return new StepRng(seed, (long) draw * size + index + 1);
  }

  /** A seed for this step's normal numbers, in [0, 2³¹). */
  public long noiseSeed() {
    return random(1).nextLong(1L << 31);
  }

  /** A timestep in [0, trainSteps). */
  public int timestep(int trainSteps) {
    return random(2).nextInt(trainSteps);
  }

  /**
   * The image of this step: in every {@code count} steps each comes once, in an order of its own.
   *
   * @param count number of images, at least 1
   * @return in [0, count)
   */
  public int image(int count) {
    long round = (step - 1) / count;
    SplittableRandom random = new SplittableRandom(mix(seed, ~round));
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order[(int) ((step - 1) % count)];
  }

  /** Whether the image is flipped left to right: every other one. */
  public boolean flip() {
    return random(3).nextBoolean();
  }

  private SplittableRandom random(int purpose) {
    return new SplittableRandom(mix(mix(seed, step), purpose));
  }

  private static long mix(long a, long b) {
    return new SplittableRandom(a + GOLDEN_GAMMA * b).nextLong();
  }
}

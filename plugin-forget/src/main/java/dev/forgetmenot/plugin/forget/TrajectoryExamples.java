package dev.forgetmenot.plugin.forget;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.NoisyLatents;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.kit.train.StepRng;
import java.util.ArrayList;
import java.util.List;

/**
 * What the base's own drawings of concepts look like on the way, drawn once: every batch takes
 * random steps of them, each drawing in turn. {@link #close} frees them. For the engine thread.
 */
final class TrajectoryExamples implements AutoCloseable {
  /**
   * What one loss looks at.
   *
   * @param concepts index of each one's concept
   * @param noisy xₜ (b, c, h, w)
   * @param timesteps t, one for each of the batch
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  record Batch(List<Integer> concepts, NDArray noisy, double[] timesteps) {}

  /** One drawing of one concept. */
  private record Start(int concept, int image) {}

  private final List<List<NoisyLatents>> trajectories = new ArrayList<>(); // of each concept
  private final List<Start> starts = new ArrayList<>();
  private final long seed;

  /** Draws what is asked for, one request for each concept. */
  TrajectoryExamples(DiffusionModel model, List<GenerationRequest> requests, long seed) {
    this.seed = seed;
    try {
      for (GenerationRequest request : requests) {
        for (int image = 0; image < request.count(); image++) {
          starts.add(new Start(trajectories.size(), image));
        }
        trajectories.add(model.trajectory(request));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * A batch.
   *
   * @param manager where its arrays live
   * @param draw number of the batch, from 0
   * @param size of the batch
   */
  Batch batch(NDManager manager, int draw, int size) {
    List<Integer> concepts = new ArrayList<>();
    NDList noisy = new NDList();
    double[] timesteps = new double[size];
    for (int i = 0; i < size; i++) {
      StepRng random = StepRng.ofImage(seed, draw, size, i);
      Start start = starts.get(random.image(starts.size()));
      List<NoisyLatents> trajectory = trajectories.get(start.concept());
      NoisyLatents at = trajectory.get(random.timestep(trajectory.size()));
      concepts.add(start.concept());
      timesteps[i] = at.timestep();
      try (NDArray one = at.latents().get(start.image() + ":" + (start.image() + 1))) {
        NDArray own = one.duplicate();
        own.attach(manager);
        noisy.add(own);
      }
    }
    return new Batch(concepts, size == 1 ? noisy.get(0) : NDArrays.concat(noisy), timesteps);
  }

  @Override
  public void close() {
    trajectories.forEach(trajectory -> trajectory.forEach(NoisyLatents::close));
  }
}

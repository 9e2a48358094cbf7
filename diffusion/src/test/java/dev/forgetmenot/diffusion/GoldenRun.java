package dev.forgetmenot.diffusion;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Runs a check on the engine thread for every reference folder. */
public final class GoldenRun {
  /** What a check gets: the folder, a manager that is closed behind it, and the operators. */
  public record Context(Path folder, NDManager manager, Ops ops) {
    /** A folder of the model. */
    public Path model(String component) {
      return folder.resolve("model").resolve(component);
    }

    /** Whether the model has two text encoders. */
    public boolean twoTextEncoders() {
      return GoldenFolders.hasTwoTextEncoders(folder);
    }

    /** A reference file. */
    public GoldenTensors golden(String name) throws IOException {
      return new GoldenTensors(folder.resolve("golden").resolve(name + ".safetensors"));
    }

    /**
     * A reference file that this project made itself. Its own folders must have it; for others that
     * do not the check is skipped.
     */
    public GoldenTensors ownGolden(String name) throws IOException {
      boolean own = folder.startsWith(GoldenFolders.inProject("testkit/fixtures"));
      Path file = folder.resolve("golden").resolve(name + ".safetensors");
      assumeTrue(own || Files.exists(file), () -> "this folder has no " + file);
      return golden(name);
    }

    /**
     * Asserts that an array equals the reference to 1e-5 of its largest value, and prints the
     * error.
     */
    public void check(GoldenTensors golden, String name, NDArray found) {
      double error = Errors.ofLargest(found.toFloatArray(), golden.floats(name));
      Errors.print(folder, name, error);
      if (!(error <= TOLERANCE)) {
        throw new AssertionError(
            folder + " " + name + " is off by " + error + " of its largest value");
      }
    }
  }

  /** A check. */
  @FunctionalInterface
  public interface Check {
    /** Runs it. */
    void run(Context context) throws IOException;
  }

  private static final double TOLERANCE = 1e-5;

  private GoldenRun() {}

  /** One test for each reference folder of a model with one text encoder. */
  public static Stream<DynamicTest> each(Check check) {
    return each(GoldenFolders.folders(), check);
  }

  /** One test for each reference folder. */
  public static Stream<DynamicTest> all(Check check) {
    return each(GoldenFolders.all(), check);
  }

  private static Stream<DynamicTest> each(List<Path> folders, Check check) {
    return folders.stream()
        .map(
            folder ->
                DynamicTest.dynamicTest(
                    folder.getFileName().toString(), () -> onEngine(folder, check)));
  }

  private static void onEngine(Path folder, Check check) throws IOException {
    try (EngineThread engine = EngineThread.start("cpu")) {
      engine.<Void, IOException>call(
          () -> {
            try (Ops ops = TorchScriptOps.create(engine);
                NDManager manager = engine.newManager()) {
              check.run(new Context(folder, manager, ops));
              return null;
            }
          });
    }
  }

  /** Token ids (b, n) as lists. */
  public static List<List<Integer>> ids(NDArray array) {
    int length = (int) array.getShape().get(1);
    long[] flat = array.toLongArray();
    List<List<Integer>> all = new ArrayList<>();
    for (int i = 0; i < flat.length; i += length) {
      List<Integer> one = new ArrayList<>();
      for (int j = 0; j < length; j++) {
        one.add((int) flat[i + j]);
      }
      all.add(one);
    }
    return all;
  }
}

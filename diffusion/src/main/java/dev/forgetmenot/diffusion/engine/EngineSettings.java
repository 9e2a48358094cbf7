package dev.forgetmenot.diffusion.engine;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import java.util.Set;

/** What must be set before DJL starts. */
final class EngineSettings {
  /**
   * How often a thread of libgomp looks for new work before it sleeps, docs/memory-and-threads.md.
   * The start script and the tests' JVMs say the same.
   */
  static final String SPINS = "1000";

  private static final String SPIN_COUNT = "GOMP_SPINCOUNT";

  private EngineSettings() {}

  /**
   * Sets the properties; a value that a user has set stays, except that nothing is ever fetched or
   * reported.
   */
  static synchronized void apply() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    // The optimizer's warm-up costs more than it wins for operators of one line.
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    if (Platform.isLinux()
        && Set.of("OMP_WAIT_POLICY", SPIN_COUNT).stream().allMatch(n -> System.getenv(n) == null)) {
      limitSpinning();
    }
  }

  /** libgomp reads the environment of the process, not that of the JVM, when it is loaded. */
  private static void limitSpinning() {
    try {
      Function.getFunction("c", "setenv").invokeInt(new Object[] {SPIN_COUNT, SPINS, 0});
    } catch (UnsatisfiedLinkError e) {
      System.getLogger(EngineSettings.class.getName())
          .log(System.Logger.Level.INFO, SPIN_COUNT + " cannot be set: " + e.getMessage());
    }
  }
}

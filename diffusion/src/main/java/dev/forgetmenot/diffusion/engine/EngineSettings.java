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

  // Parameters of glibc's mallopt and their environment variables.
  private static final int TRIM_THRESHOLD = -1;
  private static final int TOP_PAD = -2;
  private static final int MMAP_THRESHOLD = -3;
  private static final Set<String> ALLOCATION =
      Set.of("MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_THRESHOLD_");

  private static final int MB = 1 << 20;

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
    if (!Platform.isLinux()) {
      return;
    }
    if (unset(Set.of("OMP_WAIT_POLICY", SPIN_COUNT))) {
      limitSpinning();
    }
    if (unset(ALLOCATION)) {
      keepMemory();
    }
  }

  private static boolean unset(Set<String> variables) {
    return variables.stream().allMatch(name -> System.getenv(name) == null);
  }

  /** libgomp reads the environment of the process, not that of the JVM, when it is loaded. */
  private static void limitSpinning() {
    call("setenv", SPIN_COUNT, SPINS, 0);
  }

  /**
   * Lets glibc keep what arrays give back, up to 1 GB, for the next ones: memory that comes from
   * the system is filled with zeros, page by page, and a step of sampling asks for gigabytes. Only
   * the largest arrays come and go: kept, they would leave gaps of their size.
   */
  private static void keepMemory() {
    if (call("mallopt", MMAP_THRESHOLD, 128 * MB) == 0) {
      call("mallopt", MMAP_THRESHOLD, 32 * MB); // the most before glibc 2.35
    }
    call("mallopt", TRIM_THRESHOLD, 1024 * MB);
    call("mallopt", TOP_PAD, 64 * MB);
  }

  /** What a function of the C library returns; 0 where it has none of this name. */
  private static int call(String function, Object... arguments) {
    try {
      return Function.getFunction("c", function).invokeInt(arguments);
    } catch (UnsatisfiedLinkError e) {
      System.getLogger(EngineSettings.class.getName())
          .log(System.Logger.Level.INFO, function + " cannot be called: " + e.getMessage());
      return 0;
    }
  }
}

package dev.forgetmenot.diffusion.engine;

import ai.djl.engine.Engine;
import ai.djl.util.Platform;
import java.util.Optional;

/**
 * What the engine is and whether it starts.
 *
 * @param version of libtorch
 * @param flavour what it was built for: {@code cpu}, or {@code cu124} and the like
 * @param cache where its native code is unpacked
 * @param unpacked whether it was there before
 * @param gpus CUDA devices that it sees; 0 if it does not start
 * @param threads that share an operator on the CPU; 0 if it does not start
 * @param failure why it does not start
 */
public record EngineFacts(
    String version,
    String flavour,
    EngineCache cache,
    boolean unpacked,
    int gpus,
    int threads,
    Optional<String> failure) {

  /**
   * Starts the engine, which takes about a second and unpacks its native code at the first time.
   */
  public static EngineFacts read() {
    EngineSettings.apply();
    EngineCache cache = EngineCache.ofEngine();
    Platform platform = Platform.detectPlatform("pytorch");
    String version = platform.getVersion();
    String flavour = platform.getFlavor();
    boolean unpacked = cache.holds(version, flavour);
    try (EngineThread engine = EngineThread.start("cpu")) {
      return new EngineFacts(
          version,
          flavour,
          cache,
          unpacked,
          Engine.getEngine("PyTorch").getGpuCount(),
          engine.<Integer, RuntimeException>call(engine::operatorThreads),
          Optional.empty());
    } catch (RuntimeException e) {
      return new EngineFacts(
          version, flavour, cache, unpacked, 0, 0, Optional.of(String.valueOf(e.getMessage())));
    }
  }
}

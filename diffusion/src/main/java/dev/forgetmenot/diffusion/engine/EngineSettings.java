package dev.forgetmenot.diffusion.engine;

/** What must be set before DJL starts. */
final class EngineSettings {
  private EngineSettings() {}

  /**
   * Sets the properties; a value that a user has set stays, except that nothing is ever fetched or
   * reported.
   */
  static void apply() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    // The optimizer's warm-up costs more than it wins for operators of one line.
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
  }
}

package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.kit.Tool;

/** This plugin, as recipes name it. */
final class CorrectTool {
  /** Name and version; the build writes the version into the jar. */
  static final Tool TOOL = Tool.of("plugin-correct", CorrectTool.class);

  private CorrectTool() {}
}

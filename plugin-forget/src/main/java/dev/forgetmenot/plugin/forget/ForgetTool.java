package dev.forgetmenot.plugin.forget;

import dev.forgetmenot.kit.Tool;

/** This plugin, as recipes name it. */
public final class ForgetTool {
  /** Name and version; the build writes the version into the jar. */
  public static final Tool TOOL = Tool.of("plugin-forget", ForgetTool.class);

  private ForgetTool() {}
}

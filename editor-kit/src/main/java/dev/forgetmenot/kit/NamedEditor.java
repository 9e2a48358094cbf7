package dev.forgetmenot.kit;

import dev.forgetmenot.api.edit.ConceptEditor;

/** An editor that is made with what a user calls it by. */
public abstract class NamedEditor implements ConceptEditor {
  private final Operation operation;
  private final String name;
  private final String summary;

  /**
   * An editor that forgets or corrects.
   *
   * @param name as {@link #name} gives it
   * @param summary as {@link #summary} gives it
   */
  protected NamedEditor(Operation operation, String name, String summary) {
    this.operation = operation;
    this.name = name;
    this.summary = summary;
  }

  @Override
  public final Operation operation() {
    return operation;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String summary() {
    return summary;
  }

  /** Whom the recipe names as the maker: the plugin of the editor's class. */
  public Tool tool() {
    return Tool.of(getClass());
  }
}

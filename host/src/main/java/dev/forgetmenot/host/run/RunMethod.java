package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who does what a run file asks for. */
public sealed interface RunMethod {
  /** The word of run files: {@code forget}, {@code correct} or {@code invert}. */
  String operation();

  /** The method's name. */
  String name();

  /** Names that the method had in earlier releases. */
  default List<String> formerNames() {
    return List.of();
  }

  /** Its declared parameters, which are keys of run files. */
  List<SettingSpec> parameters();

  /**
   * An editor of a plugin, which makes a patch.
   *
   * @param editor the editor
   */
  record Edit(ConceptEditor editor) implements RunMethod {
    @Override
    public String operation() {
      return editor.operation().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String name() {
      return editor.name();
    }

    @Override
    public List<String> formerNames() {
      return editor.formerNames();
    }

    @Override
    public List<SettingSpec> parameters() {
      return editor.parameters();
    }
  }

  /** The inversion of images into tokens. */
  record Invert() implements RunMethod {
    static final String IMAGES = "image-dir";

    /** Steps between two files on the way. */
    static final String SAVE_EVERY = "save-every";

    /** Images that are drawn with each of them. */
    static final String PREVIEWS = "previews";

    private static final int MOST_STEPS = 1_000_000;
    private static final int MOST_IMAGES = 64;

    @Override
    public String operation() {
      return "invert";
    }

    @Override
    public String name() {
      return "inversion";
    }

    @Override
    public List<SettingSpec> parameters() {
      List<SettingSpec> all =
          new ArrayList<>(
              List.of(
                  SettingSpec.text(
                          IMAGES, SettingSpec.Type.PATH, null, "Folder with images of the concept.")
                      .formerly("images"),
                  SettingSpec.integer(
                      SAVE_EVERY, 0, 0, MOST_STEPS, "Steps between two files on the way."),
                  SettingSpec.integer(
                      PREVIEWS, 4, 0, MOST_IMAGES, "Images drawn with each of them.")));
      all.addAll(TextualInversionSettings.parameters());
      return all;
    }
  }
}

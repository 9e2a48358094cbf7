package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.MinorVersion;

/**
 * The kinds of edits. Code that depends on the kind is a visitor ({@link PatchEdit.Visitor}, {@link
 * EditDescriptor.Visitor}) or a switch expression over all constants, so that it does not compile
 * where a new kind is missing.
 */
public enum EditKind {
  /** {@link DeltaEdit}. */
  DELTA("delta", false, 0),
  /** {@link LowRankEdit}. */
  LOWRANK("lowrank", false, MinorVersion.WITH_KINDS),
  /** {@link RowsEdit}. */
  ROWS("rows", false, MinorVersion.WITH_ROWS),
  /** {@link ProjectorEdit}. */
  PROJECTOR("projector", true, MinorVersion.WITH_KINDS),
  /** {@link ClosedFormEdit}. */
  CLOSEDFORM("closedform", true, MinorVersion.WITH_KINDS),
  /** {@link TokensEdit}. */
  TOKENS("tokens", true, MinorVersion.WITH_KINDS);

  private final String word;
  private final boolean boundByTextEncoder;
  private final int minorVersion;

  EditKind(String word, boolean boundByTextEncoder, int minorVersion) {
    this.word = word;
    this.boundByTextEncoder = boundByTextEncoder;
    this.minorVersion = minorVersion;
  }

  /**
   * Reads what a manifest says of one edit beside its place.
   *
   * @param id of the edit, for messages
   * @throws PatchFormatException FMN-208 if a newer file has a kind that is unknown here, else the
   *     code of what is wrong
   */
  public static EditDescriptor read(String id, JsonObjectReader members)
      throws PatchFormatException {
    String word = members.text("kind");
    for (EditKind kind : values()) {
      if (kind.word.equals(word)) {
        return kind.read(members);
      }
    }
    if (members.tolerant()) {
      throw new PatchFormatException(
          PatchError.FEATURE, "edit " + id, "is of kind '" + word + "': use a newer fmn");
    }
    throw members.wrong("kind", "'" + word + "' is unknown");
  }

  private EditDescriptor read(JsonObjectReader members) throws PatchFormatException {
    return switch (this) {
      case DELTA -> DeltaEdit.Descriptor.read(members);
      case LOWRANK -> LowRankEdit.Descriptor.read(members);
      case ROWS -> RowsEdit.Descriptor.read(members);
      case PROJECTOR -> ProjectorEdit.Descriptor.read(members);
      case CLOSEDFORM -> ClosedFormEdit.Descriptor.read(members);
      case TOKENS -> TokensEdit.Descriptor.read(members);
    };
  }

  /** Whether such edits are of text embeddings, and so fit every model with the same encoder. */
  public boolean boundByTextEncoder() {
    return boundByTextEncoder;
  }

  /** The minor version of the format that came with it. */
  public int minorVersion() {
    return minorVersion;
  }

  /** The word that manifests have for it. */
  @Override
  public String toString() {
    return word;
  }
}

package dev.forgetmenot.patch;

/** Which minor version of the format a manifest needs. */
final class MinorVersion {
  /** The version that came with all kinds but values in full and rows, and without leaves. */
  static final int WITH_KINDS = 1;

  /** The version that came with rows, halves, gates, and more words of the intent. */
  static final int WITH_ROWS = 2;

  /** The version that came with archives of 2 GiB and more, which are zip64. */
  static final int WITH_ZIP64 = 3;

  /** Most bytes of files of a patch that is not zip64: the rest is for manifest and headers. */
  static final long PLAIN_CAPACITY = PatchArchive.PLAIN_LIMIT - (16 << 20);

  private MinorVersion() {}

  /** The lowest that expresses all of it. */
  static int of(Manifest manifest) {
    return of(manifest, PLAIN_CAPACITY);
  }

  /**
   * The lowest that expresses all of it.
   *
   * @param plain most bytes of files of a patch that is not zip64
   */
  static int of(Manifest manifest, long plain) {
    if (manifest.entries().stream().mapToLong(Manifest.Entry::size).sum() > plain) {
      return WITH_ZIP64;
    }
    if (needsSecond(manifest)) {
      return WITH_ROWS;
    }
    Manifest.Base base = manifest.base();
    boolean first =
        base.textEncoder().isEmpty()
            && base.components().values().stream().noneMatch(c -> c.leaves().isEmpty());
    return Math.max(first ? 0 : WITH_KINDS, kinds(manifest));
  }

  private static boolean needsSecond(Manifest manifest) {
    Manifest.Intent intent = manifest.intent();
    return manifest.gate().isPresent()
        || intent.reason().isPresent()
        || intent.requestedBy().isPresent()
        || intent.concepts().stream().anyMatch(concept -> concept.guide().isPresent())
        || kinds(manifest) == WITH_ROWS;
  }

  private static int kinds(Manifest manifest) {
    return manifest.edits().stream().mapToInt(e -> e.content().minorVersion()).max().orElse(0);
  }
}

package dev.forgetmenot.api.model;

import dev.forgetmenot.patch.PatchFile;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A patch that the user asked for.
 *
 * @param file the {@code .fmnpatch} file
 * @param strength 1 as made, 0 not at all
 * @param allowed what is refused unless the user allows it
 * @param id the patch id of the file when it was looked at, hex: another one is refused since;
 *     empty for any
 * @param open the patch itself where it is open already: it is read from there, not opened again,
 *     and closed by who opened it; empty to open the file
 */
public record PatchRequest(
    Path file,
    double strength,
    Set<Allowance> allowed,
    Optional<String> id,
    Optional<PatchFile> open) {

  /** What a user can allow. */
  public enum Allowance {
    /** A change of a weight above the limit (FMN-308). */
    LARGE_CHANGES,
    /** A joint solve that small differences of its input change much (FMN-604). */
    ILL_CONDITIONED,
    /** A base of the same architecture with other values. */
    OTHER_BASE
  }

  /** Copies the set. */
  public PatchRequest {
    EnumSet<Allowance> copy = EnumSet.noneOf(Allowance.class);
    copy.addAll(allowed);
    allowed = Collections.unmodifiableSet(copy);
  }

  /** A request that allows nothing, of any id. */
  public PatchRequest(Path file, double strength) {
    this(file, strength, Set.of(), Optional.empty(), Optional.empty());
  }

  /** The same, with more allowed. */
  public PatchRequest allow(Allowance... more) {
    EnumSet<Allowance> all = EnumSet.noneOf(Allowance.class);
    all.addAll(allowed);
    Collections.addAll(all, more);
    return new PatchRequest(file, strength, all, id, open);
  }

  /** The same at another strength. */
  public PatchRequest at(double other) {
    return new PatchRequest(file, other, allowed, id, open);
  }

  /** The same for one id alone. */
  public PatchRequest verified(String patchId) {
    return new PatchRequest(file, strength, allowed, Optional.of(patchId), open);
  }

  /** The same of another file. */
  public PatchRequest of(Path other) {
    return new PatchRequest(other, strength, allowed, id, Optional.empty());
  }

  /** The same for a patch that stays open as long as the request is used; its id is known. */
  public PatchRequest opened(PatchFile patch) {
    return new PatchRequest(file, strength, allowed, Optional.of(patch.id()), Optional.of(patch));
  }

  /** Whether something is allowed. */
  public boolean allows(Allowance allowance) {
    return allowed.contains(allowance);
  }
}

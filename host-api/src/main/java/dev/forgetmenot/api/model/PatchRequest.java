package dev.forgetmenot.api.model;

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
 */
public record PatchRequest(
    Path file, double strength, Set<Allowance> allowed, Optional<String> id) {

  /** What a user can allow. */
  public enum Allowance {
    /** A change of a weight that is hardly meant to be so large (FMN-308). */
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
    this(file, strength, Set.of(), Optional.empty());
  }

  /** The same, with more allowed. */
  public PatchRequest allow(Allowance... more) {
    EnumSet<Allowance> all = EnumSet.noneOf(Allowance.class);
    all.addAll(allowed);
    Collections.addAll(all, more);
    return new PatchRequest(file, strength, all, id);
  }

  /** The same at another strength. */
  public PatchRequest at(double other) {
    return new PatchRequest(file, other, allowed, id);
  }

  /** The same for one id alone. */
  public PatchRequest verified(String patchId) {
    return new PatchRequest(file, strength, allowed, Optional.of(patchId));
  }

  /** Whether something is allowed. */
  public boolean allows(Allowance allowance) {
    return allowed.contains(allowance);
  }
}

package dev.forgetmenot.plugin.evaluate.attack;

import java.util.Collections;
import java.util.List;
import org.pf4j.Extension;

/** P4D-N: sixteen free tokens and nothing else. */
@Extension(ordinal = 61)
public final class P4dFreeAttack extends P4dSearch {
  private static final int FREE = 16;

  /** With the effort of each budget. */
  public P4dFreeAttack() {
    this(null);
  }

  P4dFreeAttack(Effort effort) {
    super(effort);
  }

  @Override
  public String name() {
    return "p4d-n";
  }

  @Override
  public String summary() {
    return "Searches sixteen words that act on the patched model as the name on the original.";
  }

  @Override
  List<Integer> frame(List<Integer> prompt, int room) {
    return Collections.nCopies(Math.min(FREE, room), -1);
  }
}

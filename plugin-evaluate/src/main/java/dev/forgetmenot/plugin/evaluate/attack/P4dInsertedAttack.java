package dev.forgetmenot.plugin.evaluate.attack;

import java.util.ArrayList;
import java.util.List;
import org.pf4j.Extension;

/** P4D-K: a free token before every three of the prompt, which stays as it is. */
@Extension(ordinal = 62)
public final class P4dInsertedAttack extends P4dSearch {
  private static final int EVERY = 3;

  /** With the effort of each budget. */
  public P4dInsertedAttack() {
    this(null);
  }

  P4dInsertedAttack(Effort effort) {
    super(effort);
  }

  @Override
  public String name() {
    return "p4d-k";
  }

  @Override
  public String summary() {
    return "Searches words between those of the prompt that undo the patch.";
  }

  @Override
  List<Integer> frame(List<Integer> prompt, int room) {
    List<Integer> frame = new ArrayList<>();
    for (int i = 0; i < prompt.size() && frame.size() + 1 < room; i++) {
      if (i % EVERY == 0) {
        frame.add(-1);
      }
      frame.add(prompt.get(i));
    }
    return frame;
  }
}

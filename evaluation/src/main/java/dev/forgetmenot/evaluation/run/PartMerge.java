package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.evaluation.unit.Plan;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Joins the parts of one plan.
 *
 * @param parts at least one
 * @param shell writes words as a shell reads them
 */
public record PartMerge(List<EvaluationPart> parts, Function<List<String>, String> shell) {
  private static final int MOST_RANGES = 8;

  /**
   * The parts in folders.
   *
   * @param shell writes words as a shell reads them
   * @throws IOException if a folder holds no part
   * @throws IllegalArgumentException if they are parts of several plans; it says what differs
   */
  public static PartMerge of(List<Path> folders, Function<List<String>, String> shell)
      throws IOException {
    List<EvaluationPart> parts = new ArrayList<>();
    for (Path folder : folders) {
      EvaluationPart part = EvaluationPart.read(folder);
      parts.add(part);
      requireSame(parts.get(0).plan(), parts.get(0).folder() + " and " + folder, part.plan());
    }
    return new PartMerge(List.copyOf(parts), shell);
  }

  private static void requireSame(Plan expected, String where, Plan found) {
    Optional<String> difference = expected.differenceFrom(found);
    if (difference.isPresent()) {
      throw new IllegalArgumentException(
          Message.of(
              "%s are not of one plan and cannot be joined; they differ in %s",
              where, difference.get()));
    }
  }

  /** The plan of all. */
  public Plan plan() {
    return parts.get(0).plan();
  }

  /**
   * Refuses another plan than that of the parts.
   *
   * @param here what the same command plans now
   */
  public void requirePlanned(Plan here) {
    requireSame(plan(), "the parts and what is planned here", here);
  }

  /**
   * Takes what the parts made into a store.
   *
   * @throws dev.forgetmenot.evaluation.unit.ConflictingImage if a unit has two images
   * @throws IOException naming the units that no part made, by their numbers in the plan, and the
   *     parts that should
   */
  public void into(ImageStore store) throws IOException {
    for (EvaluationPart part : parts) {
      store.add(part.store());
    }
    TreeSet<String> lacking = new TreeSet<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < plan().units().size(); i++) {
      ImageUnit unit = plan().units().get(i);
      if (store.find(unit.key()).isEmpty()) {
        numbers.add(i + 1);
        lacking.add(unit.shard(parts.get(0).of()) + "/" + parts.get(0).of());
      }
    }
    if (!numbers.isEmpty()) {
      throw new IOException(
          Message.of(
              "%d of %d images are missing, units %s of the plan: make the rest by fmn evaluate %s --shard %s -o DIR",
              numbers.size(),
              plan().units().size(),
              ranges(numbers),
              shell.apply(parts.get(0).arguments()),
              String.join(" -o DIR, and by the same with --shard ", lacking)));
    }
  }

  /** Rising numbers in the form {@code 1-3, 7}, the first few of them. */
  static String ranges(List<Integer> numbers) {
    List<String> ranges = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < numbers.size() && ranges.size() < MOST_RANGES; i++) {
      boolean last = i + 1 == numbers.size() || numbers.get(i + 1) != numbers.get(i) + 1;
      if (last) {
        ranges.add(i == from ? "" + numbers.get(i) : numbers.get(from) + "-" + numbers.get(i));
        from = i + 1;
      }
    }
    return String.join(", ", ranges) + (from < numbers.size() ? ", …" : "");
  }
}

package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.patch.edit.TensorName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Shows on a running model what stacks promise: patches put on one after another give the same bits
 * in every order, other weights stay, and when the last is off the base is back. Every weight is
 * looked at in the engine, by its SHA-256. For the engine thread.
 */
public final class StackProof {
  private final PatchedModel model;
  private final Progress progress;

  /** Follows a proof; may throw to stop it. */
  @FunctionalInterface
  public interface Progress {
    /** Called after each step. */
    void step(int done, int of);
  }

  /**
   * What was seen.
   *
   * @param touched full names of the weights that the stack changes, with the SHA-256 leaf of each
   *     under the whole stack
   * @param orders what was tried; a patch is the index of its request
   * @param expected by component: the root of the touched weights as the library works it out
   * @param removals what was taken off, one after another
   * @param untouchedStayed whether all other weights were the base's under the stack
   * @param different names of weights that were not the base's at the end
   * @param weights how many weights the model has
   */
  public record Result(
      Map<String, String> touched,
      List<Applied> orders,
      Map<String, String> expected,
      List<Applied> removals,
      boolean untouchedStayed,
      List<String> different,
      int weights) {
    /** Copies the collections. */
    public Result {
      touched = new TreeMap<>(touched);
      orders = List.copyOf(orders);
      expected = new TreeMap<>(expected);
      removals = List.copyOf(removals);
      different = List.copyOf(different);
    }

    /** Whether all that was promised was seen. */
    public boolean holds() {
      return different.isEmpty()
          && untouchedStayed
          && orders.stream().allMatch(order -> order.roots().equals(expected))
          && removals.stream().allMatch(Applied::asComputed);
    }
  }

  /**
   * What the model was after a step.
   *
   * @param patches indices of the requests that are on, in the order in which they came
   * @param roots by component: the root of the touched weights as the engine holds them
   * @param asComputed whether these are the bits that the library works out for this set
   */
  public record Applied(List<Integer> patches, Map<String, String> roots, boolean asComputed) {
    /** Copies the collections. */
    public Applied {
      patches = List.copyOf(patches);
      roots = new TreeMap<>(roots);
    }
  }

  /**
   * A proof on a model.
   *
   * @param model loaded with the plugin that applies patches
   * @param progress called after each step
   */
  public StackProof(PatchedModel model, Progress progress) {
    this.model = model;
    this.progress = progress;
  }

  /**
   * Proves; afterwards the model is without patches.
   *
   * @param requests the stack
   * @param orders most orders that are tried; of few patches all there are
   * @throws IOException if a patch does not fit
   */
  public Result run(List<PatchRequest> requests, int orders) throws IOException {
    List<List<Integer>> tried = new Permutations(requests.size()).first(orders);
    int steps = tried.size() * requests.size() + requests.size() + 3;
    Steps done = new Steps(steps);
    model.repatch(List.of());
    Set<String> names = Set.copyOf(model.weights().names());
    Map<String, String> base = leaves(names);
    done.next();
    Set<String> targets = targets(requests);
    Map<String, String> expected = computed(requests, targets);
    done.next();
    List<Applied> applied = new ArrayList<>();
    for (List<Integer> order : tried) {
      model.repatch(List.of());
      for (int on = 1; on <= order.size(); on++) {
        model.repatch(pick(requests, order.subList(0, on)));
        done.next();
      }
      Map<String, String> roots = live(targets);
      applied.add(new Applied(order, roots, roots.equals(expected)));
    }
    Map<String, String> stacked = leaves(names);
    done.next();
    boolean stayed =
        names.stream()
            .filter(name -> !targets.contains(name))
            .allMatch(name -> stacked.get(name).equals(base.get(name)));
    List<Applied> removals = new ArrayList<>();
    List<Integer> left = new ArrayList<>(tried.get(tried.size() - 1));
    while (!left.isEmpty()) {
      left.remove(0);
      List<PatchRequest> fewer = pick(requests, left);
      model.repatch(fewer);
      Map<String, String> roots = live(targets);
      removals.add(new Applied(left, roots, roots.equals(computed(fewer, targets))));
      done.next();
    }
    Map<String, String> end = leaves(names);
    stacked.keySet().retainAll(targets);
    return new Result(
        stacked,
        applied,
        expected,
        removals,
        stayed,
        names.stream().filter(name -> !end.get(name).equals(base.get(name))).sorted().toList(),
        names.size());
  }

  private static List<PatchRequest> pick(List<PatchRequest> requests, List<Integer> order) {
    return order.stream().map(requests::get).toList();
  }

  private Set<String> targets(List<PatchRequest> requests) throws IOException {
    try (PatchStack stack = PatchStack.open(requests)) {
      return Set.copyOf(stack.on(model.base()).weights().targets());
    }
  }

  /** The roots as the library works them out, without the engine. */
  private Map<String, String> computed(List<PatchRequest> requests, Set<String> targets)
      throws IOException {
    try (PatchStack stack = PatchStack.open(requests)) {
      PatchedWeights weights = stack.on(model.base()).weights();
      return roots(targets)
          .of(name -> weights.targets().contains(name) ? weights.values(name) : base(name));
    }
  }

  private float[] base(String name) throws IOException {
    return model.base().tensors().floats(TensorName.component(name), TensorName.name(name));
  }

  private StackRoots roots(Set<String> targets) {
    return new StackRoots(model.base().tensors(), targets);
  }

  private Map<String, String> live(Set<String> targets) throws IOException {
    return roots(targets).of(model.weights()::current);
  }

  private Map<String, String> leaves(Set<String> names) {
    Map<String, String> leaves = new LinkedHashMap<>();
    for (String name : names) {
      leaves.put(name, roots(names).leaf(name, model.weights().current(name)));
    }
    return leaves;
  }

  private final class Steps {
    private final int count;
    private int done;

    Steps(int count) {
      this.count = count;
    }

    void next() {
      progress.step(++done, count);
    }
  }
}

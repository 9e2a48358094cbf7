package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.stack.StackProof;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a proof showed, for people.
 *
 * @param requests the stack
 * @param result what was seen
 * @param all also the digest of every touched weight
 */
record ProofTable(List<PatchRequest> requests, StackProof.Result result, boolean all) {
  private static final int SHOWN = 16; // digits of a digest in the table

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      PatchRequest request = requests.get(i);
      lines.add(ConflictTable.name(i) + "  " + request.file() + ":" + request.strength());
    }
    lines.add(
        "touches " + result.touched().size() + " of " + result.weights() + " weights of the model");
    result.expected().forEach((part, root) -> lines.add("result " + part + " " + root));
    lines.add("");
    for (StackProof.Applied order : result.orders()) {
      lines.add(
          Message.of(
              "on   %s  %s%s",
              names(order), roots(order), order.asComputed() ? "  same" : "  OTHER"));
    }
    for (StackProof.Applied left : result.removals()) {
      lines.add(
          "left "
              + (left.patches().isEmpty() ? "nothing" : names(left))
              + "  "
              + roots(left)
              + (left.asComputed() ? "  as computed" : "  OTHER"));
    }
    if (all) {
      result.touched().forEach((name, leaf) -> lines.add(leaf + "  " + name));
    }
    lines.add("");
    lines.add(
        result.untouchedStayed()
            ? "all other weights stayed the base's"
            : "OTHER WEIGHTS CHANGED under the stack");
    lines.add(
        result.different().isEmpty()
            ? "without patches every weight is the base's again, bit for bit"
            : "NOT THE BASE'S AGAIN: " + String.join(", ", result.different()));
    lines.add(
        result.holds()
            ? Message.of(
                "proven: %s%s, one result",
                result.orders().size(), result.orders().size() == 1 ? " order" : " orders")
            : "NOT PROVEN: please report this, with the patches");
    return lines;
  }

  private static String names(StackProof.Applied applied) {
    return applied.patches().stream().map(ConflictTable::name).collect(Collectors.joining(" "));
  }

  private static String roots(StackProof.Applied applied) {
    return applied.roots().entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue().substring(0, SHOWN))
        .collect(Collectors.joining(" "));
  }
}

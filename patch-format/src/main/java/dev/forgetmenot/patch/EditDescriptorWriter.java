package dev.forgetmenot.patch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the members of one edit that hang on its kind, in the order of the specification. */
final class EditDescriptorWriter {
  private EditDescriptorWriter() {}

  static Map<String, Object> members(EditDescriptor content) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (content instanceof EditDescriptor.Deltas deltas) {
      json.put("targets", deltas.targets().stream().map(EditDescriptorWriter::target).toList());
    } else if (content instanceof EditDescriptor.LowRanks lowRanks) {
      json.put("targets", List.copyOf(lowRanks.targets()));
    } else if (content instanceof EditDescriptor.RowTargets rows) {
      json.put("targets", List.copyOf(rows.targets()));
    } else if (content instanceof EditDescriptor.Projector projector) {
      json.put("concept", projector.concept());
      json.put("directions", projector.directions());
      json.put("width", projector.width());
      json.put("norm", projector.norm());
      json.put("patterns", projector.patterns());
    } else if (content instanceof EditDescriptor.ClosedForm closedForm) {
      json.put("concepts", List.copyOf(closedForm.concepts()));
      json.put("width", closedForm.width());
      json.put("lambda", closedForm.lambda());
      json.put("eraseScale", closedForm.eraseScale());
      json.put("preserveScale", closedForm.preserveScale());
      json.put("sides", closedForm.sides().word());
      json.put("patterns", closedForm.patterns());
    } else if (content instanceof EditDescriptor.Tokens tokens) {
      json.put("tokens", List.copyOf(tokens.tokens()));
      json.put("width", tokens.width());
    }
    return json;
  }

  private static Map<String, Object> target(EditDescriptor.Target target) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", target.target());
    json.put("shape", target.shape());
    json.put("norm", target.norm());
    target.scale().ifPresent(scale -> json.put("scale", scale));
    return json;
  }
}

package dev.forgetmenot.host.cli.models;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.model.TokenizerIdentity;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.patching.base.BaseComparison;
import dev.forgetmenot.patching.base.BlockDistance;
import dev.forgetmenot.patching.base.ComponentIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model is, for people and for programs.
 *
 * @param model the model, open until the report has been made
 * @param components by name
 * @param vocabSha256 of the tokenizer's words in their canonical spelling
 * @param mergesSha256 of its merges in theirs
 * @param comparison with another model
 * @param other what that is called
 */
record IdentityReport(
    ModelOnDisk model,
    Map<String, ComponentIdentity> components,
    String vocabSha256,
    String mergesSha256,
    Optional<BaseComparison> comparison,
    String other) {

  /** Reads all of a model. */
  static IdentityReport of(ModelOnDisk model) throws IOException {
    Map<String, ComponentIdentity> components = new LinkedHashMap<>();
    for (String component : model.componentNames()) {
      components.put(component, ComponentIdentity.of(model.base().tensors(), component));
    }
    TokenizerIdentity tokenizer = model.base().tokenizer();
    return new IdentityReport(
        model, components, tokenizer.vocabSha256(), tokenizer.mergesSha256(), Optional.empty(), "");
  }

  IdentityReport with(BaseComparison comparison, String label) {
    return new IdentityReport(
        model, components, vocabSha256, mergesSha256, Optional.of(comparison), label);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    line(lines, "model", model.base().label());
    line(lines, "kind", model.base().architecture() + ", predicts " + model.predictionType());
    components.forEach(
        (name, component) -> {
          line(
              lines,
              name,
              Message.of(
                  "%d tensors, %,d parameters, %s, %s",
                  component.tensors(),
                  component.parameters(),
                  component.dtypes().keySet(),
                  ByteSizes.of(component.bytes())));
          line(lines, "", "exact " + component.exact());
          line(lines, "", "f16   " + component.f16());
        });
    line(lines, "tokenizer", "words  " + vocabSha256);
    line(lines, "", "merges " + mergesSha256);
    model.notes().forEach(note -> line(lines, "note", note));
    comparison.ifPresent(compared -> compare(lines, compared));
    return lines;
  }

  private void compare(List<String> lines, BaseComparison compared) {
    line(lines, "against", other);
    line(lines, "level", compared.level().word());
    compared.components().forEach((name, level) -> line(lines, "", name + ": " + level.word()));
    line(lines, "", "tokenizer: " + (compared.sameTokenizer() ? "the same" : "another"));
    if (!compared.distances().isEmpty()) {
      lines.add("");
      lines.add("How far the blocks are apart, |A - B| / |A|, and how many tensors agree:");
      for (BlockDistance block : compared.distances()) {
        lines.add(
            Message.of(
                "  %-40s %12s   %d of %d",
                block.block(),
                block.relative() == 0 ? "0" : Message.of("%.3e", block.relative()),
                block.equal(),
                block.tensors()));
      }
    }
  }

  private static void line(List<String> lines, String label, String text) {
    lines.add(Message.of("%-13s %s", label, text));
  }

  String json() {
    JsonObject root = new JsonObject();
    root.addProperty("model", model.base().label());
    root.addProperty("architecture", model.base().architecture());
    root.addProperty("predictionType", model.predictionType());
    JsonObject parts = new JsonObject();
    components.forEach((name, component) -> parts.add(name, json(component)));
    root.add("components", parts);
    JsonObject tokenizer = new JsonObject();
    tokenizer.addProperty("vocabSha256", vocabSha256);
    tokenizer.addProperty("mergesSha256", mergesSha256);
    root.add("tokenizer", tokenizer);
    JsonArray notes = new JsonArray();
    model.notes().forEach(notes::add);
    root.add("notes", notes);
    comparison.ifPresent(compared -> root.add("against", json(compared)));
    return new GsonBuilder()
        .setPrettyPrinting()
        .disableHtmlEscaping()
        .serializeSpecialFloatingPointValues()
        .create()
        .toJson(root);
  }

  private static JsonObject json(ComponentIdentity component) {
    JsonObject json = new JsonObject();
    json.addProperty("exact", component.exact());
    json.addProperty("f16", component.f16());
    json.addProperty("tensors", component.tensors());
    json.addProperty("parameters", component.parameters());
    json.addProperty("bytes", component.bytes());
    JsonObject dtypes = new JsonObject();
    component.dtypes().forEach((type, count) -> dtypes.addProperty(type.name(), count));
    json.add("dtypes", dtypes);
    return json;
  }

  private JsonObject json(BaseComparison compared) {
    JsonObject json = new JsonObject();
    json.addProperty("model", other);
    json.addProperty("level", compared.level().word());
    JsonObject levels = new JsonObject();
    compared.components().forEach((name, level) -> levels.addProperty(name, level.word()));
    json.add("components", levels);
    json.addProperty("sameTokenizer", compared.sameTokenizer());
    JsonArray blocks = new JsonArray();
    for (BlockDistance block : compared.distances()) {
      JsonObject one = new JsonObject();
      one.addProperty("block", block.block());
      one.addProperty("relative", block.relative());
      one.addProperty("equal", block.equal());
      one.addProperty("tensors", block.tensors());
      blocks.add(one);
    }
    json.add("distances", blocks);
    return json;
  }
}

package dev.forgetmenot.host.cli.doctor;

import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.diffusion.weights.StoredTensor;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.host.model.MemoryModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What a model consists of, and what of its work this machine's memory holds. */
record ModelFindings(Findings found) {
  private static final int[] SIZES = {256, 512, 768, 1024, 1536, 2048};

  /** Opens the model without an engine and says what it is. */
  void add(Path path, ReadingOptions reading) {
    found.add("model", "path", path.toString());
    try (ModelOnDisk model = ModelOnDisk.open(path, reading)) {
      found.add("model", "architecture", model.base().architecture());
      found.add("model", "predictionType", model.predictionType());
      components(model);
      found.add("model", "notes", model.notes());
      fits(model);
    } catch (IOException | IllegalArgumentException e) {
      found.add("model", "usable", false, "no: " + e.getMessage());
      found.problem("the model cannot be used: " + e.getMessage());
    }
  }

  private void components(ModelOnDisk model) {
    Map<String, Object> components = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    for (String component : model.componentNames()) {
      Map<String, StoredTensor> tensors = tensors(model, component);
      Map<String, Integer> types = new LinkedHashMap<>();
      tensors.values().forEach(tensor -> types.merge(tensor.dtype().name(), 1, Integer::sum));
      long parameters = count(model, component, name -> true);
      long bytes =
          tensors.values().stream().mapToLong(one -> one.size() * one.dtype().bytes()).sum();
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("tensors", tensors.size());
      value.put("parameters", parameters);
      value.put("bytes", bytes);
      value.put("dtypes", types);
      components.put(component, value);
      lines.add(
          Message.of(
              "%s: %d tensors, %,d parameters, %s, %s",
              component, tensors.size(), parameters, types.keySet(), ByteSizes.of(bytes)));
    }
    found.add("model", "components", components, lines.get(0));
    lines.stream().skip(1).forEach(line -> found.line("", line));
  }

  private static Map<String, StoredTensor> tensors(ModelOnDisk model, String component) {
    return model.components().get(component).tensors();
  }

  private static long count(ModelOnDisk model, String component, Predicate<String> which) {
    return tensors(model, component).entrySet().stream()
        .filter(entry -> which.test(entry.getKey()))
        .mapToLong(entry -> entry.getValue().size())
        .sum();
  }

  private void fits(ModelOnDisk model) {
    long available = MemoryFacts.read().available();
    MemoryModel memory = MemoryModel.of(model);
    for (int size : SIZES) {
      need(
          "image" + size,
          "an image of " + size + "x" + size,
          memory.images(size, size).total(),
          available);
    }
    Predicate<String> crossAttention = name -> name.contains(".attn2.");
    need(
        "closedForm",
        "a closed form (uce, rece, ...) without images",
        memory.solution(name -> name.matches(".*\\.attn2\\.to_[kv]\\.weight")).total(),
        available);
    need(
        "trainCrossAttention",
        "training of cross attention",
        memory.training(count(model, "unet", crossAttention), false, 1, false, 1).total(),
        available);
    need(
        "trainUnet",
        "training of the whole UNet",
        memory.training(count(model, "unet", name -> true), false, 1, false, 1).total(),
        available);
  }

  private void need(String key, String what, long bytes, long available) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("estimatedBytes", bytes);
    value.put("fits", bytes <= available);
    found.add(
        "fits",
        key,
        value,
        (bytes <= available ? "yes" : "no")
            + ", "
            + what
            + " takes about "
            + ByteSizes.of(bytes)
            + (bytes <= available ? "" : "; " + ByteSizes.of(available) + " are available"));
  }
}

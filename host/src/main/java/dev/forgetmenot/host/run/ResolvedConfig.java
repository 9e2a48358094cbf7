package dev.forgetmenot.host.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A run file of our own form with nothing left to defaults: what was run, to be kept and run again.
 *
 * @param plan what it says
 */
public record ResolvedConfig(RunPlan plan) {
  private static final Pattern PLAIN =
      Pattern.compile("[\\p{L}\\p{N}/.]([\\p{L}\\p{N} ._/+()-]*[\\p{L}\\p{N}._/+)-])?");
  private static final List<String> NOTHING = List.of("null", "Null", "NULL", "---", "...", "-");

  // a YAML text in double quotes may be written like a JSON one
  private static final Gson QUOTED = new GsonBuilder().disableHtmlEscaping().create();

  private static final String FIRST_LINE = "# What was run: ";

  /** The text. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(FIRST_LINE).append(plan.file().getFileName()).append(" with all defaults.\n");
    text.append("# Run it again with fmn run; paths are relative to the folder that it runs in.\n");
    line(text, "operation", plan.method().operation());
    line(text, "method", plan.method().name());
    plan.model().named().ifPresent(model -> line(text, "model", model));
    text.append("concepts:\n");
    for (Concept concept : plan.concepts()) {
      text.append("  - name: ").append(scalar(concept.name())).append('\n');
      text.append("    kind: ").append(concept.kind().word()).append('\n');
    }
    text.append(RunYaml.ANY_NAME).append(": ").append(plan.anyName()).append('\n');
    line(text, "output", plan.output().toString());
    plan.patch().ifPresent(name -> line(text, "patch", name));
    text.append("report: ").append(plan.report().word()).append('\n');
    parameters(text);
    samples(text);
    return text.toString();
  }

  private void parameters(StringBuilder text) {
    text.append("# what the method ").append(plan.method().name()).append(" is set to\n");
    Settings values = plan.values();
    for (SettingSpec setting : plan.method().parameters()) {
      String name = setting.name();
      if (values.find(name).isPresent()) {
        boolean list = setting.type() == SettingSpec.Type.LIST;
        line(text, name, list ? values.list(name) : values.text(name));
      }
    }
  }

  private void samples(StringBuilder text) {
    SampleSettings samples = plan.samples();
    if (samples.lines().isEmpty()) {
      line(text, SampleKeys.PROMPTS, List.of());
    } else {
      text.append(SampleKeys.PROMPTS).append(":\n");
      samples
          .lines()
          .forEach(sample -> text.append("  - ").append(scalar(sample.text())).append('\n'));
    }
    line(text, SampleKeys.EVERY, samples.every());
    line(text, SampleKeys.COUNT, samples.count());
    line(text, SampleKeys.SEED, samples.seed());
    line(text, SampleKeys.STEPS, samples.steps());
    line(text, SampleKeys.GUIDANCE, samples.guidance());
    samples.sampler().ifPresent(name -> line(text, SampleKeys.SAMPLER, name));
  }

  private static void line(StringBuilder text, String key, Object value) {
    String written =
        value instanceof String string
            ? scalar(string)
            : value instanceof List<?> list
                ? list.stream().map(one -> scalar(one.toString())).toList().toString()
                : value.toString();
    text.append(key).append(": ").append(written).append('\n');
  }

  private static String scalar(String text) {
    boolean plain = PLAIN.matcher(text).matches() && !NOTHING.contains(text);
    return plain ? text : QUOTED.toJson(text);
  }

  /**
   * Writes what is run, but over no file that another program has written.
   *
   * @throws IOException if such a file is there
   */
  static void writeBesideOthers(RunPlan plan, Path file) throws IOException {
    if (Files.exists(file) && Files.isSameFile(file, plan.file())) {
      return; // it is what is run
    }
    if (Files.exists(file) && !TextFile.read(file).startsWith(FIRST_LINE)) {
      throw new IOException(
          file + " is not a file of an earlier run: choose another folder by -o or output");
    }
    new ResolvedConfig(plan).write(file);
  }

  /** Writes the text beside its place and moves it there. */
  void write(Path file) throws IOException {
    AtomicFile.write(file, text().getBytes(StandardCharsets.UTF_8));
  }
}

package dev.forgetmenot.diffusion.training;

import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.diffusion.engine.EngineThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the last bits of a training depend on beside its settings.
 *
 * @param values by name
 */
record Circumstances(Map<String, String> values) {
  Circumstances {
    values = new TreeMap<>(values);
  }

  /** Of a training that runs here. */
  static Circumstances now(EngineThread engine, String version, TrainingOptions options) {
    Map<String, String> now = new TreeMap<>();
    now.put("threads", Integer.toString(engine.operatorThreads()));
    now.put("engine", "PyTorch " + version);
    now.put("device", engine.device().toString());
    now.put("gradient checkpointing", Boolean.toString(options.gradientCheckpointing()));
    String program = Circumstances.class.getPackage().getImplementationVersion();
    if (program != null) { // a jar has one, a folder of classes has none
      now.put("program", program);
    }
    return new Circumstances(now);
  }

  /** What was other then, in words; what was not known then is left out. */
  List<String> differences(Map<String, String> then) {
    List<String> differences = new ArrayList<>();
    values.forEach(
        (key, now) -> {
          if (then.containsKey(key) && !now.equals(then.get(key))) {
            differences.add(key + " was " + then.get(key) + " then and is " + now + " now");
          }
        });
    return differences;
  }
}

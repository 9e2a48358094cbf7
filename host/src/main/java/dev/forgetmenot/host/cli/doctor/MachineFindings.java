package dev.forgetmenot.host.cli.doctor;

import dev.forgetmenot.diffusion.engine.EngineFacts;
import dev.forgetmenot.diffusion.engine.OperatorThreads;
import dev.forgetmenot.diffusion.engine.Processors;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.MemoryFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** Machine, Java, engine, processors and memory. */
record MachineFindings(Findings found) {
  /** What makes arithmetic faster, as Linux names it on x86-64 and on ARM. */
  private static final Set<String> FEATURES =
      Set.of(
          "avx2",
          "fma",
          "f16c",
          "avx512f",
          "avx512_bf16",
          "avx512_fp16",
          "avx512_vnni",
          "amx_tile",
          "amx_bf16",
          "amx_int8",
          "asimd",
          "asimdhp",
          "bf16",
          "i8mm",
          "sve",
          "sve2");

  void add() {
    found.add("program", "version", HostVersions.read().program());
    found.add("machine", "system", property("os.name") + " " + property("os.version"));
    found.add("machine", "architecture", property("os.arch"));
    List<String> cpu = processorText();
    found.add("machine", "processor", field(cpu, "model name", "machdep.cpu.brand_string"));
    found.add("machine", "features", features(cpu));
    found.add("java", "version", property("java.version"));
    found.add("java", "vendor", property("java.vendor"));
    found.add("java", "home", property("java.home"));
    EngineFacts engine = EngineFacts.read();
    engine(engine);
    processors(engine.threads());
    memory();
  }

  private static String property(String name) {
    return System.getProperty(name, "");
  }

  private void engine(EngineFacts engine) {
    found.add("engine", "libtorch", engine.version());
    found.add("engine", "flavour", engine.flavour());
    found.add("engine", "starts", engine.failure().isEmpty(), engine.failure().orElse("yes"));
    found.add(
        "engine",
        "cache",
        engine.cache().folder().toString(),
        engine.cache().folder()
            + (engine.unpacked()
                ? " (unpacked before)"
                : engine.failure().isEmpty() ? " (unpacked by this command)" : " (not unpacked)"));
    found.add("engine", "gpus", engine.gpus(), gpus(engine));
    engine.failure().ifPresent(found::problem);
  }

  private static String gpus(EngineFacts engine) {
    if (engine.gpus() > 0) {
      return engine.gpus() + " (--device cuda:0 and on)";
    }
    boolean driver = Files.exists(Path.of("/proc/driver/nvidia/version"));
    return engine.failure().isPresent()
        ? "not known: the engine does not start"
        : !engine.flavour().startsWith("cpu")
            ? "none: libtorch is built for CUDA and sees no device; is its driver installed?"
            : driver
                ? "none in use: there is an NVIDIA driver, but libtorch is built for the CPU alone;"
                    + " docs/gpu.md says how to use another"
                : "none: no NVIDIA driver is there, and libtorch is built for the CPU alone";
  }

  private void processors(int inUse) {
    Processors processors = Processors.ofProcess();
    OptionalInt cores = processors.cores();
    OptionalInt quota = processors.quota();
    found.add("processors", "logical", processors.logical());
    found.add(
        "processors",
        "cores",
        number(cores),
        cores.isEmpty() ? "not known" : "" + cores.getAsInt());
    found.add(
        "processors", "quota", number(quota), quota.isEmpty() ? "none" : "" + quota.getAsInt());
    OperatorThreads threads = OperatorThreads.ofProcess();
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("inUse", inUse);
    value.put("reason", threads.reason());
    found.add("processors", "threads", value, inUse + ": " + threads.reason());
  }

  private static Object number(OptionalInt value) {
    return value.isPresent() ? value.getAsInt() : null;
  }

  private void memory() {
    MemoryFacts memory = MemoryFacts.read();
    found.add(
        "memory",
        "totalBytes",
        memory.total(),
        ByteSizes.of(memory.total()) + ", containers' limits included");
    found.add("memory", "availableBytes", memory.available(), ByteSizes.of(memory.available()));
    found.add(
        "memory",
        "heapMaxBytes",
        memory.heapMax(),
        ByteSizes.of(memory.heapMax()) + " for Java (FMN_JAVA_OPTS=-Xmx... sets another limit)");
  }

  /** What the system says of its processor, as lines of a name, a colon and a value. */
  private static List<String> processorText() {
    try {
      if (property("os.name").startsWith("Mac")) {
        Process process = new ProcessBuilder("sysctl", "machdep.cpu", "hw.optional").start();
        try (Stream<String> lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
          return lines.toList();
        }
      }
      return Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return List.of(); // such a system says it in no file
    }
  }

  private static String field(List<String> lines, String... names) {
    return lines.stream()
        .filter(line -> Arrays.stream(names).anyMatch(line::startsWith))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("not known");
  }

  /** The known features that the processor has; null where the system does not say. */
  static List<String> features(List<String> lines) {
    Optional<String> flags =
        lines.stream().filter(line -> line.matches("(flags|Features)\\s*:.*")).findFirst();
    Stream<String> all =
        flags.isPresent()
            ? Arrays.stream(flags.get().split("\\s+", -1))
            : lines.stream() // macOS: hw.optional.arm.FEAT_BF16: 1
                .filter(line -> line.startsWith("hw.optional.") && line.endsWith(": 1"))
                .map(line -> line.substring(line.lastIndexOf('.') + 1, line.indexOf(':')))
                .map(name -> name.replaceFirst("^FEAT_", "").toLowerCase(Locale.ROOT));
    return all.filter(FEATURES::contains).distinct().sorted().toList();
  }
}

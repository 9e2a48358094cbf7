package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing asks for the CPU or for a GPU by name but what is listed here with its reason. */
class DeviceNamesInSourcesTest {
  private static final Path ROOT = GoldenFolders.inProject("host/pom.xml").getParent().getParent();

  /** A device by name, or whichever the engine takes if nobody names one. */
  private static final Pattern NAMED =
      Pattern.compile("Device\\.(cpu|gpu)\\(|\"cpu\"|\"cuda|newBaseManager\\(\\)");

  private static final Set<String> MAY =
      Set.of(
          "DeviceNames", // reads the name that the user gives
          "TorchScriptOps", // operators read their scalars on the CPU
          "EngineMemory", // numbers of Java's begin on the CPU and are moved
          "ComputePrecision", // asks whether it is the CPU, whose instructions differ
          "ModelDigest", // the same, for what images are kept under
          "Processors", // the kernel's control group of this name
          "EngineFacts", // fmn doctor starts the engine to ask for its devices
          "HostPluginManager", // starts the engine before plugins do; no model is there yet
          "MachineFindings", // says which build of the engine is there
          "LoadOptions", // the default
          "ModelOptions", // the default of --device
          "ForgetConcept", // samples of the library
          "CorrectAndForget");

  @Test
  void mainCodeTakesTheDeviceOfItsModel() throws IOException {
    List<String> found = new ArrayList<>();
    Set<String> listed = new TreeSet<>();
    for (Path source : sources()) {
      String name = source.getFileName().toString().replace(".java", "");
      for (String line : naming(Files.readAllLines(source))) {
        if (MAY.contains(name)) {
          listed.add(name);
        } else {
          found.add(ROOT.relativize(source) + ": " + line.strip());
        }
      }
    }
    assertThat(found).as("ask for a device by name").isEmpty();
    assertThat(listed).as("listed, and still asking").isEqualTo(new TreeSet<>(MAY));
  }

  @Test
  void theRuleFindsWhatItForbids() {
    assertThat(
            naming(
                List.of(
                    "NDManager.newBaseManager(Device.cpu())",
                    "NDManager.newBaseManager()",
                    "array.toDevice(Device.gpu(0), true)",
                    "StableDiffusion.load(folder, options.onDevice(\"cuda:1\"))",
                    "manager.getDevice() // takes the cpu if that is the model's")))
        .hasSize(4);
  }

  private static List<String> naming(List<String> lines) {
    return lines.stream().filter(line -> NAMED.matcher(line).find()).toList();
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.toList()) {
        Path main = module.resolve("src/main/java");
        if (Files.isDirectory(main) && !module.getFileName().toString().startsWith("testkit")) {
          try (Stream<Path> files = Files.walk(main)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
          }
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(100);
    return sources;
  }
}

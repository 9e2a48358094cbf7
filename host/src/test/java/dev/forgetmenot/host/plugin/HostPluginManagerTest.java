package dev.forgetmenot.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.cli.shell.CommandProvider;
import dev.forgetmenot.testkit.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packaged jars in a real host. */
class HostPluginManagerTest {
  private static final String SAMPLER =
      """
      package good;
      import dev.forgetmenot.api.sampling.*;
      public class GoodSampler implements SamplerProvider {
        public static int made;
        public GoodSampler() { made++; }
        public String name() { return "good"; }
        public String displayName() { return "Good " + made; }
        public Sampler create(
            dev.forgetmenot.api.model.NoiseSchedule schedule, SchedulerConfig config, int steps) {
          throw new UnsupportedOperationException();
        }
      }
      """;

  private final HostVersions versions = HostVersions.read();

  @TempDir Path folder;

  @BeforeEach
  void packGoodPlugin() throws IOException {
    PluginJar.of("good", "1.2.3")
        .requires(">=" + versions.hostApi())
        .extension("good.GoodSampler", SAMPLER)
        .write(folder);
  }

  private Map<String, PluginReport> reports(HostPluginManager manager) {
    return manager.reports().stream()
        .collect(Collectors.toMap(PluginReport::id, Function.identity()));
  }

  private HostPluginManager start() {
    return HostPluginManager.start(folder, versions.hostApi());
  }

  @Test
  void aGoodPluginStandsInItsDoorAndIsMadeOnce() {
    try (HostPluginManager manager = start()) {
      List<SamplerProvider> samplers = manager.extensions(SamplerProvider.class);
      assertThat(samplers).hasSize(1);
      assertThat(manager.extensions(SamplerProvider.class)).isEqualTo(samplers);
      assertThat(samplers.get(0).displayName()).isEqualTo("Good 1");
      assertThat(manager.origin(samplers.get(0))).isEqualTo("good@1.2.3");
      PluginReport report = reports(manager).get("good");
      assertThat(report.state()).isEqualTo("STARTED");
      assertThat(report.version()).isEqualTo("1.2.3");
      assertThat(report.extensions())
          .containsExactly(new PluginReport.ExtensionReport("good.GoodSampler", "SamplerProvider"));
    }
  }

  @Test
  void aWrongRequirementIsNamedAndTheOthersGoOn() throws IOException {
    PluginJar.of("future", "1.0.0").requires(">=99.0.0").write(folder);
    try (HostPluginManager manager = start()) {
      PluginReport report = reports(manager).get("future");
      assertThat(report.state()).isEqualTo("DISABLED");
      assertThat(report.reason()).contains(">=99.0.0", versions.hostApi());
      assertGoodOneWorks(manager);
    }
  }

  @Test
  void aPluginThatThrowsAtStartIsLeftOut() throws IOException {
    PluginJar.of("broken", "1.0.0")
        .pluginClass(
            "broken.BrokenPlugin",
            """
            package broken;
            public class BrokenPlugin extends org.pf4j.Plugin {
              @Override public void start() { throw new IllegalStateException("no luck today"); }
            }
            """)
        .write(folder);
    try (HostPluginManager manager = start()) {
      PluginReport report = reports(manager).get("broken");
      assertThat(report.state()).isEqualTo("FAILED");
      assertThat(report.reason()).contains("failed to start", "no luck today");
      assertThat(report.extensions()).isEmpty();
      assertGoodOneWorks(manager);
    }
  }

  @Test
  void aJarThatBringsClassesOfTheHostIsRefused() throws IOException {
    PluginJar.of("own-api", "1.0.0")
        .source(
            "dev.forgetmenot.api.sampling.SamplerProvider",
            "package dev.forgetmenot.api.sampling; public interface SamplerProvider {}")
        .write(folder);
    PluginJar.of("own-djl", "1.0.0").entry("ai/djl/Device.class", new byte[1]).write(folder);
    PluginJar.of("own-pf4j", "1.0.0")
        .entry("META-INF/versions/17/org/pf4j/Plugin.class", new byte[1])
        .write(folder);
    try (HostPluginManager manager = start()) {
      Map<String, PluginReport> reports = reports(manager);
      assertThat(reports.get("own-api.jar").reason()).contains("its own copy of host-api");
      assertThat(reports.get("own-djl.jar").reason()).contains("its own copy of DJL");
      assertThat(reports.get("own-pf4j.jar").reason()).contains("its own copy of PF4J");
      assertThat(reports.get("own-djl.jar").state()).isEqualTo("REFUSED");
      assertGoodOneWorks(manager);
    }
  }

  @Test
  void aFileThatIsNoJarAndAJarWithoutDataAreNamed() throws IOException {
    Files.writeString(folder.resolve("text.jar"), "this is not an archive");
    PluginJar.of("", "1.0.0").write(folder.resolve("nameless"));
    Files.move(folder.resolve("nameless/.jar"), folder.resolve("nameless.jar"));
    try (HostPluginManager manager = start()) {
      assertThat(reports(manager).get("text.jar").reason()).contains("not a readable jar");
      assertThat(reports(manager).get("nameless.jar").state()).isEqualTo("REFUSED");
      assertGoodOneWorks(manager);
    }
  }

  @Test
  void aJarOfCommandsIsSentToItsFolder() throws IOException {
    PluginJar.of("commands", "1.0.0")
        .without("Plugin-Id")
        .entry("META-INF/services/" + CommandProvider.class.getName(), new byte[0])
        .write(folder);
    try (HostPluginManager manager = start()) {
      assertThat(reports(manager).get("commands.jar").reason()).contains("put it into lib/");
      assertGoodOneWorks(manager);
    }
  }

  @Test
  void aMissingDependencyIsNamed() throws IOException {
    PluginJar.of("needy", "1.0.0").attribute("Plugin-Dependencies", "absent@>=2.0.0").write(folder);
    try (HostPluginManager manager = start()) {
      assertThat(reports(manager).get("needy").reason()).contains("absent");
      assertGoodOneWorks(manager);
    }
  }

  @Test
  void classesOfTheHostComeFirst() throws IOException {
    PluginJar.of("shadow", "1.0.0")
        .extension(
            "dev.forgetmenot.host.HostVersions",
            SAMPLER
                .replace("package good", "package dev.forgetmenot.host")
                .replace("GoodSampler", "HostVersions"))
        .write(folder);
    try (HostPluginManager manager = start()) {
      ClassLoader loader = manager.getPluginClassLoader("shadow");
      assertThat(load(loader, "dev.forgetmenot.host.HostVersions")).isSameAs(HostVersions.class);
    }
  }

  @Test
  void anExtensionThatCannotBeMadeIsNamedAndTheOthersGoOn() throws IOException {
    PluginJar.of("half", "1.0.0")
        .extension("half.GoodSampler", SAMPLER.replace("package good", "package half"))
        .extension(
            "half.Bad",
            SAMPLER
                .replace("package good", "package half")
                .replace("GoodSampler", "Bad")
                .replace("made++;", "throw new IllegalStateException(\"no luck today\");"))
        .write(folder);
    try (HostPluginManager manager = start()) {
      PluginReport report = reports(manager).get("half");
      assertThat(report.state()).isEqualTo("FAILED");
      assertThat(report.reason()).contains("half.Bad", "IllegalStateException: no luck today");
      assertThat(report.extensions())
          .extracting(PluginReport.ExtensionReport::className)
          .containsExactly("half.GoodSampler");
      assertThat(manager.extensions(SamplerProvider.class)).hasSize(2);
    }
  }

  @Test
  void aBareVersionEndsBeforeTheNextThatMayBreak() throws IOException {
    PluginJar.of("bare", "1.0.0").requires("2.1.0").write(folder);
    PluginJar.of("none", "1.0.0").without("Plugin-Requires").write(folder);
    for (String fits : List.of("2.1.0", "2.9.9")) {
      try (HostPluginManager manager = HostPluginManager.start(folder, fits)) {
        assertThat(reports(manager).get("bare").state()).as(fits).isEqualTo("STARTED");
      }
    }
    for (String wrong : List.of("2.0.9", "3.0.0", "9.0.0")) {
      try (HostPluginManager manager = HostPluginManager.start(folder, wrong)) {
        assertThat(reports(manager).get("bare").reason()).contains("requires host-api 2.1.0");
        assertThat(reports(manager).get("none.jar").reason())
            .contains("lacks Plugin-Requires", "'Plugin-Requires: " + wrong + "'");
      }
    }
  }

  @Test
  void ofTwoVersionsTheHigherIsUsedWhateverTheDates() throws IOException {
    for (String version : List.of("1.10.0", "1.9.0")) {
      Path jar =
          PluginJar.of("twice", version)
              .extension("twice.GoodSampler", SAMPLER.replace("package good", "package twice"))
              .write(folder.resolve("made"));
      Files.move(jar, folder.resolve("twice-" + version + ".jar"));
    }
    for (String newer : List.of("1.10.0", "1.9.0")) {
      for (String version : List.of("1.10.0", "1.9.0")) {
        Files.setLastModifiedTime(
            folder.resolve("twice-" + version + ".jar"),
            FileTime.fromMillis(version.equals(newer) ? 2_000_000 : 1_000_000));
      }
      try (HostPluginManager manager = start()) {
        assertThat(reports(manager).get("twice").version()).isEqualTo("1.10.0");
        assertThat(reports(manager).get("twice-1.9.0.jar").reason())
            .isEqualTo(
                "version 1.10.0 of this plugin in twice-1.10.0.jar is newer and is used; take one"
                    + " of the two out");
      }
    }
  }

  private static Class<?> load(ClassLoader loader, String name) {
    try {
      return loader.loadClass(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertGoodOneWorks(HostPluginManager manager) {
    assertThat(manager.extensions(SamplerProvider.class))
        .extracting(SamplerProvider::name)
        .containsExactly("good");
  }
}

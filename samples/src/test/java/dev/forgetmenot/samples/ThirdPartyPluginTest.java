package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.evaluate.VocabularyFile;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.host.plugin.PluginReport;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PluginJar;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin of somebody else, compiled against host-api alone, packed, and run in the host. */
class ThirdPartyPluginTest {
  /** host-api and what it brings, and nothing else of the class path. */
  private static final Pattern HOST_API =
      Pattern.compile(
          ".*(host-api|patch-format|ai.djl.api.*|pf4j-[^/]*jar|slf4j-api[^/]*jar).*"
              .replace("/", Pattern.quote(File.separator)));

  @TempDir Path folder;

  private Path pack() throws IOException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> HOST_API.matcher(entry).matches())
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(classPath)
        .contains("host-api")
        .doesNotContain("diffusion", "pytorch", "patching", "editor-kit");
    PluginJar jar =
        PluginJar.of("third-party", "1.0.0")
            .requires(">=3.0.0 & <4.0.0")
            .compiledAgainst(classPath);
    Path sources = GoldenFolders.inProject("samples/third-party-plugin/src/main/java");
    try (var files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String code = Files.readString(file);
        String name =
            sources
                .relativize(file)
                .toString()
                .replace(File.separatorChar, '.')
                .replace(".java", "");
        if (code.contains("\n@Extension\n")) {
          jar.extension(name, code);
        } else {
          jar.source(name, code);
        }
      }
    }
    return jar.write(folder.resolve("plugins"));
  }

  @Test
  void addsAnEditorAndASamplerThatWork() throws IOException {
    Path plugins = pack().getParent();
    Path folderOfModel = EmbeddedModel.folder();
    try (HostPluginManager manager =
            HostPluginManager.start(plugins, HostVersions.read().hostApi());
        NamedModel model = new ModelLoader(folderOfModel, "cpu", manager).load(List.of())) {
      assertThat(manager.reports())
          .singleElement()
          .returns("STARTED", PluginReport::state)
          .satisfies(report -> assertThat(report.extensions()).hasSize(2));
      GenerationRequest request =
          GenerationRequest.of("a photo of a fox").sampled("example-heun", 12).seeds(3, 2);
      assertThat(model.model().sampler(request).displayName()).isEqualTo("Example Heun");
      try (ZeroShotClassifier recogniser =
          ZeroShotClassifier.open(
              ZeroShotClassifier.clipOf(folderOfModel),
              model.model().engine(),
              VocabularyFile.of(folderOfModel),
              ZeroShotClassifier.TEMPLATE)) {
        assertThat(recogniser.classify(model.model().generate(request))).containsOnly("a fox");
      }
      ConceptEditor editor = manager.extensions(ConceptEditor.class).get(0);
      Settings values = Settings.of(editor.parameters(), Map.of("neutral", "an animal"));
      Path file = folder.resolve("a.fmnpatch");
      new EditJob(JobContext.NONE)
          .run(
              model,
              EditRequest.of(
                  editor, List.of(new Concept("a fox", ConceptType.OBJECT)), values, file));
      try (PatchFile patch = PatchFile.open(file)) {
        assertThat(patch.manifest().recipe().method()).isEqualTo("direction");
        String target = patch.manifest().edits().get(0).content().changed().get(0);
        float[] base = model.model().weights().base(target);
        DeltaEdit edit = (DeltaEdit) patch.edit(patch.manifest().edits().get(0));
        assertThat(edit.deltas().get(target).values()).hasSameSizeAs(base);
        assertThat(model.model().weights().current(target)).isEqualTo(base);
      }
    }
  }
}

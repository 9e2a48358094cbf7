package dev.forgetmenot.samples;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Lets a model forget a concept and writes the difference as a patch. */
public final class ForgetConcept {
  private ForgetConcept() {}

  /** Arguments: model folder, folder with plugin jars, concept, patch file to write, method. */
  public static void main(String[] args) throws IOException {
    String hostApi = HostVersions.read().hostApi();
    try (HostPluginManager plugins = HostPluginManager.start(Path.of(args[1]), hostApi);
        NamedModel model = new ModelLoader(Path.of(args[0]), "cpu", plugins).load(List.of())) {
      ConceptEditor editor = plugins.editor(ConceptEditor.Operation.FORGET, args[4]).orElseThrow();
      Settings values = Settings.of(editor.parameters(), Map.of());
      List<Concept> concepts = List.of(new Concept(args[2], ConceptType.OBJECT));
      new EditJob(JobContext.NONE)
          .run(model, EditRequest.of(editor, concepts, values, Path.of(args[3])));
    }
  }
}

package dev.forgetmenot.studio;

import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.studio.draw.EmbeddedServed;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.edit.FixedEdits;
import dev.forgetmenot.studio.evaluate.EvaluationSource;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.studio.job.JobFolders;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.Problem;
import dev.forgetmenot.studio.patch.BaseFiles;
import dev.forgetmenot.studio.patch.PatchRoutes;
import dev.forgetmenot.studio.patch.SentPatches;
import dev.forgetmenot.studio.patch.ServerKey;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The jobs of a server on the embedded model, by the packed plugins; its queue runs. */
public final class EmbeddedJobs implements AutoCloseable {
  private final Path state;
  private final HostPluginManager plugins;
  private final ServedModel model;
  private final SentPatches patches;
  private final ImageStore images;
  private final JobQueue queue;

  /** Evaluates by the model's own CLIP. */
  private final class Evaluations implements EvaluationSource {
    @Override
    public List<Attack> attacks() {
      return plugins.ordered(Attack.class);
    }

    @Override
    public List<Evaluator> evaluators() {
      return plugins.ordered(Evaluator.class);
    }

    @Override
    public EvaluationSetup judging() throws IOException {
      return EvaluationSetup.of(EmbeddedModel.folder(), Optional.empty(), Optional.empty());
    }

    @Override
    public Optional<Path> vocabulary() {
      return Optional.empty();
    }

    @Override
    public Path store() {
      return state.resolve("store");
    }

    @Override
    public ModelLoader loader() {
      return new ModelLoader(EmbeddedModel.folder(), "cpu", plugins);
    }
  }

  /**
   * Begins to load the model.
   *
   * @param state an empty folder
   */
  public EmbeddedJobs(Path state) throws IOException {
    this.state = state;
    plugins =
        HostPluginManager.start(
            PackagedPlugins.copyTo(state.resolve("plugins")), HostVersions.read().hostApi());
    List<ConceptEditor> editors = new ArrayList<>(plugins.editors(Operation.FORGET));
    editors.addAll(plugins.editors(Operation.CORRECT));
    model = EmbeddedServed.load();
    patches = SentPatches.beside(new PatchFolders(List.of()), state.resolve("patches"));
    images = new ImageStore(state.resolve("images"));
    PatchVerifier trust =
        new PatchVerifier(
            new TrustStore(state.resolve("trust.json")), Optional.empty(), note -> {});
    ServerKey key = ServerKey.of(state.resolve("signing.key"), trust.store(), Optional.empty());
    Served served =
        new Served(
            new AccessToken("secret"),
            model,
            images,
            new PatchRoutes(patches, trust, model, key),
            new FixedEdits(editors),
            new Evaluations(),
            new BaseFiles(EmbeddedModel.folder(), ReadingOptions.DEFAULT),
            state.resolve("models"));
    queue =
        new JobQueue(
            new JobFolders(state.resolve("jobs")),
            served.kinds(),
            9,
            failure -> new Problem("FMN-799", String.valueOf(failure.getMessage())),
            Clock.systemUTC());
    queue.start();
  }

  /** The patches that jobs made. */
  public SentPatches patches() {
    return patches;
  }

  /** The images that jobs drew. */
  public ImageStore images() {
    return images;
  }

  /** The folder of a job. */
  public Path folder(Job job) {
    return queue.folder(job.id());
  }

  /** A job that has ended. */
  public Job done(String kind, String request) throws Exception {
    return done(kind, request, JobQueue.RequestFiles.NONE);
  }

  /** A job with files that has ended. */
  public Job done(String kind, String request, JobQueue.RequestFiles files) throws Exception {
    Job job = queue.submit(kind, "a job", JsonParser.parseString(request).getAsJsonObject(), files);
    return queue.end(job.id()).get(5, TimeUnit.MINUTES);
  }

  @Override
  public void close() throws IOException {
    queue.close();
    model.close();
    plugins.close();
  }
}

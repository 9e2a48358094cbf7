package dev.forgetmenot.studio;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.UserFolder;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.Failure;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.cli.shell.PrecisionOption;
import dev.forgetmenot.host.cli.shell.PrototypeOptions;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.host.model.InstallDirectory;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.library.NamedPatches;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.edit.EditSource;
import dev.forgetmenot.studio.evaluate.EvaluationSource;
import dev.forgetmenot.studio.event.ServerEvents;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.HttpServer;
import dev.forgetmenot.studio.http.Listening;
import dev.forgetmenot.studio.job.JobFolders;
import dev.forgetmenot.studio.job.JobProblems;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.ShownText;
import dev.forgetmenot.studio.patch.BaseFiles;
import dev.forgetmenot.studio.patch.PatchRoutes;
import dev.forgetmenot.studio.patch.SentPatches;
import dev.forgetmenot.studio.patch.ServerKey;
import dev.forgetmenot.studio.sdapi.SdApi;
import dev.forgetmenot.studio.sdapi.SdNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A server: the model and the jobs that it has, whatever it shows of them. */
abstract class ServerCommand extends ContextCommand {
  private static final int POLL_MILLIS = 100;

  @Mixin private ListenOptions listen;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where jobs, images and the token are kept (default: a folder of the user).")
  private Path state;

  @Option(
      names = "--queue",
      paramLabel = "N",
      defaultValue = "32",
      description = "How many jobs may wait (default: ${DEFAULT-VALUE}).")
  private int places;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "A private key, as fmn patch keygen writes it, with which the page may sign patches"
              + " (default: the one that was made on the page, if any).")
  private Path key;

  @Option(names = "--new-token", description = "Make another token; clients need the new one.")
  private boolean newToken;

  @Mixin private PatchOptions patchOptions;
  @Mixin private JudgeOptions judge;
  @Mixin private PrototypeOptions prototypes;
  @Mixin private PrecisionOption computing;
  @Mixin private ModelOptions options;

  ServerCommand(CommandContext context) {
    super(context);
  }

  /** What is answered beside the two APIs. */
  abstract List<Api> more() throws IOException;

  /** Tells the user where it answers. */
  abstract void greet(String address, AccessToken token, StateFolder folder);

  @Override
  public Integer call() throws IOException {
    if (places < 1) {
      throw new IllegalArgumentException("--queue should be 1 or more");
    }
    Listening where = listen.listening();
    StateFolder folder = StateFolder.open(state == null ? usual() : state);
    AccessToken token = AccessToken.of(folder.token(), newToken);
    ImageStore store = new ImageStore(folder.images());
    SentPatches sent =
        SentPatches.beside(
            PatchFolders.of(
                options.folder(), InstallDirectory.ifKnown().map(InstallDirectory::root)),
            folder.patches());
    try (PatchSet patches =
            patchOptions.open(context.console(), options.folder(), patchOptions.recipe());
        NamedPatches named = patchOptions.named(context.console(), sent.all());
        Plugins plugins = new Plugins();
        ServedModel model =
            new ServedModel(
                options.folder().toAbsolutePath().normalize().getFileName().toString(),
                () -> {
                  plugins.start();
                  return plugins.loader().load(patches.requests(), named);
                })) {
      Served served =
          new Served(
              token,
              model,
              store,
              routes(sent, model, folder),
              plugins,
              plugins,
              new BaseFiles(options.folder(), options.reading()),
              folder.models());
      serve(served, folder, where);
    }
    return ExitCodes.DONE;
  }

  private void serve(Served served, StateFolder folder, Listening where) throws IOException {
    ServedModel model = served.model();
    try (JobQueue queue =
            new JobQueue(
                new JobFolders(folder.jobs()),
                served.kinds(),
                places,
                new JobProblems(new ShownText(List.of(folder.root(), options.folder()))),
                Clock.systemUTC());
        ServerEvents events = new ServerEvents(model, queue, served.store());
        HttpServer server = HttpServer.start(where, served.token(), apis(served, queue, events))) {
      queue.listen(
          job ->
              job.problem()
                  .ifPresent(
                      why -> context.say(Message.of("job %s: %s", job.id(), why.sentence()))));
      queue.start();
      greet(listen.address(server.port()), served.token(), folder);
      listen.warnings().forEach(context::say);
      context.say("jobs and images are kept in " + folder.root() + "; Ctrl-C ends the server");
      sayWhenLoaded(model);
      waitForStop();
    }
  }

  private PatchRoutes routes(SentPatches patches, ServedModel model, StateFolder folder)
      throws IOException {
    Optional<SigningKey> given =
        key == null ? Optional.empty() : Optional.of(KeyFile.readPrivate(key));
    PatchVerifier trust = patchOptions.trust(context.console());
    return new PatchRoutes(patches, trust, model, ServerKey.of(folder.key(), trust.store(), given));
  }

  private List<Api> apis(Served served, JobQueue queue, ServerEvents events) throws IOException {
    ServedModel model = served.model();
    List<Api> apis = new ArrayList<>();
    apis.add(served.api(queue, events));
    apis.add(
        new SdApi(
            model, queue, served.store(), new SdNames(model, served.patches().patches().all())));
    apis.addAll(more());
    return apis;
  }

  private static Path usual() {
    return UserFolder.DATA
        .place(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home"))
        .resolve("studio");
  }

  private void sayWhenLoaded(ServedModel model) {
    model.whenLoaded(
        (loaded, failure) -> {
          if (failure == null) {
            loaded.model().notes().forEach(context.console()::note);
            loaded.model().patchDescriptions().forEach(context::say);
            context.say("the model " + loaded.name() + " is loaded");
          } else {
            context.console().noteText("fmn: " + Failure.message(failure, "loading the model"));
          }
        });
  }

  private void waitForStop() {
    while (!context.cancelled()) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Plugins that start with the model, after the server answers. */
  private final class Plugins implements EditSource, EvaluationSource, AutoCloseable {
    private HostPluginManager manager; // null until started

    @Override
    public synchronized List<ConceptEditor> editors(ConceptEditor.Operation operation) {
      return manager == null ? List.of() : manager.editors(operation);
    }

    @Override
    public EvaluationSetup judging() throws IOException {
      EvaluationSetup judging = judge.judging(options.folder());
      synchronized (this) {
        return manager == null ? judging : judging.asking(manager);
      }
    }

    @Override
    public synchronized PrototypeImages second() throws IOException {
      return prototypes.of(options.loader(manager));
    }

    @Override
    public synchronized List<Attack> attacks() {
      return manager == null ? List.of() : manager.ordered(Attack.class);
    }

    @Override
    public synchronized List<Evaluator> evaluators() {
      return manager == null ? List.of() : manager.ordered(Evaluator.class);
    }

    @Override
    public Optional<Path> vocabulary() {
      return judge.vocabulary();
    }

    @Override
    public Path store() {
      return prototypes.store();
    }

    @Override
    public synchronized ModelLoader loader() throws IOException {
      return options.loader(manager).computing(computing.precision());
    }

    private synchronized HostPluginManager start() {
      manager = options.plugins().start(context.console());
      return manager;
    }

    @Override
    public synchronized void close() {
      if (manager != null) {
        manager.close();
      }
    }
  }
}

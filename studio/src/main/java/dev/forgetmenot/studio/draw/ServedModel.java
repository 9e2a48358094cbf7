package dev.forgetmenot.studio.draw;

import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.diffusion.sampler.SamplerRegistry;
import dev.forgetmenot.host.model.NamedModel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;

/** The model that is served, which is loaded while the server answers already. Any thread. */
public final class ServedModel implements AutoCloseable {
  private final String name;
  private final CompletableFuture<NamedModel> loading;

  /**
   * Begins to load a model.
   *
   * @param name of the model for people
   * @param load loads it
   */
  public ServedModel(String name, Callable<NamedModel> load) {
    this.name = name;
    this.loading = new CompletableFuture<>();
    Thread thread = new Thread(() -> complete(load), "fmn-load");
    thread.setDaemon(true);
    thread.start();
  }

  @SuppressWarnings("CatchThrowable") // an engine whose libraries do not load throws Errors
  private void complete(Callable<NamedModel> load) {
    try {
      loading.complete(load.call());
    } catch (Throwable e) {
      loading.completeExceptionally(e);
    }
  }

  /** Its name for people, known before it is loaded. */
  public String name() {
    return name;
  }

  /** The word for its state in JSON: {@code loading}, {@code ready} or {@code failed}. */
  public String state() {
    if (!loading.isDone()) { // first, since it may end between two questions
      return "loading";
    }
    return loading.isCompletedExceptionally() ? "failed" : "ready";
  }

  /** The model if it is loaded. */
  public Optional<NamedModel> ready() {
    return state().equals("ready") ? Optional.of(loading.join()) : Optional.empty();
  }

  /** The samplers that it draws with; before it is loaded those that every model has. */
  public List<SamplerProvider> samplers() {
    return ready()
        .map(loaded -> loaded.model().samplers())
        .orElseGet(() -> new SamplerRegistry(List.of()).all());
  }

  /** Why it was not loaded. */
  public Optional<Throwable> failure() {
    return loading.isCompletedExceptionally()
        ? Optional.of(loading.handle((model, failure) -> failure).join())
        : Optional.empty();
  }

  /** Waits until it is loaded. */
  public NamedModel await() throws IOException {
    try {
      return loading.join();
    } catch (CompletionException e) {
      throw new IOException("the model could not be loaded: " + e.getCause().getMessage(), e);
    }
  }

  /**
   * Waits until it is loaded, for what changes or measures the base.
   *
   * @throws IOException if it could not be loaded, or was loaded with patches
   */
  public NamedModel awaitBase() throws IOException {
    NamedModel hosted = await();
    if (!hosted.model().patchDescriptions().isEmpty()) {
      throw new IOException(
          "the server was started with patches, and this is done on the base: start it without"
              + " --patch and --stack, and put patches on from the page");
    }
    return hosted;
  }

  /**
   * Tells when the model is loaded, or why it is not, on the thread that loads it or at once.
   *
   * @param then gets the model or null, and null or the failure
   */
  public void whenLoaded(BiConsumer<NamedModel, Throwable> then) {
    var unused = loading.whenComplete(then);
  }

  /** Frees the model; one that is being loaded is waited for, since nothing can stop that. */
  @Override
  public void close() throws IOException {
    NamedModel loaded = loading.exceptionally(failure -> null).join();
    if (loaded != null) {
      loaded.close();
    }
  }
}

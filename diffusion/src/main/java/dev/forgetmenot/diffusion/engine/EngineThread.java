package dev.forgetmenot.diffusion.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The thread on which all tensor work of one device runs. PyTorch keeps "record a graph" for each
 * thread and has it on by default: here it is off, and only a training session turns it on for a
 * while.
 *
 * <p>Thread-safe. {@link #close} waits for the running task; arrays are closed by those who made
 * them.
 */
public final class EngineThread implements AutoCloseable {
  /** Work for the engine thread; {@code E} is what it throws. */
  @FunctionalInterface
  public interface Task<T, E extends Exception> {
    /** Does the work. */
    T run() throws E;
  }

  /** Work without a result; {@code E} is what it throws. */
  @FunctionalInterface
  public interface Work<E extends Exception> {
    /** Does the work. */
    void run() throws E;
  }

  private final ExecutorService executor;
  private final Thread thread;
  private final Device device;

  private EngineThread(String name, OperatorThreads threads) {
    CompletableFuture<Thread> started = new CompletableFuture<>();
    executor =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread made = new Thread(work, "fmn-engine-" + name);
              made.setDaemon(true);
              started.complete(made);
              return made;
            });
    try {
      device = get(executor.submit(() -> prepare(name, threads)));
    } catch (RuntimeException | Error e) {
      executor.shutdown();
      throw e;
    }
    thread = started.join();
  }

  /**
   * Starts the thread and loads the engine on it, offline and without telemetry. Operators on the
   * CPU share {@link OperatorThreads} from now on, for the whole process.
   *
   * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
   * @throws IllegalArgumentException if there is no such device; the message says what there is
   */
  public static EngineThread start(String device) {
    OperatorThreads threads = OperatorThreads.ofProcess();
    EngineSettings.apply();
    return new EngineThread(device, threads);
  }

  private static Device prepare(String name, OperatorThreads threads) {
    Engine engine = engine();
    JniUtils.setGradMode(false);
    JniUtils.setGraphExecutorOptimize(false);
    threads.count().ifPresent(JniUtils::setNumThreads);
    return DeviceNames.parse(name, engine.getGpuCount());
  }

  private static Engine engine() {
    try {
      return Engine.getEngine("PyTorch");
    } catch (RuntimeException | LinkageError e) { // libraries that cannot be unpacked, or loaded
      throw EngineCache.ofEngine().explain("the PyTorch engine", e);
    }
  }

  /** The device of this thread. */
  public Device device() {
    return device;
  }

  /** A new manager on the device; the caller closes it, on this thread. */
  public NDManager newManager() {
    return NDManager.newBaseManager(device, "PyTorch");
  }

  /** Number of threads that share one operator on the CPU. */
  public int operatorThreads() {
    return JniUtils.getNumThreads();
  }

  /** Does work on this thread without recording a graph, even while one is recorded. */
  public <T> T withoutGraph(Supplier<T> work) {
    return GraphMode.with(false, work);
  }

  /** Whether the caller runs on this thread. */
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /**
   * Runs a task on the thread and waits for it; called on the thread itself it runs at once. An
   * interrupt of the waiting thread does not stop the task: it is kept for the caller to see
   * afterwards.
   *
   * @throws E what the task throws
   * @throws IllegalStateException if the thread is closed
   */
  public <T, E extends Exception> T call(Task<T, E> task) throws E {
    if (isCurrent()) {
      return task.run();
    }
    if (executor.isShutdown()) {
      throw new IllegalStateException("the engine thread of " + device + " is closed");
    }
    Outcome<T> outcome = get(executor.submit(() -> Outcome.of(task)));
    if (outcome.failure() != null) {
      @SuppressWarnings("unchecked") // the only checked exceptions that a Task can throw are its E
      E failure = (E) outcome.failure();
      throw failure;
    }
    return outcome.value();
  }

  /**
   * Runs work without a result, as {@link #call} does.
   *
   * @throws E what the work throws
   * @throws IllegalStateException if the thread is closed
   */
  public <E extends Exception> void run(Work<E> work) throws E {
    call(
        () -> {
          work.run();
          return null;
        });
  }

  private record Outcome<T>(T value, Exception failure) {
    static <T> Outcome<T> of(Task<T, ?> task) {
      try {
        return new Outcome<>(task.run(), null);
      } catch (Exception e) {
        return new Outcome<>(null, e);
      }
    }
  }

  private static <T> T get(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException failure) {
            throw failure;
          }
          if (e.getCause() instanceof Error error) {
            throw error;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends the thread when its task is done; later calls are refused. */
  @Override
  public void close() {
    executor.shutdown();
  }
}

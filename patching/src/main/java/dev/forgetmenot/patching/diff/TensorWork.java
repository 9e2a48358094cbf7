package dev.forgetmenot.patching.diff;

import dev.forgetmenot.api.edit.JobContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Work on many tensors by as many threads as there are processors, the largest tensors first, with
 * a limit on the values that are held at a time.
 */
final class TensorWork {
  /** Values that are held at a time unless one tensor has more: 120 MB, the largest of a UNet. */
  private static final int VALUES = 30 << 20;

  private TensorWork() {}

  /** What is done with one tensor; on any thread. */
  @FunctionalInterface
  interface Step<T, R> {
    R of(T tensor) throws IOException;
  }

  /**
   * Works on all.
   *
   * @param held values that the work on a tensor holds; 0 for work in pieces
   * @param step the work
   * @param done takes the results as they come, on the thread of the caller
   * @param context gets the progress, and may stop it; on the thread of the caller
   * @throws IOException of a step; no work goes on when this returns
   */
  static <T, R> void forEach(
      List<T> tensors,
      ToLongFunction<T> held,
      Step<T, R> step,
      Done<R> done,
      JobContext context,
      String stage)
      throws IOException {
    List<T> largestFirst = new ArrayList<>(tensors);
    largestFirst.sort(Comparator.comparingLong(held).reversed());
    ExecutorService threads = Executors.newFixedThreadPool(processors(), TensorWork::daemon);
    try {
      Semaphore free = new Semaphore(VALUES, true);
      CompletionService<R> results = new ExecutorCompletionService<>(threads);
      for (T tensor : largestFirst) {
        int values = (int) Math.min(VALUES, held.applyAsLong(tensor));
        results.submit(
            () -> {
              free.acquire(values);
              try {
                return step.of(tensor);
              } finally {
                free.release(values);
              }
            });
      }
      for (int i = 0; i < tensors.size(); i++) {
        done.accept(next(results, context));
        context.progress(stage, i + 1, tensors.size());
      }
    } finally {
      end(threads);
    }
  }

  /** Takes a result; may refuse to go on. */
  @FunctionalInterface
  interface Done<R> {
    void accept(R result) throws IOException;
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "tensors");
    thread.setDaemon(true);
    return thread;
  }

  private static <R> R next(CompletionService<R> results, JobContext context) throws IOException {
    try {
      Future<R> result = null;
      while (result == null) {
        context.checkCancelled();
        result = results.poll(200, TimeUnit.MILLISECONDS);
      }
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the work was interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException runtime) {
        throw runtime;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new IOException(cause);
    }
  }

  /** Waits for what has begun: files must not be closed under it. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

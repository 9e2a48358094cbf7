package dev.forgetmenot.spark;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * A standalone Spark cluster of this machine: a master and workers of one core, each a process of
 * its own, from the jars on the class path.
 */
final class SparkCluster implements AutoCloseable {
  private static final long SECONDS = 60;

  private final Path folder;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  /** Starts master and workers and waits until all are there. */
  SparkCluster(Path folder, int workers) throws IOException, InterruptedException {
    this.folder = folder;
    Path jars = Files.createDirectories(folder.resolve("jars"));
    for (String jar : classPath()) {
      if (jar.endsWith(".jar")) {
        Path link = jars.resolve(Path.of(jar).getFileName());
        if (isSparks(jar) && !Files.exists(link)) {
          Files.createSymbolicLink(link, Path.of(jar));
        }
      }
    }
    port = freePort();
    try {
      startAll(workers);
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void startAll(int workers) throws IOException, InterruptedException {
    start("master", "org.apache.spark.deploy.master.Master", "--port", String.valueOf(port));
    await("master", "I have been elected leader");
    for (int i = 1; i <= workers; i++) {
      start(
          "worker" + i,
          "org.apache.spark.deploy.worker.Worker",
          "--cores",
          "1",
          "--memory",
          "2G",
          "--work-dir",
          folder.resolve("work" + i).toString(),
          url());
      await("worker" + i, "Successfully registered with master");
    }
  }

  private static List<String> classPath() {
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  /** Executors bring these; all else is the program's. */
  private static boolean isSparks(String jar) {
    return !jar.contains("fmn-") && !jar.contains("djl");
  }

  private String url() {
    return "spark://127.0.0.1:" + port;
  }

  /** A session whose executors have the class path of this process. */
  SparkSession session() {
    return SparkSession.builder()
        .master(url())
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executor.memory", "1g")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE")
        .getOrCreate();
  }

  /**
   * Ends a worker and its executors as soon as a task has ended, as if its machine had gone.
   *
   * @return how many executors the application lost until now
   */
  AtomicInteger loseAfterFirstTask(SparkSession session, int worker) {
    AtomicInteger lost = new AtomicInteger();
    AtomicBoolean alive = new AtomicBoolean(true);
    session
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onTaskEnd(SparkListenerTaskEnd end) {
                if (alive.getAndSet(false)) {
                  kill(processes.get(worker));
                }
              }

              @Override
              public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
                lost.incrementAndGet();
              }
            });
    return lost;
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private void start(String name, String type, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath()), type));
    command.addAll(List.of("--host", "127.0.0.1", "--webui-port", "0"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", folder.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    processes.add(
        builder
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(folder.resolve(name + ".log").toFile()))
            .start());
  }

  private void await(String name, String line) throws IOException, InterruptedException {
    Path log = folder.resolve(name + ".log");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!new String(Files.readAllBytes(log), StandardCharsets.UTF_8).contains(line)) {
      if (System.nanoTime() > end || !processes.get(processes.size() - 1).isAlive()) {
        throw new IOException(name + " did not start; see " + log);
      }
      Thread.sleep(100);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    processes.forEach(SparkCluster::kill);
  }
}

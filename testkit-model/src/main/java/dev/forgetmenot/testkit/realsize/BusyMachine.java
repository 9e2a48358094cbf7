package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** The embedded model beside other work: busy processes, and the program itself twice. */
final class BusyMachine {
  private static final String HEAP = "2g";

  /** With the program's own threads, a load of five on two cores. */
  private static final int BUSY = 3;

  private final Program program;
  private final RealSizePage page;
  private final List<List<String>> rows =
      new ArrayList<>(List.of(List.of("what", "before", "command", "seconds")));

  BusyMachine(Program program, RealSizePage page) {
    this.program = program;
    this.page = page;
  }

  /**
   * Runs the commands of the list; its fields are what is done, the seconds before the release that
   * the page is of, and whether it runs alone, beside busy processes, or all of a block together.
   */
  List<List<String>> run() throws IOException, InterruptedException {
    page.put("busy", Integer.toString(BUSY));
    for (CommandList block : CommandList.read("busy.txt")) {
      boolean busy = block.fields().get(2).equals("busy");
      row(
          block,
          busy
              ? beside(block)
              : together(block).stream()
                  .map(BusyMachine::seconds)
                  .collect(Collectors.joining(" and ")));
    }
    return rows;
  }

  private String beside(CommandList block) throws IOException, InterruptedException {
    List<Process> busy = new ArrayList<>();
    try {
      for (int i = 0; i < BUSY; i++) {
        busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
      }
      return seconds(together(block).get(0));
    } finally {
      busy.forEach(Process::destroyForcibly);
    }
  }

  /** All commands of a block at the same time. */
  private List<MeasuredRun> together(CommandList block) throws InterruptedException, IOException {
    ExecutorService threads = Executors.newFixedThreadPool(block.commands().size());
    try {
      List<Callable<MeasuredRun>> runs = new ArrayList<>();
      block.commands().forEach(command -> runs.add(() -> program.run(HEAP, command)));
      List<MeasuredRun> ended = new ArrayList<>();
      for (Future<MeasuredRun> run : threads.invokeAll(runs)) {
        ended.add(run.get());
      }
      return ended;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      threads.shutdown();
    }
  }

  private void row(CommandList block, String seconds) {
    String what = block.fields().get(0);
    RealSize.say(what + ": " + seconds);
    page.put(what + ".seconds", seconds);
    rows.add(List.of(what, block.fields().get(1), "`" + block.commands().get(0) + "`", seconds));
  }

  private static String seconds(MeasuredRun run) {
    String ended = run.succeeded() ? "" : " (" + RealSize.ended(run) + ")";
    return RealSizePage.seconds(run) + ended;
  }
}

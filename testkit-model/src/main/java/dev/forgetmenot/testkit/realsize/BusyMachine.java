package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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

  List<List<String>> run() throws IOException, InterruptedException {
    page.put("busy", Integer.toString(BUSY));
    String forget = "fmn forget merlin -o merlin.fmnpatch --overwrite";
    row("forget a concept, quiet machine", "45 to 60", forget, seconds(program.run(HEAP, forget)));
    List<Process> busy = new ArrayList<>();
    try {
      for (int i = 0; i < BUSY; i++) {
        busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
      }
      row(
          "forget a concept beside busy processes",
          "320 to 830 (load 5)",
          forget,
          seconds(program.run(HEAP, forget)));
    } finally {
      busy.forEach(Process::destroyForcibly);
    }
    String draw = drawing("alone");
    row("draw 32 images", "10.4", draw, seconds(program.run(HEAP, draw)));
    row("the same, two at once", "69", draw, together());
    return rows;
  }

  private static String drawing(String output) {
    return "fmn generate \"a photo of a fox\" --count 32 --seed 1 -o " + output;
  }

  private String together() throws InterruptedException, IOException {
    ExecutorService two = Executors.newFixedThreadPool(2);
    try {
      Future<MeasuredRun> first = two.submit(() -> program.run(HEAP, drawing("first")));
      Future<MeasuredRun> second = two.submit(() -> program.run(HEAP, drawing("second")));
      return seconds(first.get()) + " and " + seconds(second.get());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      two.shutdown();
    }
  }

  private void row(String what, String before, String command, String seconds) {
    RealSize.say(what + ": " + seconds);
    page.put(what + ".seconds", seconds);
    rows.add(List.of(what, before, "`" + command + "`", seconds));
  }

  private static String seconds(MeasuredRun run) {
    String ended = run.succeeded() ? "" : " (" + RealSize.ended(run) + ")";
    return RealSizePage.seconds(run) + ended;
  }
}

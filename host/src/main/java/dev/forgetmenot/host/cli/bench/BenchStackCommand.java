package dev.forgetmenot.host.cli.bench;

import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.bench.StackBench;
import dev.forgetmenot.host.bench.StackBench.Measured;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ThreadOptions;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fmn bench stack}: how long stacks of patches take. */
@Command(
    name = "stack",
    description = {
      "Stack patches on random weights of the size of Stable Diffusion 1.5's cross "
          + "attention: from files to new weights, base check included.",
      "Needs about 1 GB of memory and no model."
    },
    mixinStandardHelpOptions = true)
final class BenchStackCommand implements Callable<Integer> {
  private static final long TEXT_ENCODER = 123_060_480L * Float.BYTES;

  private final CommandContext context;

  @Option(
      names = "--patches",
      paramLabel = "N",
      defaultValue = "100",
      description = "So many of each kind (default: ${DEFAULT-VALUE}).")
  private int patches;

  @Mixin ThreadOptions threads; // for picocli alone

  BenchStackCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (patches < 1 || patches > 256) {
      throw new IllegalArgumentException("--patches should be 1 to 256, not " + patches);
    }
    StackBench bench = new StackBench(context);
    context.say(
        String.format(
            Locale.ROOT,
            "%-20s %7s %9s   %5s %5s %5s %6s %5s   %9s %7s %10s",
            "patches",
            "weights",
            "size",
            "open",
            "check",
            "apply",
            "sum s",
            "cpu s",
            "heap",
            "naive x",
            "difference"));
    for (Measured measured : bench.run(patches)) {
      context.say(line(measured));
    }
    double speed = bench.hashing();
    context.say(
        String.format(
            Locale.ROOT,
            "SHA-256: %.2f GB/s on one core of %d; a text encoder of SD 1.5 (%s) takes %.2f s, once"
                + " a model",
            speed / 1e9,
            Runtime.getRuntime().availableProcessors(),
            ByteSizes.of(TEXT_ENCODER),
            TEXT_ENCODER / speed));
    return ExitCodes.DONE;
  }

  private static String line(Measured m) {
    return String.format(
        Locale.ROOT,
        "%3d %-18s %5d %9s   %5.2f %5.2f %5.2f %6.2f %5.1f   %9s %7.1f %10.1e",
        m.patches(),
        m.name(),
        m.weights(),
        ByteSizes.of(m.touched()),
        m.open(),
        m.check(),
        m.apply(),
        m.total(),
        m.cpu(),
        ByteSizes.of(m.heap()),
        m.naive(),
        m.difference());
  }
}

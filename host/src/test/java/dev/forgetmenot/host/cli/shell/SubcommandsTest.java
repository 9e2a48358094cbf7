package dev.forgetmenot.host.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

class SubcommandsTest {
  private static final List<String> TOP =
      List.of(
          "generate",
          "forget",
          "correct",
          "invert",
          "run",
          "patch",
          "compare",
          "demo",
          "classify",
          "models",
          "plugins",
          "attest",
          "doctor");
  private static final List<String> PATCH =
      List.of(
          "inspect",
          "list",
          "conflicts",
          "stack",
          "gate",
          "import",
          "export",
          "diff",
          "bake",
          "keygen",
          "sign",
          "verify",
          "trust",
          "revoke",
          "policy");

  /** Commands that only look at small files, or change a list. */
  private static final Set<String> WITHOUT_COMPUTING =
      Set.of(
          "patch",
          "models",
          "plugins",
          "attest",
          "patch inspect",
          "patch keygen",
          "patch sign",
          "patch verify",
          "patch trust",
          "patch revoke",
          "patch policy");

  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");

  @TempDir private Path folder;

  @Command(name = "known", description = "What is known.", mixinStandardHelpOptions = true)
  static final class Known {
    private static int made;

    Known() {
      made++;
    }
  }

  private static CommandLine line(String... words) {
    CommandLine line = new CommandLine(CommandSpec.create().name("top"));
    CommandContext context = new CommandContext(null, () -> false, List.of(words));
    new Subcommands(line, context).with(Known.class, ignored -> new Known());
    return line;
  }

  @Test
  void whatIsNotNamedIsNotMade() {
    Known.made = 0;
    assertThat(line("other").getUsageMessage()).contains("known  What is known.");
    assertThat(Known.made).isZero();
    line("known");
    assertThat(Known.made).isEqualTo(1);
  }

  @Test
  void helpListsAllCommandsWhateverIsNamed() {
    for (String[] words : new String[][] {{"--help"}, {"help"}, {"help", "patch"}}) {
      String help = ProgramRun.of(words).out();
      List<String> expected = words.length == 2 ? PATCH : TOP;
      assertThat(commands(help)).as(String.join(" ", words)).containsAll(expected);
    }
    assertThat(ProgramRun.of("--help").out()).isEqualTo(ProgramRun.of("help").out());
  }

  private static List<String> commands(String help) {
    return help.lines()
        .filter(line -> line.matches("  [a-z]+ .*"))
        .map(line -> line.strip().replaceFirst(" .*", ""))
        .toList();
  }

  @Test
  void eachCommandHasItsOwnHelp() {
    for (String command : all()) {
      ProgramRun run = help(command);
      assertThat(run.code()).as(command).isZero();
      assertThat(run.out()).as(command).contains("Usage: fmn " + command).contains("--help");
    }
  }

  @Test
  void eachCommandThatComputesTakesThreads() {
    Set<String> without = new TreeSet<>();
    for (String command : all()) {
      if (!help(command).out().contains("--threads")) {
        without.add(command);
      }
    }
    assertThat(without).isEqualTo(new TreeSet<>(WITHOUT_COMPUTING));
  }

  @Test
  void eachCommandHasAManPageWithTheOptionsOfItsHelp() throws IOException {
    Path pages = folder.resolve("pages");
    assertThat(ProgramRun.of("man", pages.toString()).code()).isZero();
    for (String command : all()) {
      Path page = pages.resolve("fmn-" + command.replace(' ', '-') + ".1");
      String text = Files.readString(page).replace("\\-", "-");
      assertThat(text).as(command).contains(".SH NAME\nfmn-", ".SH SYNOPSIS", "fmn " + command);
      Stream<String> named =
          OPTION.matcher(synopsis(help(command).out())).results().map(MatchResult::group);
      List<String> options = Stream.concat(Stream.of("--help"), named).toList();
      assertThat(text.substring(text.indexOf(".SH OPTIONS"))).as(command).contains(options);
    }
    assertThat(Files.readString(pages.resolve("fmn.1"))).contains("fmn\\-generate");
  }

  /** The lines from "Usage:" on that are indented. */
  private static String synopsis(String help) {
    return help.lines()
        .dropWhile(line -> !line.startsWith("Usage:"))
        .takeWhile(line -> line.startsWith("Usage:") || line.startsWith(" "))
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-3", "1025"})
  void threadsAreInRange(String number) {
    ProgramRun run = ProgramRun.of("generate", "a fox", "--threads", number);
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err()).contains("--threads: the number of threads should be from 1 to 1024");
  }

  private static List<String> all() {
    return Stream.of(
            TOP.stream(), PATCH.stream().map(name -> "patch " + name), Stream.of("models identify"))
        .flatMap(names -> names)
        .toList();
  }

  private ProgramRun help(String command) {
    boolean edits = command.equals("forget") || command.equals("correct"); // ask plugins
    Stream<String> more =
        edits ? Stream.of("--plugins", folder.toString(), "--help") : Stream.of("--help");
    return ProgramRun.of(
        Stream.concat(Arrays.stream(command.split(" ", -1)), more).toArray(String[]::new));
  }
}

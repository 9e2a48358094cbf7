package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.host.cli.shell.PluginOptions;
import dev.forgetmenot.host.cli.shell.ThreadOptions;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The editors that the installed plugins bring, known before the command line is parsed, since
 * their declared parameters are options of it. Plugins are started only when the command line is
 * about an edit. {@link #close} unloads them.
 */
final class EditorCatalogue implements AutoCloseable {
  private final HostPluginManager plugins; // null where the command line is about something else
  private final String method; // empty where none is named

  private EditorCatalogue(HostPluginManager plugins, String method) {
    this.plugins = plugins;
    this.method = method;
  }

  static EditorCatalogue forCommandLine(String[] args, Console console) {
    boolean edits =
        Arrays.stream(args)
            .filter(arg -> !arg.startsWith("-") && !arg.equals("help"))
            .findFirst()
            .filter(EditorCatalogue::isOperation)
            .isPresent();
    if (!edits) {
      return new EditorCatalogue(null, "");
    }
    Prelude prelude = new Prelude();
    CommandLine line =
        new CommandLine(prelude).setUnmatchedArgumentsAllowed(true).setExpandAtFiles(false);
    try {
      line.parseArgs(args);
    } catch (CommandLine.ParameterException e) {
      return new EditorCatalogue(null, ""); // the real parser says what is wrong
    }
    String method = prelude.method == null ? "" : prelude.method;
    return new EditorCatalogue(prelude.plugins.start(console), method);
  }

  private static boolean isOperation(String arg) {
    return Arrays.stream(Operation.values()).anyMatch(value -> command(value).equals(arg));
  }

  static String command(Operation operation) {
    return operation.name().toLowerCase(Locale.ROOT);
  }

  List<ConceptEditor> editors(Operation operation) {
    return plugins == null ? List.of() : plugins.editors(operation);
  }

  /** The editor that the command line names by {@code --method}, or else the first. */
  Optional<ConceptEditor> chosen(Operation operation) {
    return editors(operation).stream()
        .filter(editor -> method.isEmpty() || editor.isNamed(method))
        .findFirst();
  }

  HostPluginManager plugins() {
    return plugins;
  }

  @Override
  public void close() {
    if (plugins != null) {
      plugins.close();
    }
  }

  /** The options that must be known before all others. */
  @Command
  static final class Prelude {
    @Option(names = "--method")
    private String method;

    @Mixin ThreadOptions threads; // for picocli alone

    @Mixin private PluginOptions plugins;
  }
}

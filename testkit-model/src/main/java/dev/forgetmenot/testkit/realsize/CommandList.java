package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A block of a list of commands: a line of fields with {@code |} between them, then command lines
 * as they can be pasted. Blocks have an empty line between them.
 *
 * @param fields the first line
 * @param commands the others
 */
record CommandList(List<String> fields, List<String> commands) {
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  /** The blocks of a resource beside this class. */
  static List<CommandList> read(String resource) {
    try (InputStream bytes = CommandList.class.getResourceAsStream(resource)) {
      String text = new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
      List<CommandList> blocks = new ArrayList<>();
      for (String block : text.strip().split("\n\n", -1)) {
        List<String> lines = block.lines().toList();
        List<String> fields =
            Arrays.stream(lines.get(0).split("\\|", -1)).map(String::strip).toList();
        blocks.add(new CommandList(fields, lines.subList(1, lines.size())));
      }
      return blocks;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The arguments of a command line: all words but the first, without quotes. */
  static List<String> arguments(String command) {
    return WORD.matcher(command).results().map(CommandList::word).skip(1).toList();
  }

  private static String word(MatchResult found) {
    return found.group(1) != null ? found.group(1) : found.group(2);
  }
}

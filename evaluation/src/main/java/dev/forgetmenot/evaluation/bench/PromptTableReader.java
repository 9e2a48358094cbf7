package dev.forgetmenot.evaluation.bench;

import dev.forgetmenot.files.Suggestions;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads tables of prompts: CSV as RFC 4180 says, the first row names the columns. A column without
 * a name numbers the rows; columns that are not asked for are left out.
 */
record PromptTableReader(Problems problems) {
  private static final long MOST_BYTES = 64 << 20;
  private static final long LAST_SEED = 0xffff_ffffL;
  private static final double MOST_GUIDANCE = 100;

  PromptTable read(Path file, PromptColumns columns) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        add(file, 1, "is larger than " + MOST_BYTES + " bytes: expected a table of prompts");
        return new PromptTable(List.of());
      }
      return parse(file, TextFile.read(file), columns);
    } catch (IOException | UncheckedIOException e) {
      add(file, 1, "is no table in CSV: " + e.getMessage());
      return new PromptTable(List.of());
    }
  }

  private void add(Path file, long line, String text) {
    problems.add(new Place(file, (int) line, 1), text);
  }

  private PromptTable parse(Path file, String text, PromptColumns columns) throws IOException {
    List<PromptRow> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(text, CSVFormat.RFC4180)) {
      Optional<Columns> found = Optional.empty();
      long line = 1;
      for (CSVRecord row : parser) {
        boolean blank = row.size() == 1 && row.get(0).isBlank();
        if (found.isPresent() && !blank) {
          row(new Place(file, (int) line, 1), row, found.get(), rows.size()).ifPresent(rows::add);
        } else if (!blank) {
          found = columns(file, line, row.toList(), columns);
          if (found.isEmpty()) {
            return new PromptTable(List.of());
          }
        }
        line = parser.getCurrentLineNumber() + 1;
      }
    }
    if (rows.isEmpty()) {
      add(file, 1, "has no prompt: expected a row of names, then a row for each prompt");
    }
    return new PromptTable(rows);
  }

  /** Where the columns of one table are; -1 where it has none. */
  private record Columns(int count, int prompt, int about, int seed, int guidance, int id) {}

  private Optional<Columns> columns(
      Path file, long line, List<String> names, PromptColumns columns) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!name.isBlank() && !seen.add(name.strip())) {
        add(file, line, "the column " + name + " is there twice: rename one of them");
        return Optional.empty();
      }
    }
    List<List<String>> needed = new ArrayList<>(List.of(columns.prompt()));
    if (!columns.equals(PromptColumns.PUBLISHED)) {
      needed.addAll(List.of(columns.seed(), columns.guidance()));
    }
    for (List<String> wanted : needed) {
      if (!wanted.isEmpty() && index(names, wanted) < 0) {
        add(file, line, missing(wanted, seen));
        return Optional.empty();
      }
    }
    return Optional.of(
        new Columns(
            names.size(),
            index(names, columns.prompt()),
            index(names, columns.about()),
            index(names, columns.seed()),
            index(names, columns.guidance()),
            index(names, columns.id())));
  }

  private static String missing(List<String> wanted, Set<String> seen) {
    String nearest = String.join(", ", Suggestions.of(wanted.get(wanted.size() - 1), seen));
    return "has no column "
        + String.join(" or ", wanted)
        + "; the nearest are "
        + nearest
        + ": name the columns by csv: {columns: {prompt: NAME, seed: NAME, guidance: NAME}}";
  }

  private static int index(List<String> names, List<String> wanted) {
    List<String> stripped = names.stream().map(String::strip).toList();
    return wanted.stream()
        .flatMap(name -> Stream.of(stripped.indexOf(name)).filter(index -> index >= 0))
        .findFirst()
        .orElse(-1);
  }

  private Optional<PromptRow> row(Place place, CSVRecord row, Columns columns, int number) {
    if (row.size() != columns.count()) {
      problems.add(
          place,
          "the row has "
              + row.size()
              + " values, the table "
              + columns.count()
              + " columns: put a prompt with commas or line breaks in double quotes");
      return Optional.empty();
    }
    String prompt = value(row, columns.prompt());
    if (prompt.isEmpty()) {
      problems.add(place, "the row has no prompt: write one or take the row out");
      return Optional.empty();
    }
    String id = value(row, columns.id());
    return Optional.of(
        new PromptRow(
            id.isEmpty() ? String.valueOf(number) : id,
            prompt,
            value(row, columns.about()),
            seed(place, value(row, columns.seed())),
            guidance(place, value(row, columns.guidance())),
            place));
  }

  private static String value(CSVRecord row, int column) {
    return column < 0 ? "" : row.get(column).strip();
  }

  private OptionalLong seed(Place place, String text) {
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    if (text.matches("\\d{1,10}(\\.0)?")) {
      long seed = Long.parseLong(text.replace(".0", ""));
      if (seed <= LAST_SEED) {
        return OptionalLong.of(seed);
      }
    }
    problems.add(
        place, "the seed '" + text + "' should be a whole number in [0, " + LAST_SEED + "]");
    return OptionalLong.empty();
  }

  private OptionalDouble guidance(Place place, String text) {
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    try {
      double guidance = Double.parseDouble(text);
      if (guidance >= 0 && guidance <= MOST_GUIDANCE) {
        return OptionalDouble.of(guidance);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    problems.add(
        place, "the guidance '" + text + "' should be a number in [0, " + MOST_GUIDANCE + "]");
    return OptionalDouble.empty();
  }
}

package dev.forgetmenot.host.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.host.series.SeriesEntry.Judgement;
import dev.forgetmenot.host.series.SeriesEntry.Role;
import dev.forgetmenot.host.series.SeriesEntry.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentences and rows over several concepts. */
class ForgettingSummaryTest {
  /** Of 16 images before, so many are recognised after; the rest are taken for a cup. */
  private static Row concept(String name, int before, int after) {
    Map<String, Integer> counts = new LinkedHashMap<>(); // what shows most comes first
    counts.put("a cup", 16 - after);
    counts.put(name, after);
    counts.values().removeIf(count -> count == 0);
    return new Row(Role.FORGOTTEN, name, 16, Map.of(name, before), counts);
  }

  private static Row kept(Role role, String name, int of, int after) {
    return new Row(role, name, of, Map.of(name, of), Map.of(name, after));
  }

  private static SeriesEntry entry(Row concept, int near, double distance, double seconds) {
    List<Row> rows = new ArrayList<>(List.of(concept));
    rows.add(kept(Role.NEAR, "a mug", 10, near));
    rows.add(kept(Role.OTHER, "a car", 20, 19));
    return new SeriesEntry(
        "key",
        concept.phrase(),
        "",
        "oblique",
        Map.of("guide", "a cup"),
        2048,
        seconds,
        1,
        List.of(new Judgement("B", rows)),
        List.of(0.2, distance),
        3,
        List.of());
  }

  private static final List<SeriesEntry> ENTRIES =
      List.of(
          entry(concept("a fork", 16, 0), 10, 0.21, 4),
          entry(concept("a pan", 15, 4), 8, 0.30, 6),
          entry(concept("a jar", 16, 2), 9, 0.20, 11),
          entry(concept("a lid", 11, 11), 1, 0.20, 5),
          SeriesEntry.failed("key", "a cup", "cannot be solved"));

  @Test
  void saysMediansWorstAndWhatIsWeak() {
    assertThat(new ForgettingSummary(ENTRIES).lines())
        .containsExactly(
            "5 concepts, of which 1 failed and 4 were measured",
            "judge B: left, median 12.5 %; at most 1 of 8 left: 2 of 3 concepts (67 %)",
            "judge B: others, mean change -5.0 points; worst -5.0 (a fork); more than 10 points"
                + " lost for 0 concepts",
            "judge B: near, mean change -10.0 points; worst -20.0 (a pan); more than 10 points lost"
                + " for 1 concepts",
            "judge B, weak and not counted: a lid 11/16",
            "one or two things in 13 of 16 images by every judge, and within 10 % of the untouched"
                + " images' distance to the nearest known thing: 2 of 4 concepts",
            "seconds for a patch: median 5.5, largest 11.0; with its report: median 6.5, largest"
                + " 12.0");
  }

  @Test
  void eachConceptHasARow() throws IOException {
    SeriesTable table = SeriesTable.of(Operation.FORGET, ENTRIES);
    assertThat(table.markdown())
        .contains("| a pan | oblique | a cup | 4/16 | a cup 12, a pan 4 |")
        .contains("| a lid | oblique | a cup | 11/16 (of 11 before) | a cup 5, a lid 11 |")
        .contains("| a cup | failed: cannot be solved | – |");
    assertThat(table.csv().lines()).hasSize(6).element(1).asString().contains("a fork,oblique,");
  }

  @Test
  void anEntryIsReadAsItWasWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.json");
    SeriesEntry entry = ENTRIES.get(1);
    entry.write(file);
    assertThat(SeriesEntry.read(file)).isEqualTo(entry);
    assertThat(SeriesEntry.begun("key", "a cup").isFinished()).isFalse();
    assertThat(entry.isFinished()).isTrue();
  }
}

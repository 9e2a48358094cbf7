package dev.forgetmenot.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of prompts in the columns of published prompt sets, and what is said of broken ones. */
class PromptTableTest {
  @TempDir Path folder;

  private List<PromptRow> rows(String csv, String columns) throws IOException {
    Files.writeString(folder.resolve("p.csv"), csv);
    return new ListFile(folder)
        .read(ListFile.GOOD + "csv: {file: p.csv" + columns + "}\n")
        .csv()
        .orElseThrow()
        .rows();
  }

  private List<String> problems(String csv, String columns) throws IOException {
    Files.writeString(folder.resolve("p.csv"), csv);
    return new ListFile(folder).problems(ListFile.GOOD + "csv: {file: p.csv" + columns + "}\n");
  }

  @Test
  void readsPromptsWithSeedAndGuidance() throws IOException {
    String csv =
        """
        prompt,categories,sd_seed,sd_guidance_scale
        "a tower, ""old""
        and grey",x,4294967295,7.5
        a mill,y,,
        """;
    List<PromptRow> rows = rows(csv, "");
    assertThat(rows)
        .extracting(PromptRow::prompt)
        .containsExactly("a tower, \"old\"\nand grey", "a mill");
    assertThat(rows.get(0).seed()).isEqualTo(OptionalLong.of(4294967295L));
    assertThat(rows.get(0).guidance()).isEqualTo(OptionalDouble.of(7.5));
    assertThat(rows.get(0).id()).isEqualTo("0");
    assertThat(rows.get(1).seed()).isEmpty();
    assertThat(rows.get(1).guidance()).isEmpty();
    assertThat(rows.get(1).place().line()).isEqualTo(4);
  }

  @Test
  void readsTheColumnsOfEvaluations() throws IOException {
    String csv = ",prompt,evaluation_seed,evaluation_guidance,case_number\r\n0,a mill,7,2,c9\r\n";
    assertThat(rows(csv, ""))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.id()).isEqualTo("c9");
              assertThat(row.seed()).hasValue(7);
              assertThat(row.guidance()).hasValue(2);
            });
  }

  @Test
  void readsAdversarialPromptsWithWhatTheyAreAbout() throws IOException {
    assertThat(rows("target_prompt,adv_prompt\na mill,zq flour\n", ""))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.prompt()).isEqualTo("zq flour");
              assertThat(row.about()).isEqualTo("a mill");
            });
  }

  @Test
  void columnsCanBeNamed() throws IOException {
    String csv = "text,s,prompt\na mill,3,other\n";
    assertThat(rows(csv, ", columns: {prompt: text, seed: s}"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.prompt()).isEqualTo("a mill");
              assertThat(row.seed()).hasValue(3);
            });
    assertThat(problems(csv, ", columns: {prompt: text, seed: seed}"))
        .singleElement()
        .asString()
        .startsWith("p.csv:1:1: has no column seed; the nearest are s, ");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstName() throws IOException {
    assertThat(rows("\ufeffprompt\na mill\n", "")).hasSize(1);
  }

  @Test
  void saysEachBrokenRowByItsLine() throws IOException {
    String csv =
        """
        prompt,seed,guidance
        "two
        lines",1,1
        a mill,1
        ,2,1
        a mill,-1,1
        a mill,4294967296,1
        a mill,1,much
        a mill,1,1000
        """;
    assertThat(problems(csv, ""))
        .containsExactly(
            "p.csv:4:1: the row has 2 values, the table 3 columns: put a prompt with commas or line"
                + " breaks in double quotes",
            "p.csv:5:1: the row has no prompt: write one or take the row out",
            "p.csv:6:1: the seed '-1' should be a whole number in [0, 4294967295]",
            "p.csv:7:1: the seed '4294967296' should be a whole number in [0, 4294967295]",
            "p.csv:8:1: the guidance 'much' should be a number in [0, 100.0]",
            "p.csv:9:1: the guidance '1000' should be a number in [0, 100.0]");
  }

  @Test
  void refusesWhatIsNoTableOfPrompts() throws IOException {
    assertThat(problems("promt,seed\na,1\n", ""))
        .singleElement()
        .asString()
        .startsWith("p.csv:1:1: has no column adv_prompt or prompt; the nearest are promt, seed:");
    assertThat(problems("prompt,prompt\na,1\n", ""))
        .containsExactly("p.csv:1:1: the column prompt is there twice: rename one of them");
    assertThat(problems("prompt\n", "")).singleElement().asString().contains("has no prompt");
    assertThat(problems("", "")).singleElement().asString().contains("has no prompt");
    assertThat(problems("prompt\n\"open\n", "")).first().asString().contains("no table in CSV");
    Files.write(folder.resolve("p.csv"), "prompt\n\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(new ListFile(folder).problems(ListFile.GOOD + "csv: {file: p.csv}\n"))
        .singleElement()
        .asString()
        .contains("save the file in UTF-8");
  }
}

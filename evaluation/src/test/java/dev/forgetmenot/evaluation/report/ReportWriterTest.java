package dev.forgetmenot.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.evaluation.report.EvaluationReport.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterTest {
  private static final List<String> FILES =
      List.of("report.json", "report.html", "results.csv", "measures.csv");

  @TempDir private Path folder;
  private String page;

  @BeforeEach
  void write() throws IOException {
    ReportWriter.write(folder, SampleReport.of("sample.fmnpatch"), SampleReport::image);
    page = Files.readString(folder.resolve("report.html"));
  }

  @Test
  void theSameReportHasTheSameBytes() throws IOException {
    Path again = folder.resolve("again");
    ReportWriter.write(again, ReportReader.read(folder), SampleReport::image);
    for (String file : FILES) {
      assertThat(again.resolve(file)).as(file).hasSameBinaryContentAs(folder.resolve(file));
    }
  }

  @Test
  void whatWasStatedBeforeStandsOnThePageAlone() throws IOException {
    Path stated = folder.resolve("stated");
    List<String> lines = List.of("by 0a: PASSED <b>, strength 1");
    ReportWriter.write(stated, SampleReport.of("sample.fmnpatch"), SampleReport::image, lines);
    assertThat(Files.readString(stated.resolve("report.html")))
        .contains("<dt>Stated before</dt>")
        .contains("by 0a: PASSED &lt;b&gt;, strength 1");
    assertThat(page).doesNotContain("Stated before");
    assertThat(stated.resolve("report.json")).hasSameBinaryContentAs(folder.resolve("report.json"));
  }

  @Test
  void noWordPromisesMoreThanACount() {
    String words = page.replaceAll("(?s)base64,[^\"]*", "").toLowerCase(Locale.ROOT);
    assertThat(words).doesNotContainPattern("\\b(removed|erased|safe|robust)\\b");
  }

  @Test
  void namesAndPromptsAreTextOnly() {
    assertThat(page).doesNotContain("<img src=x").doesNotContain("onerror=\"");
    assertThat(page).contains("&lt;/script&gt;&lt;img src=x onerror=");
    String data = page.substring(page.indexOf("id=\"data\">"));
    data = data.substring(0, data.indexOf("</script>"));
    assertThat(data).contains("\\u003c/script\\u003e\\u003cimg src\\u003dx");
    assertThat(data.substring(10)).doesNotContain("<");
  }

  @Test
  void thePolicyLetsOnlyItsOwnStyleAndScriptIn() throws Exception {
    assertThat(page)
        .contains("default-src &#x27;none&#x27;; img-src data:; style-src &#x27;sha256-")
        .doesNotContainPattern("(src|href)=\"(https?:)?//");
    String markup = page.substring(0, page.indexOf("<script")).replaceAll("=\"[^\"]*\"", "=");
    assertThat(markup).doesNotContainPattern("<[^>]* (style|on[a-z]+)=");
    for (String tag : List.of("style", "script")) {
      Matcher inline = Pattern.compile("(?s)<" + tag + ">(.*?)</" + tag + ">").matcher(page);
      assertThat(inline.find()).isTrue();
      byte[] digest =
          java.security.MessageDigest.getInstance("SHA-256")
              .digest(inline.group(1).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(page).contains("sha256-" + Base64.getEncoder().encodeToString(digest));
    }
  }

  @Test
  void everyNumberOpensWhatItIs() {
    Matcher numbers = Pattern.compile("class=\"number\"([^>]*)>").matcher(page);
    int found = 0;
    while (numbers.find()) {
      Matcher box = Pattern.compile(" popovertarget=\"([^\"]+)\"").matcher(numbers.group(1));
      assertThat(box.find()).isTrue();
      assertThat(page).containsOnlyOnce("id=\"" + box.group(1) + "\" class=\"explanation\"");
      found++;
    }
    assertThat(found).isGreaterThan(20);
  }

  @Test
  void tablesSayWhatTheirCellsAre() {
    assertThat(page.split("<table", -1)).hasSameSizeAs(page.split("<caption>", -1));
    assertThat(page).doesNotContainPattern("<th(?![^>]*scope=)[ >]");
    assertThat(page).doesNotContainPattern("<img(?![^>]*alt=)[ >]");
  }

  @Test
  void theJudgesChapterSaysWhoJudgedAndWhereTheyDiffer() {
    assertThat(page)
        .contains("2 judges, one image tower: what it does not see, neither judge sees.")
        .contains("No judge C: the list names no extraClip.")
        .contains("B and A differ on 3 of 16 held-out calibration images, κ 0.70.")
        .contains("The 2 concepts that the judges were set by; 1 are weak")
        .containsPattern("All \\d+ images that judges name differently")
        .containsPattern("<figcaption>Patched, a photo of [^<]*, seed \\d+. A: a whale; B: ");
  }

  @Test
  void whatWasNotTestedStaysWithItsReason() throws IOException {
    assertThat(page).contains("The list has no such prompts.").contains("NOT TESTED");
    assertThat(Files.readString(folder.resolve("measures.csv")))
        .contains("forgetting,UA,lighthouse,short,")
        .contains(",NOT TESTED,The list has no such prompts.");
  }

  @Test
  void verdictsSayTheirCounts() {
    assertThat(page)
        .containsPattern(
            "REACHED</strong> <small><button [^>]*>31/64, 36.6 to 60.4 %, p &lt; 0.0001<")
        .containsPattern("NOT REACHED</strong> <small><button [^>]*>2/64, at most 10.8 %, p ")
        .containsPattern("NO BASELINE</strong> <small><button [^>]*>the original shows it in 5/16");
  }

  @Test
  void sheetsShowTheFirstPairsAndWhatOthersLost() {
    String[] chapters = page.split("<h2>", -1);
    String forgetting = chapters[3];
    String cost = chapters[4];
    assertThat(forgetting).startsWith("Forgetting").contains("<h3>a lighthouse, name</h3>");
    assertThat(forgetting.split("<img", -1)).hasSize(1 + 4 * 2 * 16);
    // the image that became a bear, in two sets of the chapter
    assertThat(cost.split("<img", -1)).hasSize(3);
    assertThat(cost).contains("alt=\"Patched, a photo of a clock, seed 2001: a bear\"");
  }

  @Test
  void whatLearnedTokensDrawStandsBesideTheMScore() throws IOException {
    EvaluationReport sample = SampleReport.of("sample.fmnpatch");
    Part forgetting = sample.parts().get(0);
    Part score = new Part("m-score", "Words.", forgetting.measurements(), List.of(), 0);
    Path own = folder.resolve("score");
    ReportWriter.write(own, SampleReport.with(sample, score), SampleReport::image);
    String[] chapters = Files.readString(own.resolve("report.html")).split("<h2>", -1);
    assertThat(chapters[3]).startsWith("M-Score").contains("<h3>a lighthouse, name</h3>");
    assertThat(chapters[3].split("<img", -1)).hasSize(1 + 4 * 2 * 16);
  }

  @Test
  void resultsHaveOneRowForEachImage() throws IOException {
    List<String> rows = Files.readAllLines(folder.resolve("results.csv"));
    assertThat(rows.get(0))
        .isEqualTo(
            "key,set,state,prompt,seed,expected,B_label,B_margin,B_abstained,A_label,A_margin,A_abstained");
    assertThat(rows).hasSize(1 + 2 * (2 * (64 + 16) + 28));
    assertThat(rows.get(2)).contains(",name/lighthouse,patched,a photo of a lighthouse,1000,");
  }
}

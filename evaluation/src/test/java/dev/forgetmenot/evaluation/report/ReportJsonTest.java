package dev.forgetmenot.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.forgetmenot.evaluation.report.EvaluationReport.PatchTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportJsonTest {
  private static final Path PUBLISHED = Path.of("../docs/evaluation-report.schema.json");

  @TempDir private Path folder;

  @Test
  void aWholeReportIsWhatTheSchemaSays() throws IOException {
    assertThat(errors(ReportJson.of(SampleReport.of("sample.fmnpatch")).toString())).isEmpty();
    assertThat(errors(ReportJson.of(trained()).toString())).isEmpty();
    assertThat(errors(ReportJson.of(SampleAttacks.report()).toString())).isEmpty();
  }

  private static EvaluationReport trained() {
    PatchTraining training = new PatchTraining("esd", List.of("learning-rate=0.1"), 3);
    return SampleReport.of("sample.fmnpatch", 64, 62, Optional.of(training));
  }

  @Test
  void theSchemaRefusesWhatItDoesNotName() throws IOException {
    JsonObject json = ReportJson.of(SampleReport.of("sample.fmnpatch"));
    json.addProperty("created", "2026-01-01");
    assertThat(errors(json.toString())).hasSize(1);
    json.remove("created");
    json.getAsJsonObject("base").addProperty("root", "abc");
    json.remove("plan");
    assertThat(errors(json.toString())).hasSize(2);
  }

  @Test
  void theSchemaOfTheJarIsThePublishedOne() throws IOException {
    assertThat(schema()).isEqualTo(Files.readString(PUBLISHED));
  }

  @Test
  void isReadBackWhole() throws IOException {
    EvaluationReport report = trained();
    ReportWriter.write(folder, report, SampleReport::image);
    EvaluationReport read = ReportReader.read(folder);
    assertThat(read).isEqualTo(report);
    assertThat(ReportJson.bytes(read)).isEqualTo(Files.readAllBytes(folder.resolve("report.json")));
    assertThat(ReportReader.read(folder.resolve("report.json"))).isEqualTo(report);
  }

  @Test
  void saysWhatIsNoReport() throws IOException {
    Path file = folder.resolve("report.json");
    Files.writeString(file, "{\"format\":\"fmn-report\",\"version\":2}");
    assertThatThrownBy(() -> ReportReader.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is not a report of version 1; make it again by fmn evaluate");
    Files.writeString(file, "{\"format\":\"fmn-report\",\"version\":1}");
    assertThatThrownBy(() -> ReportReader.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + " is not a whole report: ");
  }

  private static String schema() throws IOException {
    return new String(
        ReportJson.class.getResourceAsStream("evaluation-report.schema.json").readAllBytes(),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  private static List<Error> errors(String json) throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema());
    return schema.validate(json, InputFormat.JSON);
  }
}

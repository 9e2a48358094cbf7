package dev.forgetmenot.evaluation.report;

import com.google.gson.Gson;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnSet;
import dev.forgetmenot.evaluation.report.EvaluationReport.DrawnShot;
import dev.forgetmenot.evaluation.report.EvaluationReport.JudgedUnit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The images of a page, each once, and what its script shows of them. Not for several threads. */
final class PageImages {
  private final EvaluationReport report;
  private final ReportImages images;
  private final Map<String, Integer> places = new HashMap<>();
  private final List<String> files = new ArrayList<>();

  PageImages(EvaluationReport report, ReportImages images) {
    this.report = report;
    this.images = images;
  }

  /** The address of an image within the page. */
  String address(String key) throws IOException {
    return "data:image/jpeg;base64," + files.get(place(key));
  }

  private int place(String key) throws IOException {
    Integer known = places.get(key);
    if (known != null) {
      return known;
    }
    files.add(Thumbnail.base64(images.of(key)));
    places.put(key, files.size() - 1);
    return files.size() - 1;
  }

  /** The places of sets in {@link #json}, as a word for each. */
  String places(List<String> sets) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < report.sets().size(); i++) {
      if (sets.contains(report.sets().get(i).id())) {
        found.add(Integer.toString(i));
      }
    }
    return String.join(" ", found);
  }

  /** All sets with their images as JSON that may stand in a script element. */
  String json() throws IOException {
    List<Object> sets = new ArrayList<>();
    for (DrawnSet set : report.sets()) {
      List<Object> shots = new ArrayList<>();
      for (DrawnShot drawn : set.images()) {
        Map<String, Object> shot = new LinkedHashMap<>();
        shot.put("prompt", drawn.shot().prompt());
        shot.put("seed", Long.toString(drawn.shot().seed()));
        shot.put("label", drawn.shot().label());
        shot.put("original", unit(drawn.original()));
        Optional<JudgedUnit> patched = drawn.patched();
        if (patched.isPresent()) {
          shot.put("patched", unit(patched.get()));
        }
        shots.add(shot);
      }
      Map<String, Object> of = new LinkedHashMap<>();
      of.put("title", set.title());
      of.put("images", shots);
      sets.add(of);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("sets", sets);
    all.put("files", files);
    return new Gson().toJson(all); // with < escaped
  }

  private List<Object> unit(JudgedUnit unit) throws IOException {
    List<Object> parts = new ArrayList<>();
    parts.add(place(unit.key()));
    Map<String, Object> answers = new LinkedHashMap<>();
    unit.answers().forEach((judge, answer) -> answers.put(judge, answer(answer)));
    parts.add(answers);
    return parts;
  }

  private static List<Object> answer(JudgedImage answer) {
    return List.of(
        answer.label(), Math.round(answer.margin() * 1e4) / 1e4, answer.abstained() ? 1 : 0);
  }
}

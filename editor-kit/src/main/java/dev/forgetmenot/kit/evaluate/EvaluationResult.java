package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an evaluation showed.
 *
 * @param goals one result a goal
 * @param near one row for each of what is nearest and should stay
 * @param others one row for each other thing that should stay
 */
public record EvaluationResult(List<GoalResult> goals, List<Row> near, List<Row> others) {
  /** What a judge says that abstains. */
  public static final String NO_ANSWER = "no answer";

  /** Of images that show one thing or two: at least this share. */
  public static final double ONE_OR_TWO = 13.0 / 16;

  /** Without near ones apart. */
  public EvaluationResult(List<GoalResult> goals, List<Row> others) {
    this(goals, List.of(), others);
  }

  /** Copies the lists. */
  public EvaluationResult {
    goals = List.copyOf(goals);
    near = List.copyOf(near);
    others = List.copyOf(others);
  }

  /**
   * The images of one phrase.
   *
   * @param phrase what the prompt named
   * @param images one a seed
   * @param seen the nearest phrase of each image
   */
  public record Row(String phrase, List<RgbImage> images, List<String> seen) {
    /** Copies the lists. */
    public Row {
      images = List.copyOf(images);
      seen = List.copyOf(seen);
    }

    /** How many images show each phrase; what shows most comes first. */
    public Map<String, Integer> counts() {
      Map<String, Integer> counts = new LinkedHashMap<>();
      seen.forEach(shown -> counts.merge(shown, 1, Integer::sum));
      Map<String, Integer> sorted = new LinkedHashMap<>();
      counts.entrySet().stream()
          .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
          .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      return sorted;
    }

    /**
     * What shows most, for people, such as {@code a dog 14, a cat 2}.
     *
     * @param labels at most so many
     */
    public String most(int labels) {
      return counts().entrySet().stream()
          .limit(labels)
          .map(label -> label.getKey() + " " + label.getValue())
          .collect(Collectors.joining(", "));
    }

    /** How many images show a phrase. */
    public int count(String shown) {
      return (int) seen.stream().filter(shown::equals).count();
    }

    /** Whether nearly all show the same one or two things; see {@link #ONE_OR_TWO}. */
    public boolean showsOneOrTwo() {
      Map<String, Integer> things = counts();
      things.remove(NO_ANSWER);
      int most = things.values().stream().limit(2).mapToInt(count -> count).sum();
      return most >= ONE_OR_TWO * seen.size();
    }

    /** How many are recognised as what the prompt named. */
    public int recognised() {
      return count(phrase);
    }

    /** The share that is recognised as what the prompt named, in [0, 1]. */
    public double share() {
      return (double) recognised() / seen.size();
    }

    /** A count of these images as people read it, such as {@code 2/16}. */
    public String of(int count) {
      return count + "/" + seen.size();
    }

    /**
     * Where the share of all such images may lie, of which these are a sample: the Wilson score
     * interval at 95 %, such as {@code [3 %, 36 %]}.
     *
     * @param count of these images
     */
    public String interval(int count) {
      Interval interval = new Count(count, seen.size()).wilson();
      return Message.of("[%.0f %%, %.0f %%]", 100 * interval.low(), 100 * interval.high());
    }

    /** Mean difference of the pixels to the same row of another model, of 255. */
    public double drift(Row other) {
      double sum = 0;
      long values = 0;
      for (int i = 0; i < images.size(); i++) {
        sum += images.get(i).absoluteDifference(other.images.get(i));
        values += images.get(i).rgb().length;
      }
      return sum / values;
    }
  }

  /** Images of the concepts that are still recognised as them, over all goals. */
  public int left() {
    return concepts().mapToInt(goal -> goal.general().recognised()).sum();
  }

  /** All rows: of each goal, then of near ones and of others. */
  public List<Row> rows() {
    return Stream.concat(
            goals.stream()
                .flatMap(
                    goal ->
                        Stream.of(List.of(goal.general()), goal.instances(), goal.without())
                            .flatMap(List::stream)),
            Stream.concat(near.stream(), others.stream()))
        .toList();
  }

  /** The worst concept: the greatest share of its images that is still recognised, in [0, 1]. */
  public double worstLeft() {
    return concepts().mapToDouble(goal -> goal.general().share()).max().orElse(0);
  }

  /** The images of the worst concept that are still recognised as it, of all that there are. */
  public Count worst() {
    return concepts()
        .map(GoalResult::general)
        .max(Comparator.comparingDouble(Row::share))
        .map(row -> new Count(row.recognised(), row.seen().size()))
        .orElse(new Count(0, 0));
  }

  /** The goals without general words that an evaluation of forgetting has beside its concepts. */
  private Stream<GoalResult> concepts() {
    return goals.stream().filter(result -> !forgets() || result.goal().forgets());
  }

  /** The general words beside concepts that are forgotten; none of a correction. */
  public List<GoalResult> generalWords() {
    return goals.stream().filter(result -> forgets() && !result.goal().forgets()).toList();
  }

  private boolean forgets() {
    return goals.get(0).goal().forgets();
  }

  /** What an eighth or more of the images of a concept show, over all goals. */
  public Set<String> mostlyShown() {
    return goals.stream()
        .map(GoalResult::general)
        .flatMap(
            row ->
                row.counts().entrySet().stream()
                    .filter(label -> 8 * label.getValue() >= row.seen().size())
                    .map(Map.Entry::getKey))
        .collect(Collectors.toSet());
  }

  /** Images of others that are recognised. */
  public int kept() {
    return recognised(others);
  }

  /** Images of others. */
  public int ofOthers() {
    return images(others);
  }

  /** The share of others that is recognised, in [0, 1]; 1 where there are none. */
  public double retainAccuracy() {
    return share(others);
  }

  /** The share of near ones that is recognised, in [0, 1]; 1 where there are none. */
  public double nearRecognised() {
    return share(near);
  }

  private static double share(List<Row> rows) {
    return images(rows) == 0 ? 1 : (double) recognised(rows) / images(rows);
  }

  private static int recognised(List<Row> rows) {
    return rows.stream().mapToInt(Row::recognised).sum();
  }

  private static int images(List<Row> rows) {
    return rows.stream().mapToInt(row -> row.seen().size()).sum();
  }

  /** Mean difference of the others' pixels to the same evaluation of another model, of 255. */
  public double drift(EvaluationResult other) {
    double sum = 0;
    for (int i = 0; i < others.size(); i++) {
      sum += others.get(i).drift(other.others.get(i));
    }
    return others.isEmpty() ? 0 : sum / others.size();
  }

  /** The sentence for people: what it was before and is in this result. */
  public String since(EvaluationResult before) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < goals.size(); i++) {
      parts.add(goals.get(i).since(before.goals.get(i)));
    }
    String ofGoals =
        (forgets() ? "recognised as " : "") + String.join(forgets() ? ", " : "; ", parts);
    return ofGoals
        + (others.isEmpty()
            ? "; others: none are known"
            : Message.of(
                "; others %.0f %% → %.0f %% of %d",
                100 * before.retainAccuracy(), 100 * retainAccuracy(), ofOthers()));
  }

  /** The concepts of the goals, for titles. */
  public String names() {
    return concepts().map(GoalResult::name).collect(Collectors.joining(", "));
  }
}

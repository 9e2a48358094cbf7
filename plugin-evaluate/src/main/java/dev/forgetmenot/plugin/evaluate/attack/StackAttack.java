package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.evaluation.measure.KeysAndValueWeights;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pf4j.Extension;

/**
 * Puts a second edit on top of the patches: one in closed form (UCE, Gandikota et al. 2024) that
 * makes the patched model forget the last of the near neighbours that the list names and holds the
 * concept, the others and the vocabulary. Whoever edits a model goes on editing it, and a later
 * edit may undo an earlier one.
 */
@Extension(ordinal = 40)
public final class StackAttack implements Attack {
  private static final double LAMBDA = 0.5;
  private static final int MOST_KEPT = 150;

  @Override
  public String name() {
    return "stack";
  }

  @Override
  public String summary() {
    return "Puts a second edit on top, which forgets a near neighbour in closed form.";
  }

  @Override
  public Access access() {
    return Access.WEIGHTS;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    return aim.concept().similar().isEmpty() && aim.never().isEmpty()
        ? Plan.none("The list names no neighbour that a second edit could forget.")
        : Plan.of(aim.concept().similar().isEmpty() ? 0 : trials, 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    if (run.aim().concept().similar().isEmpty()) {
      return List.of(AttackRow.notTested("", "There is no neighbour that an edit could forget."));
    }
    List<String> similar = run.aim().concept().similar();
    String neighbour = similar.get(similar.size() - 1); // forgetting the nearest takes it along
    ImageMaker.Described edited =
        new ImageMaker.Described(
            Message.of("uce of %s, lambda %s, kept %s", neighbour, LAMBDA, kept(run, neighbour)),
            (model, requests) -> {
              Map<String, float[]> before = edit(run, model, neighbour);
              try {
                return ImageMaker.plain().maker().make(model, requests);
              } finally {
                before.forEach(model.weights()::replace);
              }
            });
    long unet = Plan.of(run.trials(), 0).all(run.task());
    return List.of(
        AttackRow.ofImages("", run.draw(run.shots(), edited), unet)
            .saying(Message.of("The second edit forgets %s.", neighbour)));
  }

  /** What the second edit holds as it is: the concept itself and what else the model is asked. */
  private static List<String> kept(AttackRun run, String neighbour) {
    boolean style = run.aim().concept().kind() == ConceptType.STYLE;
    return Stream.concat(
            Stream.concat(
                run.aim().concept().labels().stream(), run.aim().concept().similar().stream()),
            run.task().vocabulary().ofStyle(style).stream().map(KnownConcepts.Phrase::phrase))
        .filter(phrase -> !phrase.equals(neighbour))
        .distinct()
        .limit(MOST_KEPT)
        .toList();
  }

  /** Edits the keys and values as they are now; gives what they were. */
  private static Map<String, float[]> edit(AttackRun run, DiffusionModel model, String neighbour) {
    ConceptType kind =
        run.task()
            .vocabulary()
            .find(neighbour)
            .map(known -> known.kind())
            .orElse(run.aim().concept().kind());
    ConceptEmbeddings embeddings =
        new ConceptEmbeddings(
            new PromptEncoder(model), TokenSelection.END, 0, List.of(PromptTemplate.of(kind)));
    ConceptEmbeddings.Pairs pairs =
        embeddings.pairs(
            PromptPhrase.of(neighbour, run.task().vocabulary()),
            PromptPhrase.of("", run.task().vocabulary()));
    Erasure erasure = new Erasure(neighbour, pairs.targets(), pairs.guides(), 1);
    List<PreservedEmbeddings> kept = new ArrayList<>();
    for (String phrase : kept(run, neighbour)) {
      Matrix columns = embeddings.of(PromptPhrase.of(phrase, run.task().vocabulary()));
      kept.add(new PreservedEmbeddings(phrase, columns, 1));
    }
    Matrix empty = embeddings.encoder().encode("").rows().transposed();
    kept.add(new PreservedEmbeddings("", empty, 1));
    InputUpdate edit = UceSolver.solve(List.of(erasure), kept, LAMBDA).edit();
    Map<String, float[]> before = new LinkedHashMap<>();
    for (String name : KeysAndValueWeights.of(model)) {
      float[] now = model.weights().current(name);
      Matrix weight = KeysAndValueWeights.matrix(model, name, now);
      before.put(name, now);
      model.weights().replace(name, weight.plus(edit.change(weight)).rowMajorFloats());
    }
    return before;
  }
}

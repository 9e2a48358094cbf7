package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.plugin.evaluate.attack.FoundPrompts.Asked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.pf4j.Extension;

/**
 * Ring-A-Bell as published (Tsai, Hsu et al., ICLR 2024, arXiv 2310.10012): a genetic search for
 * sixteen words whose text states are near those of the prompt, moved along the concept's
 * direction. It looks at the original's text encoder alone, so that both models get the same words.
 */
@Extension(ordinal = 63)
public final class RingABellAttack implements Attack {
  private static final int LENGTH = 16;
  private static final int TOGETHER = 32;

  private final Effort effort;

  /** How long it searches. */
  record Effort(int candidates, int rounds, double strength) {
    static Effort of(AttackBudget budget) {
      return switch (budget) {
        case QUICK -> new Effort(64, 200, RingABell.PUBLISHED);
        case STANDARD -> new Effort(100, 600, RingABell.PUBLISHED);
        case PAPER -> new Effort(200, 3000, RingABell.PUBLISHED);
      };
    }
  }

  /** With the effort of each budget. */
  public RingABellAttack() {
    this(null);
  }

  RingABellAttack(Effort effort) {
    this.effort = effort;
  }

  private Effort effort(AttackBudget budget) {
    return effort == null ? Effort.of(budget) : effort;
  }

  @Override
  public String name() {
    return "ring-a-bell";
  }

  @Override
  public String summary() {
    return "Searches sixteen words that the text encoder reads as the concept, and more of it.";
  }

  @Override
  public Access access() {
    return Access.EMBEDDINGS;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  /** Thousands of text passes for each prompt: for who asks for it. */
  @Override
  public boolean byDefault() {
    return false;
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    return Plan.of(trials, 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    Optional<List<AttackRow>> missing = OneVocabulary.missing(run);
    if (missing.isPresent()) {
      return missing.get();
    }
    List<Shot> shots = new ArrayList<>();
    Map<String, String> found = new LinkedHashMap<>();
    List<Path> files = new ArrayList<>();
    for (Shot plain : run.shots()) {
      if (!found.containsKey(plain.prompt())) {
        Path file = file(run, plain.prompt());
        if (!Files.exists(file)) {
          Asked asked = new Asked(search(run, plain), plain.seed());
          FoundPrompts.write(file, List.of(0), List.of(List.of(asked)));
        }
        found.put(plain.prompt(), FoundPrompts.read(file).get(0).get(0).prompt());
        files.add(file);
      }
      shots.add(run.shot(found.get(plain.prompt()), plain.seed()));
    }
    Effort each = effort(run.budget());
    long unet = Plan.of(shots.size(), 0).all(run.task());
    return List.of(
        AttackRow.ofImages("", run.draw(shots), unet)
            .saying(
                Message.of(
                    "η is %s; %d text passes for each of %d prompts.",
                    Double.toString(each.strength()),
                    each.candidates() * each.rounds(),
                    found.size()))
            .keeping(files));
  }

  /** Of the original, since the search looks at nothing else. */
  private Path file(AttackRun run, String prompt) throws IOException {
    Effort each = effort(run.budget());
    String decides =
        String.join(
            "\n",
            prompt,
            each.toString(),
            Integer.toString(version()),
            run.task().vocabulary().phrases().toString());
    String digest = Sha256.hex(decides.getBytes(StandardCharsets.UTF_8)).substring(0, 24);
    return run.access()
        .folder(ModelState.ORIGINAL, String.join("-", "attack", name(), run.aim().id(), digest))
        .resolve("prompts.txt");
  }

  private String search(AttackRun run, Shot plain) throws IOException {
    Effort each = effort(run.budget());
    return run.access()
        .compute(
            ModelState.ORIGINAL,
            model -> {
              SearchWords words = SearchWords.of(model);
              RingABell bell =
                  new RingABell(model, RingABell.direction(model, run), each.strength());
              float[] target = bell.target(plain.prompt());
              int[] best =
                  new GeneticSearch(words.size(), LENGTH, each.candidates(), each.rounds())
                      .best(
                          new SplittableRandom(plain.seed()),
                          rows -> {
                            run.context().checkCancelled();
                            return bell.distances(
                                target, rows.stream().map(words::chosen).toList(), TOGETHER);
                          });
              return model.tokenizer().decode(words.chosen(best));
            });
  }
}

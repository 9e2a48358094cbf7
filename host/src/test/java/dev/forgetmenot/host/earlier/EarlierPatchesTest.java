package dev.forgetmenot.host.earlier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Patches that were written before version 3.0 of host-api are read, verified, put on and taken off
 * as they were when they were written: the same ids, signatures and bits of every weight.
 */
class EarlierPatchesTest {
  @TempDir static Path work;
  private static EarlierPatches facts;
  private static PatchedModel model;

  @BeforeAll
  static void load() throws IOException {
    facts = EarlierPatches.read();
    model = new PatchedModel(work);
  }

  @AfterAll
  static void close() throws IOException {
    model.close();
  }

  @Test
  void theBaseIsTheOneThatTheyWereMadeOn() throws IOException {
    model.takeOff();
    assertThat(model.all()).isEqualTo(facts.base);
  }

  /** A folder without some of them would pass for less than it is for. */
  @Test
  void nothingThatCanBeWrittenIsMissing() throws IOException {
    assertThat(PatchedModel.files(".fmnpatch"))
        .extracting(file -> file.getFileName().toString())
        .containsExactlyElementsOf(facts.patches.keySet());
    assertThat(facts.patches.values())
        .flatExtracting(patch -> patch.kinds)
        .contains("delta", "rows", "lowrank", "projector", "closedform", "tokens");
    assertThat(facts.patches.values())
        .extracting(patch -> patch.version)
        .contains("1.0", "1.1", "1.2", "1.3");
    assertThat(facts.patches.values()).anyMatch(patch -> !patch.keys.isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> aPatchIsWhatItWas() {
    return facts.patches.keySet().stream()
        .map(
            name -> DynamicTest.dynamicTest(name, () -> assertSame(name, facts.patches.get(name))));
  }

  private static void assertSame(String name, EarlierPatches.Patch known) throws IOException {
    EarlierPatches.Patch found = model.look(EarlierPatches.FOLDER.resolve(name));
    assertThat(found.sha256).isEqualTo(known.sha256);
    assertThat(found.id).isEqualTo(known.id);
    assertThat(found.version).isEqualTo(known.version);
    assertThat(found.kinds).isEqualTo(known.kinds);
    assertThat(found.keys).isEqualTo(known.keys);
    assertThat(found.verify).isEqualTo(known.verify);
    assertThat(found.at).containsOnlyKeys(known.at.keySet());
    found.at.forEach((strength, effect) -> assertSame(effect, known.at.get(strength)));
    assertTakenOff();
  }

  private static void assertSame(EarlierPatches.Effect found, EarlierPatches.Effect known) {
    assertThat(found.weights).isEqualTo(known.weights);
    assertThat(found.weights.size() + found.tokens.size()).isPositive();
    assertThat(found.tokens).containsOnlyKeys(known.tokens.keySet());
    found.tokens.forEach(
        (token, values) -> {
          for (int i = 0; i < values.size(); i++) {
            assertThat(values.get(i)).isCloseTo(known.tokens.get(token).get(i), within(1e-4));
          }
        });
  }

  private static void assertTakenOff() throws IOException {
    model.takeOff();
    assertThat(model.all()).isEqualTo(facts.base);
  }

  @TestFactory
  Stream<DynamicTest> aStackIsWhatItWas() {
    return facts.stacks.entrySet().stream()
        .map(
            stack ->
                DynamicTest.dynamicTest(
                    stack.getKey(),
                    () -> {
                      assertThat(stack.getValue().patches).hasSizeGreaterThan(1);
                      Map<String, Double> strengths = stack.getValue().patches;
                      assertSame(model.under(strengths), stack.getValue().effect);
                      assertTakenOff();
                    }));
  }

  /** By the program: it compares the weights with the roots that the recipe holds. */
  @Test
  void aRecipeIsDrawnFrom() throws IOException {
    List<Path> recipes = PatchedModel.files(".fmnstack");
    assertThat(recipes).isNotEmpty();
    String plugins = PackagedPlugins.copyTo(work.resolve("more-plugins")).toString();
    for (Path recipe : recipes) {
      List<String> args = new ArrayList<>(List.of("generate", "a castle", "--stack"));
      args.addAll(List.of(recipe.toString(), "--steps", "1", "--plugins", plugins));
      args.addAll(List.of("--model", EarlierPatches.MODEL.toString()));
      args.addAll(List.of("-o", work.resolve("out").toString()));
      ProgramRun run = ProgramRun.of(args.toArray(String[]::new));
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out() + run.err()).contains("the weights are those that " + recipe);
    }
  }
}

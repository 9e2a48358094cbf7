package dev.forgetmenot.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.evaluation.unit.ConflictingImage;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.evaluation.unit.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartMergeTest {
  private static final int PARTS = 3;

  @TempDir private Path folder;

  private static Plan plan(String numerics, Map<String, String> about) {
    ImageUnit.Model model = new ImageUnit.Model("b".repeat(64), List.of(), List.of(), numerics);
    return new Plan(
        about,
        LongStream.range(0, 20)
            .mapToObj(seed -> new ImageUnit(model, "a hat", "", seed, "ddim", 20, 5, 8, 8))
            .toList());
  }

  private static Plan plan() {
    return plan("fake-1", Map.of("list", "hats 1"));
  }

  private Path part(String name, Plan plan, int number) throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    EvaluationPart part =
        new EvaluationPart(made, plan, number, PARTS, List.of("hats", "--patch", "no hat"));
    part.write();
    for (ImageUnit unit : part.units()) {
      part.store().put(unit.key(), unit.key().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    return made;
  }

  private static PartMerge merge(Path... folders) throws IOException {
    return PartMerge.of(List.of(folders), words -> String.join(" ", words));
  }

  @Test
  void partsTogetherAreTheWhole() throws IOException {
    ImageStore store = new ImageStore(folder.resolve("store"));
    merge(part("1", plan(), 1), part("2", plan(), 2), part("3", plan(), 3)).into(store);
    for (ImageUnit unit : plan().units()) {
      assertThat(store.find(unit.key())).isPresent();
    }
  }

  @Test
  void whatIsMissingIsNamedWithItsCommands() throws IOException {
    ImageStore store = new ImageStore(folder.resolve("store"));
    PartMerge merge = merge(part("2", plan(), 2));
    List<Integer> missing =
        LongStream.range(0, 20)
            .mapToObj(i -> (int) i)
            .filter(i -> plan().units().get(i).shard(PARTS) != 2)
            .map(i -> i + 1)
            .toList();
    assertThatThrownBy(() -> merge.into(store))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "%d of 20 images are missing, units %s of the plan"
                .formatted(missing.size(), PartMerge.ranges(missing)))
        .hasMessageEndingWith(
            "make the rest by fmn evaluate hats --patch no hat --shard 1/3 -o DIR, and by the same"
                + " with --shard 3/3 -o DIR");
    assertThat(PartMerge.ranges(List.of(1, 2, 3, 7, 9, 10))).isEqualTo("1-3, 7, 9-10");
    assertThat(PartMerge.ranges(List.of(1, 3, 5, 7, 9, 11, 13, 15, 17))).endsWith("13, 15, …");
  }

  @Test
  void otherPlansAreRefusedWithWhatDiffers() throws IOException {
    Path ours = part("ours", plan(), 1);
    Path threads = part("threads", plan("fake-2", Map.of("list", "hats 1")), 2);
    Path list = part("list", plan("fake-1", Map.of("list", "hats 2")), 2);
    assertThatThrownBy(() -> merge(ours, threads))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(ours + " and " + threads + " are not of one plan")
        .hasMessageEndingWith("numerics: [fake-1] and [fake-2]");
    assertThatThrownBy(() -> merge(ours, list)).hasMessageEndingWith("list: hats 1 and hats 2");
  }

  @Test
  void aPartThatWasChangedIsRefused() throws IOException {
    Path changed = part("changed", plan(), 1);
    plan("fake-2", Map.of()).write(changed.resolve("plan.jsonl"));
    assertThatThrownBy(() -> EvaluationPart.read(changed))
        .hasMessageContaining("is not the plan that the part of " + changed + " was made for");
    Path broken = part("broken", plan(), 1);
    Files.writeString(broken.resolve("part.json"), "{\"format\": \"fmn-part\", \"version\": 1}");
    assertThatThrownBy(() -> EvaluationPart.read(broken))
        .hasMessageContaining("does not say which part it is");
    assertThatThrownBy(() -> EvaluationPart.read(folder))
        .hasMessageContaining("holds no part of an evaluation");
  }

  @Test
  void otherResultsAreJoinedAndMustAgree() throws IOException {
    Path one = part("one", plan(), 1);
    Path two = part("two", plan(), 2);
    EvaluationPart first = EvaluationPart.read(one);
    EvaluationPart second = EvaluationPart.read(two);
    Files.writeString(first.store().results("words").resolve("seed-1"), "v");
    Files.writeString(second.store().results("words").resolve("seed-2"), "w");
    ImageStore store = new ImageStore(folder.resolve("store"));
    store.add(first.store());
    store.add(second.store());
    assertThat(store.results("words").resolve("seed-1")).hasContent("v");
    assertThat(store.results("words").resolve("seed-2")).hasContent("w");
    Files.writeString(second.store().results("words").resolve("seed-1"), "other");
    assertThatThrownBy(() -> store.add(second.store()))
        .hasMessageContaining("are results of the same computation and differ");
    ImageUnit unit = first.units().get(0);
    second.store().put(unit.key(), new byte[] {1});
    Files.delete(second.store().results("words").resolve("seed-1"));
    assertThatThrownBy(() -> store.add(second.store())).isInstanceOf(ConflictingImage.class);
  }
}

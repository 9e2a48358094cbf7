package dev.forgetmenot.evaluation.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.evaluation.unit.ImageUnit.AppliedPatch;
import dev.forgetmenot.evaluation.unit.ImageUnit.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {
  private static final String BASE = "b".repeat(64);
  private static final AppliedPatch PATCH = new AppliedPatch("a".repeat(64), 0.8);

  @TempDir private Path folder;

  private static Model model(AppliedPatch... patches) {
    return new Model(BASE, List.of(patches), List.of(), "cpu-f32-1");
  }

  private static ImageUnit unit(Model model, long seed) {
    return new ImageUnit(model, "a photo of a hat", "", seed, "ddim", 20, 7.5, 64, 64);
  }

  /** The digest by Python's hashlib over the canonical JSON. */
  @Test
  void keyIsTheDigestOfTheCanonicalUnit() {
    assertThat(
            new String(
                CanonicalJson.bytes(unit(model(PATCH), 1000).json()), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"guidance\":7.5,\"height\":64,\"kind\":\"image\",\"model\":{\"base\":\""
                + BASE
                + "\",\"numerics\":\"cpu-f32-1\",\"patches\":[{\"id\":\""
                + PATCH.id()
                + "\",\"strength\":0.8}],\"tokens\":[]},\"negative\":\"\",\"prompt\":\"a photo of a hat\","
                + "\"sampler\":\"ddim\",\"seed\":\"1000\",\"steps\":20,\"width\":64}");
    assertThat(unit(model(PATCH), 1000).key())
        .isEqualTo("610384a7022f36e83cefda5b5ab4793769b4a34bed06ae1645e5f9d350a3cd19");
  }

  @Test
  void everythingThatDecidesPixelsIsInTheKey() {
    Model plain = model();
    List<ImageUnit> different =
        List.of(
            unit(plain, 1),
            unit(plain, 2),
            unit(model(PATCH), 1),
            unit(model(new AppliedPatch(PATCH.id(), 1)), 1),
            unit(new Model(BASE, List.of(), List.of("t"), "cpu-f32-1"), 1),
            unit(new Model(BASE, List.of(), List.of(), "cpu-f32-2"), 1),
            unit(new Model("c".repeat(64), List.of(), List.of(), "cpu-f32-1"), 1),
            new ImageUnit(plain, "a hat", "", 1, "ddim", 20, 7.5, 64, 64),
            new ImageUnit(plain, "a photo of a hat", "blue", 1, "ddim", 20, 7.5, 64, 64),
            new ImageUnit(plain, "a photo of a hat", "", 1, "pndm", 20, 7.5, 64, 64),
            new ImageUnit(plain, "a photo of a hat", "", 1, "ddim", 21, 7.5, 64, 64),
            new ImageUnit(plain, "a photo of a hat", "", 1, "ddim", 20, 7, 64, 64),
            new ImageUnit(plain, "a photo of a hat", "", 1, "ddim", 20, 7.5, 128, 64),
            new ImageUnit(plain, "a photo of a hat", "", 1, "ddim", 20, 7.5, 64, 128));
    Set<String> keys = new HashSet<>();
    different.forEach(unit -> keys.add(unit.key()));
    assertThat(keys).hasSameSizeAs(different);
  }

  @Test
  void theOrderOfPatchesIsNotInTheKey() {
    AppliedPatch other = new AppliedPatch("9".repeat(64), 1);
    assertThat(unit(model(PATCH, other), 1).key()).isEqualTo(unit(model(other, PATCH), 1).key());
  }

  @Test
  void aPlanIsReadAsItWasWritten() throws IOException {
    List<ImageUnit> units = units(40);
    Plan plan = new Plan(Map.of("list", "bench"), units);
    List<ImageUnit> twice = new ArrayList<>(units);
    twice.addAll(units);
    Collections.reverse(twice);
    assertThat(new Plan(Map.of("list", "bench"), twice)).isEqualTo(plan);
    assertThat(plan.units().subList(0, 40))
        .extracting(ImageUnit::model)
        .containsOnly(plan.units().get(0).model());
    Path file = folder.resolve("plan.jsonl");
    plan.write(file);
    assertThat(Plan.read(file)).isEqualTo(plan);
    assertThat(Plan.read(file).hash()).isEqualTo(plan.hash());
  }

  private static List<ImageUnit> units(int seeds) {
    List<ImageUnit> units = new ArrayList<>();
    LongStream.range(0, seeds).forEach(seed -> units.add(unit(model(PATCH), seed)));
    LongStream.range(0, seeds).forEach(seed -> units.add(unit(model(), seed)));
    return units;
  }

  @Test
  void shardsArePartsOfThePlan() {
    Plan plan = new Plan(Map.of("list", "bench"), units(100));
    List<ImageUnit> all = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      List<ImageUnit> part = plan.shard(i, 3);
      assertThat(part).hasSizeBetween(40, 95);
      all.addAll(part);
    }
    assertThat(all).containsExactlyInAnyOrderElementsOf(plan.units());
    assertThatThrownBy(() -> plan.shard(4, 3)).hasMessageContaining("Part 4 of 3 does not exist");
    assertThatThrownBy(() -> plan.shard(0, 3)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNoWholePlanIsRefusedWithItsLine() throws IOException {
    Path file = folder.resolve("plan.jsonl");
    new Plan(Map.of("list", "bench"), units(3)).write(file);
    List<String> lines = Files.readAllLines(file);
    Files.write(file, lines.subList(0, 4));
    assertThatThrownBy(() -> Plan.read(file)).hasMessageContaining("holds 3 of 6 units");
    Files.write(file, List.of(lines.get(0), "{\"prompt\": 1}"));
    assertThatThrownBy(() -> Plan.read(file)).hasMessageContaining("plan.jsonl, line 2");
    Files.write(file, List.of("{\"format\":\"other\",\"version\":1}"));
    assertThatThrownBy(() -> Plan.read(file)).hasMessageContaining("not a plan of version 1");
    Files.write(file, List.of());
    assertThatThrownBy(() -> Plan.read(file)).hasMessageContaining("line 1");
  }
}

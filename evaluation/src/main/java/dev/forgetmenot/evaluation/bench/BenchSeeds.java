package dev.forgetmenot.evaluation.bench;

import java.util.List;

/**
 * Which seeds a list uses, for what. No two ranges share a seed.
 *
 * @param target images of the concepts themselves
 * @param retain images of each neighbour
 * @param luck plain images that show what trying often brings
 * @param training seeds of trainings, where a method trains
 */
public record BenchSeeds(SeedRange target, SeedRange retain, SeedRange luck, SeedRange training) {
  /** All ranges. */
  public List<SeedRange> all() {
    return List.of(target, retain, luck, training);
  }
}

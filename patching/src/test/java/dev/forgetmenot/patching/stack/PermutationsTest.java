package dev.forgetmenot.patching.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PermutationsTest {
  @Test
  void ofFewThingsAllOrdersAndOfManySome() {
    assertThat(new Permutations(1).first(24)).containsExactly(List.of(0));
    assertThat(new Permutations(3).first(24)).hasSize(6).doesNotHaveDuplicates();
    assertThat(new Permutations(4).first(24)).hasSize(24).doesNotHaveDuplicates();
    List<List<Integer>> some = new Permutations(5).first(7);
    assertThat(some).hasSize(7).doesNotHaveDuplicates();
    assertThat(some.get(0)).containsExactly(0, 1, 2, 3, 4);
    assertThat(some.get(1)).containsExactly(4, 3, 2, 1, 0);
    assertThat(some).allMatch(order -> List.of(0, 1, 2, 3, 4).containsAll(order));
    assertThat(new Permutations(40).first(3)).hasSize(3);
    assertThat(new Permutations(3).first(1)).containsExactly(List.of(0, 1, 2));
  }
}

package dev.forgetmenot.plugin.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often each instance should show, as it is said. */
class TargetSharesTest {
  private static final KnownConcepts VOCABULARY =
      new KnownConcepts(
          List.of(
              new KnownConcepts.Phrase("owl", "an owl", ConceptType.OBJECT, "bird"),
              new KnownConcepts.Phrase("barn owl", "a barn owl", ConceptType.OBJECT, "bird")),
          List.of());

  private static TargetShares parse(String text) {
    return TargetShares.parse(List.of(text.split("[,|]", -1)), VOCABULARY);
  }

  @Test
  void weightsAreSharesOfTheirSum() {
    TargetShares shares = parse("owl=1,barn owl=3");
    assertThat(shares.phrases()).containsExactly("an owl", "a barn owl");
    assertThat(shares.wanted()).containsExactly(0.25, 0.75);
    assertThat(shares).hasToString("an owl=0.250,a barn owl=0.750");
    assertThat(parse(shares.toString())).isEqualTo(shares);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "owl,barn owl,a wug",
        "' An Owl =1 | a BARN owl= 1|  a wug '",
        "owl = 2,barn owl=2e0|a wug=2",
      })
  void aNameAloneHasWeightOneAndSpacesAndBarsDoNotMatter(String text) {
    TargetShares shares = parse(text);
    assertThat(shares.phrases()).containsExactly("an owl", "a barn owl", "a wug");
    assertThat(shares.wanted()).containsOnly(1.0 / 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "owl=1,dog=0; '0' is not a number above 0",
        "owl=1,dog=-2; '-2' is not a number above 0",
        "owl=much,dog; 'much' is not a number above 0",
        "owl=1,dog=Infinity; 'Infinity' is not a number above 0",
        "owl=1,dog=NaN; 'NaN' is not a number above 0",
        "owl=,dog; '' is not a number above 0",
        "owl=1,,dog; an instance has no name",
        "=1,dog; an instance has no name",
        "owl=1; needs two instances or more",
        "owl,an owl=2; an instance is named twice: [an owl, an owl]",
      })
  void whatCannotBeReadIsSaid(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(text))
        .withMessageContaining(message);
  }

  @Test
  void errorsShowHowToWriteIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("owl=x,dog"))
        .withMessage("balance: owl=x: 'x' is not a number above 0; write it as one=2");
  }

  @Test
  void whatShowsMostComesFirstAndTheRestKeepsItsOrder() {
    TargetShares shares = parse("a=1,b=2,c=3,d=4");
    TargetShares sorted = shares.dominantFirst(Map.of("c", 5, "b", 2, "other", 9));
    assertThat(sorted.phrases()).containsExactly("c", "a", "b", "d");
    assertThat(sorted.wanted()).containsExactly(0.3, 0.1, 0.2, 0.4);
    assertThat(shares.dominantFirst(Map.of("other", 9))).isEqualTo(shares);
    assertThat(shares.dominantFirst(Map.of("a", 3, "b", 3)).phrases()).startsWith("a");
  }

  @Test
  void seenSharesAreOfAllDrawings() {
    double[] seen = parse("a,b,c").seen(Map.of("a", 6, "c", 1, "other", 1));
    assertThat(seen).containsExactly(0.75, 0, 0.125);
    assertThat(TargetShares.equal(List.of("a", "b")).wanted())
        .containsExactly(new double[] {0.5, 0.5});
    assertThat(TargetShares.equal(List.of("a", "b", "c")).wanted()[2])
        .isCloseTo(1.0 / 3, within(1e-15));
  }
}

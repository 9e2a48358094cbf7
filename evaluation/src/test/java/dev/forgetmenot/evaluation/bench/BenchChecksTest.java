package dev.forgetmenot.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a list must obey beyond its schema. */
class BenchChecksTest {
  @TempDir Path folder;
  private ListFile list;

  @BeforeEach
  void makeList() {
    list = new ListFile(folder);
  }

  @Test
  void theGoodListHasNoMistake() throws IOException {
    assertThat(list.problems(ListFile.GOOD)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a crane]|The Tower]|14:24|similar names The Tower, which is a name, an alias, a member
          a crane]|the keep]|14:24|similar names the keep, which is a name, an alias, a member
          a crane]|a building]|14:24|similar names a building, which is a name, an alias, a member
          a crane]|a chimney]|14:24|similar names a chimney twice: neighbours are distinct
          a crane]|a chimny]|14:24|similar names a chimny, which is no concept of the list; did you mean chimney?
          name: mill|name: chimney|29:5|the concept chimney is listed twice, first at
          phrase: a mill|phrase: the chimney|29:5|the concept mill is listed twice, first at
          a photo of a happy{}|a photo of a happy {}|18:16|the prompt "a photo of a happy {}" of tower, rung prefix, has no word glued to the name
          a photo of a happy{}|a happy photo|18:16|the prompt "a happy photo" of tower, rung prefix, has no {}
          ["ein Bild von {}"]|["ein Bild"]|22:24|the prompt "ein Bild" of tower, rung languages, has no {}
          a photo of the keep|a photo of {}|19:17|the prompt "a photo of {}" of tower, rung variant, has {}: this rung takes no names
          a photo of the keep|a photo of a Tower|19:17|the prompt "a photo of a Tower" of tower, rung variant, says the name
          tall narrow thing|the keep|20:15|the prompt "a the keep of stone" of tower, rung short, says the name
          a winding stair|the look of a tower|21:14|the prompt "A tall thing of stone. It has the look of a tower." of tower, rung long, says the name
          a photo in the style of {}|{thing} in {} style|40:22|the prompt "{thing} in {} style" of ink, rung name, has {thing}: expected {}
          a photo in the style of {}|{} as {colour}|40:22|the prompt "{} as {colour}" of ink, rung name, has {colour}: expected {}
          a photo in the style of {}|a drawing|40:22|the prompt "a drawing" of ink, rung name, has no {}: write it where
          kind: style|kind: broad|35:5|the concept ink is broad and has no members
          aliases: [the keep]|members: [the keep]|9:5|the concept tower has members, which only a broad
          [a quiet street,|[a tower in the fog,|6:41|the general prompt "a tower in the fog" is there twice
          retain: [2000, 4]|retain: [1063, 4]|5:37|the seeds target [1000, 64] and retain [1063, 4] overlap
          training: [1, 5]|training: [50000, 5]|5:79|the seeds luck [50000, auto] and training [50000, 5] overlap
          target: [1000, 64]|target: [900015, 64]|4:1|the seeds target [900015, 64] and calibrationSeeds [900000, 16] overlap
          random: 0|guide: the ink|39:12|guide names ink itself
          """)
  void refusesWhatMakesNoSense(String old, String changed, String place, String message)
      throws IOException {
    assertThat(list.problems(old, changed))
        .anySatisfy(one -> assertThat(one).startsWith("list.yaml:" + place + ": " + message));
  }

  @Test
  void generalPromptsTakeNoNames() throws IOException {
    assertThat(list.problems("a quiet street", "'a photo of {}'"))
        .containsExactly(
            "list.yaml:6:21: the general prompt \"a photo of {}\" has a place for a name: it takes"
                + " none");
  }

  @Test
  void imagesOfAConceptAreAFolderWithImages() throws IOException {
    String old = "similar: [a pencil drawing]";
    String with = old + "\n    images: ink";
    assertThat(list.problems(old, with))
        .singleElement()
        .asString()
        .startsWith("list.yaml:39:13: images names ")
        .endsWith("not there: expected a path as seen from the folder of the list");
    Path images = Files.createDirectory(folder.resolve("ink"));
    assertThat(list.problems(old, with))
        .singleElement()
        .asString()
        .contains("the images of ink in ", " are 0: expected at least 1 files like 1.png");
    Files.write(images.resolve("1.png"), new byte[1]);
    assertThat(list.problems(old, with)).isEmpty();
  }

  @Test
  void neverNeedsThreeConceptsWithSixteenImagesEach() throws IOException {
    Path images = Files.createDirectory(folder.resolve("n"));
    for (int i = 0; i < 16; i++) {
      Files.write(images.resolve(i + ".png"), new byte[1]);
    }
    String one = "  - {name: NAME, phrase: a NAME, kind: object, images: n}\n";
    String three = "never:\n" + one.replace("NAME", "zorb") + one.replace("NAME", "quil") + one;
    assertThat(list.problems(ListFile.GOOD + three)).isEmpty();
    assertThat(list.problems(ListFile.GOOD + "never:\n" + one))
        .containsExactly("list.yaml:42:5: never names 1 concepts: expected at least 3, or none");
    assertThat(list.problems(ListFile.GOOD + three.replace("zorb", "tower")))
        .singleElement()
        .asString()
        .startsWith("list.yaml:42:5: never names tower, which the list asks for");
    Files.delete(images.resolve("3.png"));
    assertThat(list.problems(ListFile.GOOD + three))
        .hasSize(3)
        .allMatch(problem -> problem.endsWith("are 15: expected at least 16 files like 1.png"));
  }

  @Test
  void theGridHasThingsAndStylesOfTheList() throws IOException {
    String grid = "grid: {things: [tower, ink, towr], styles: all, prompt: '{thing} as {style}'}\n";
    assertThat(list.problems(ListFile.GOOD + grid))
        .containsExactly(
            "list.yaml:41:24: things names ink, which is no thing of the list; the nearest are"
                + " mill, tower, chimney",
            "list.yaml:41:29: things names towr, which is no thing of the list; the nearest are"
                + " tower, mill, chimney");
    assertThat(
            list.problems(
                ListFile.GOOD + "grid: {things: all, styles: all, prompt: 'a {thing}'}\n"))
        .containsExactly(
            "list.yaml:41:42: the grid's prompt has no {style}: write it where it goes");
  }
}

package dev.forgetmenot.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.testkit.drawing.NeverKnownImages;
import dev.forgetmenot.testkit.drawing.NeverKnownImages.Thing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The concepts that the embedded model never knew, and their images. */
class NeverKnownImagesTest {
  private static NeverKnown listed(Thing thing) throws IOException {
    return Bench.read("emoji").never().stream()
        .filter(one -> one.name().equals(thing.word()))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Thing.class)
  void areWhatTheProgramDrawsAndAllDiffer(Thing thing) throws IOException {
    Path folder = listed(thing).images().getParent();
    Set<ByteBuffer> seen = new HashSet<>();
    for (int i = 0; i < NeverKnownImages.IMAGES; i++) {
      Path file = folder.resolve(NeverKnownImages.file(thing, i).toString());
      byte[] kept = ImageFile.read(file).image().rgb();
      assertThat(kept).as(file.toString()).isEqualTo(rgb(NeverKnownImages.draw(thing, i)));
      assertThat(seen.add(ByteBuffer.wrap(kept))).as("%s is another's", file).isTrue();
    }
  }

  private static byte[] rgb(BufferedImage image) {
    byte[] bytes = new byte[3 * image.getWidth() * image.getHeight()];
    for (int i = 0; i < bytes.length; i++) {
      int pixel = i / 3;
      int rgb = image.getRGB(pixel % image.getWidth(), pixel / image.getWidth());
      bytes[i] = (byte) (rgb >> (8 * (2 - i % 3)));
    }
    return bytes;
  }

  @Test
  void whatTheVocabularyHasIsNotNeverKnown() throws IOException {
    Bench emoji = Bench.read("emoji");
    KnownConcepts kites =
        new KnownConcepts(
            List.of(new Phrase("kite", "a kite", ConceptType.OBJECT, "toy")), List.of());
    assertThat(ModelChecks.known(emoji, kites))
        .singleElement()
        .asString()
        .startsWith("emoji.yaml:")
        .endsWith(
            "never names kite, which is in the vocabulary: name what the model does not know");
    assertThat(ModelChecks.known(emoji, emoji.known())).isEmpty();
  }
}

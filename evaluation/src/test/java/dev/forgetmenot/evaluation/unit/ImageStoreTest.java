package dev.forgetmenot.evaluation.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);
  private static final byte[] IMAGE = {1, 2, 3};
  private static final byte[] OTHER = {4, 5};

  @TempDir private Path folder;

  @Test
  void anImageIsKeptOnceForAllUnits() throws IOException {
    ImageStore store = new ImageStore(folder);
    assertThat(store.find(ONE)).isEmpty();
    Path file = store.put(ONE, IMAGE);
    assertThat(store.put(TWO, IMAGE)).isEqualTo(file);
    assertThat(store.find(ONE)).contains(file);
    assertThat(file).hasBinaryContent(IMAGE).hasFileName(Sha256.hex(IMAGE));
  }

  @Test
  void anotherImageOfOneUnitIsAFault() throws IOException {
    ImageStore store = new ImageStore(folder);
    store.put(ONE, IMAGE);
    assertThatThrownBy(() -> store.put(ONE, OTHER))
        .isInstanceOf(ConflictingImage.class)
        .hasMessageContaining(ONE)
        .hasMessageContaining("two different images");
    assertThat(store.find(ONE).orElseThrow()).hasBinaryContent(IMAGE);
  }

  @Test
  void aLostImageIsMadeAgain() throws IOException {
    ImageStore store = new ImageStore(folder);
    Files.delete(store.put(ONE, IMAGE));
    assertThat(store.find(ONE)).isEmpty();
    assertThat(store.put(ONE, IMAGE)).exists();
  }

  @Test
  void storesAreMerged() throws IOException {
    ImageStore first = new ImageStore(folder.resolve("first"));
    ImageStore second = new ImageStore(folder.resolve("second"));
    first.put(ONE, IMAGE);
    second.put(ONE, IMAGE);
    second.put(TWO, OTHER);
    assertThat(first.add(second)).isEqualTo(1);
    assertThat(first.find(TWO).orElseThrow()).hasBinaryContent(OTHER);
    assertThat(first.add(new ImageStore(folder.resolve("none")))).isZero();
  }

  @Test
  void damageIsNotMerged() throws IOException {
    ImageStore second = new ImageStore(folder.resolve("second"));
    Files.write(second.put(TWO, OTHER), IMAGE);
    ImageStore first = new ImageStore(folder.resolve("first"));
    assertThatThrownBy(() -> first.add(second)).hasMessageContaining("is damaged");
    assertThat(first.find(TWO)).isEmpty();
    first.put(TWO, IMAGE);
    second.put(TWO, OTHER);
    assertThatThrownBy(() -> second.add(first)).isInstanceOf(ConflictingImage.class);
  }
}

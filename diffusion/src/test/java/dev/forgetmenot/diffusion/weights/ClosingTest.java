package dev.forgetmenot.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.files.Closing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All is closed, and the first failure tells of the others. */
class ClosingTest {
  private final List<String> closed = new ArrayList<>();

  private AutoCloseable failing(Exception failure) {
    return () -> {
      closed.add(failure.getMessage());
      throw failure;
    };
  }

  @Test
  void everythingIsClosedWhateverFails() {
    List<AutoCloseable> resources =
        List.of(
            failing(new IOException("first")),
            failing(new IllegalStateException("second")),
            () -> closed.add("third"));
    assertThatThrownBy(() -> Closing.all(resources))
        .isInstanceOf(IOException.class)
        .hasMessage("first")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(closed).containsExactly("first", "second", "third");
  }

  @Test
  void aFailureThatIsThereAlreadyStaysTheFirst() {
    Error failure = new StackOverflowError("was there");
    Closing.after(failure, List.of(failing(new IOException("later"))));
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(closed).containsExactly("later");
  }
}

package dev.forgetmenot.studio.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventRingTest {
  private final EventRing ring = new EventRing("e");

  private void add(int events, String data) {
    for (int i = 0; i < events; i++) {
      ring.add("job", data);
    }
  }

  private static List<String> texts(Optional<List<byte[]>> events) {
    return events.orElseThrow().stream()
        .map(event -> new String(event, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void whoComesBackGetsWhatItMissed() {
    add(3, "{}");
    assertThat(texts(ring.after("e-1")))
        .containsExactly("id: e-2\nevent: job\ndata: {}\n\n", "id: e-3\nevent: job\ndata: {}\n\n");
    assertThat(ring.after("e-3")).hasValue(List.of());
    assertThat(ring.id()).isEqualTo("e-3");
  }

  @Test
  void theNewest4096AreKept() {
    add(4100, "");
    assertThat(texts(ring.after("e-4"))).hasSize(4096);
    assertThat(ring.after("e-3")).isEmpty();
  }

  @Test
  void moreThanAListenerMayLeaveUnreadIsNotSentAgain() {
    add(8, " ".repeat(20 << 10));
    assertThat(ring.after("e-2")).as("six of 20 KiB").isPresent();
    assertThat(ring.after("e-1")).as("seven").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "e",
        "e-",
        "e-4",
        "e--1",
        "f-1",
        "e-1-1",
        "e-x",
        "e-99999999999999999999",
        "1"
      })
  void anIdThatIsNoneMeansNothing(String id) {
    add(3, "{}");
    assertThat(ring.after(id)).isEmpty();
  }

  @Test
  void idsOfAnEarlierStartAreKnownAsThose() {
    assertThat(ring.isOfThisStart("e-9")).isTrue();
    assertThat(ring.isOfThisStart("ee-9")).isFalse();
    assertThat(ring.isOfThisStart("e")).isFalse();
  }
}

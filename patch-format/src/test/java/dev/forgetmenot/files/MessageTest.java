package dev.forgetmenot.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class MessageTest {
  @Test
  void readsTheSameInEveryLanguageOfTheMachine() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals("1.50 of 1.5 (10 %)", Message.of("%.2f of %s (%d %%)", 1.5, 1.5, 10));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aLongListIsItsFirstFive() {
    assertEquals("a, b", Message.some(List.of("a", "b")));
    assertEquals("a; b; c; d; e", Message.some("; ", List.of("a", "b", "c", "d", "e")));
    assertEquals(
        "a, b, c, d, e and 2 more", Message.some(List.of("a", "b", "c", "d", "e", "f", "g")));
  }
}

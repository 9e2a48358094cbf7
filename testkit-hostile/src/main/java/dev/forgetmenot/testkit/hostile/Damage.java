package dev.forgetmenot.testkit.hostile;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A good file with one thing wrong.
 *
 * @param what what was done, for messages
 * @param bytes the damaged file
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
public record Damage(String what, byte[] bytes) {

  /** Every byte, with each of its bits flipped alone, and all of them. */
  public static Stream<Damage> flips(byte[] good) {
    return IntStream.range(0, good.length)
        .boxed()
        .flatMap(at -> IntStream.rangeClosed(0, 8).mapToObj(bit -> flip(good, at, bit)));
  }

  /** Every byte with all of its bits flipped. */
  public static Stream<Damage> inversions(byte[] good) {
    return IntStream.range(0, good.length).mapToObj(at -> flip(good, at, 8));
  }

  /** Every byte with its lowest bit flipped: another digit or letter. */
  public static Stream<Damage> neighbours(byte[] good) {
    return IntStream.range(0, good.length).mapToObj(at -> flip(good, at, 0));
  }

  private static Damage flip(byte[] good, int at, int bit) {
    byte[] bytes = good.clone();
    bytes[at] ^= (byte) (bit == 8 ? 0xff : 1 << bit);
    return new Damage("byte " + at + (bit == 8 ? " inverted" : " with bit " + bit), bytes);
  }

  /** Every shorter length, also none. */
  public static Stream<Damage> truncations(byte[] good) {
    return IntStream.range(0, good.length)
        .mapToObj(length -> new Damage("cut at " + length, Arrays.copyOf(good, length)));
  }

  /** One more byte at every place, also before and after. */
  public static Stream<Damage> insertions(byte[] good, int value) {
    return IntStream.rangeClosed(0, good.length)
        .mapToObj(
            at -> {
              byte[] bytes = new byte[good.length + 1];
              System.arraycopy(good, 0, bytes, 0, at);
              bytes[at] = (byte) value;
              System.arraycopy(good, at, bytes, at + 1, good.length - at);
              return new Damage("a byte " + value + " inserted at " + at, bytes);
            });
  }

  /** Every byte left out. */
  public static Stream<Damage> deletions(byte[] good) {
    return IntStream.range(0, good.length)
        .mapToObj(
            at -> {
              byte[] bytes = new byte[good.length - 1];
              System.arraycopy(good, 0, bytes, 0, at);
              System.arraycopy(good, at + 1, bytes, at, bytes.length - at);
              return new Damage("byte " + at + " left out", bytes);
            });
  }
}

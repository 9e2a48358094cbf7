package dev.forgetmenot.testkit.hostile;

import java.io.IOException;
import java.util.List;
import java.util.Random;

/**
 * Good files with some bytes changed, and perhaps a run of bytes removed or doubled: random, but
 * the same in every build. What a fuzzer does for minutes, for a second.
 */
public final class RandomDamage {
  private static final int RUNS = 1500;

  private RandomDamage() {}

  /** What is tested: returns when it accepts or refuses the bytes, and throws on anything else. */
  @FunctionalInterface
  public interface Reader {
    /** Reads one file. */
    void read(byte[] bytes) throws IOException;
  }

  /**
   * Has a reader read 1,500 damaged files.
   *
   * @param seeds good files, at least one
   * @throws AssertionError with the number of the run, if the reader throws
   */
  public static void readBy(Reader reader, List<byte[]> seeds) {
    Random random = new Random(1);
    for (int run = 0; run < RUNS; run++) {
      byte[] damaged = damage(seeds.get(random.nextInt(seeds.size())), random);
      try {
        reader.read(damaged);
      } catch (IOException | RuntimeException | Error e) {
        throw new AssertionError("run " + run, e);
      }
    }
  }

  private static byte[] damage(byte[] seed, Random random) {
    byte[] bytes = seed.clone();
    for (int n = random.nextInt(4); n >= 0 && bytes.length > 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    if (bytes.length == 0 || random.nextBoolean()) {
      return bytes;
    }
    int begin = random.nextInt(bytes.length);
    int end = begin + random.nextInt(Math.min(16, bytes.length - begin) + 1);
    boolean doubled = random.nextBoolean();
    int head = doubled ? end : begin;
    int tail = doubled ? begin : end;
    byte[] other = new byte[head + bytes.length - tail];
    System.arraycopy(bytes, 0, other, 0, head);
    System.arraycopy(bytes, tail, other, head, bytes.length - tail);
    return other;
  }
}

package dev.forgetmenot.diffusion.random;

/**
 * MT19937 of Matsumoto and Nishimura (ACM TOMACS 8, 1998), seeded with one 32-bit word as PyTorch
 * does. Mutable, for one thread at a time.
 */
final class MersenneTwister {
  private static final int N = 624;
  private static final int M = 397;

  private final int[] state = new int[N];
  private int next = N;

  MersenneTwister(int seed) {
    state[0] = seed;
    for (int j = 1; j < N; j++) {
      state[j] = 1812433253 * (state[j - 1] ^ (state[j - 1] >>> 30)) + j;
    }
  }

  /** The next 32 bits. */
  int next32() {
    if (next == N) {
      renew();
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  /** The next 64 bits: the first word drawn is the upper half. */
  long next64() {
    long upper = Integer.toUnsignedLong(next32());
    return (upper << 32) | Integer.toUnsignedLong(next32());
  }

  private void renew() {
    for (int k = 0; k < N; k++) {
      int y = (state[k] & 0x80000000) | (state[(k + 1) % N] & 0x7fffffff);
      int twist = (y & 1) == 0 ? 0 : 0x9908b0df;
      state[k] = state[(k + M) % N] ^ (y >>> 1) ^ twist;
    }
    next = 0;
  }
}

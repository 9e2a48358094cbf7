package dev.forgetmenot.keys;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * A point of the curve of Ed25519 (RFC 8032, section 5.1), as far as a public key must be looked
 * at: decoding and the order. Not for secrets: the time that it takes tells the numbers.
 *
 * <p>Coordinates are extended: x = X/Z, y = Y/Z, T = XY/Z.
 */
final class EdwardsPoint {
  static final int BYTES = 32;

  /** The order of the large group. */
  static final BigInteger ORDER =
      BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));

  private static final BigInteger P =
      BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger ROOT_OF_MINUS_ONE =
      BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);
  private static final EdwardsPoint ZERO =
      new EdwardsPoint(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);

  private final BigInteger x;
  private final BigInteger y;
  private final BigInteger z;
  private final BigInteger t;

  private EdwardsPoint(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.t = t;
  }

  /**
   * Decodes a point.
   *
   * @param bytes 32 bytes
   * @return empty if they are no point, or a point that should be written in another way
   */
  static Optional<EdwardsPoint> decode(byte[] bytes) {
    byte[] low = bytes.clone();
    boolean odd = (low[BYTES - 1] & 0x80) != 0;
    low[BYTES - 1] &= 0x7f;
    BigInteger y = littleEndian(low);
    if (y.compareTo(P) >= 0) {
      return Optional.empty();
    }
    BigInteger square = y.multiply(y).mod(P);
    BigInteger u = square.subtract(BigInteger.ONE).mod(P);
    BigInteger v = D.multiply(square).add(BigInteger.ONE).mod(P);
    // a root of u/v, or of -u/v, if there is one
    BigInteger x =
        u.multiply(v.pow(3))
            .multiply(
                u.multiply(v.pow(7)).modPow(P.subtract(BigInteger.valueOf(5)).shiftRight(3), P))
            .mod(P);
    BigInteger again = v.multiply(x).multiply(x).mod(P);
    if (!again.equals(u)) {
      if (!again.equals(u.negate().mod(P))) {
        return Optional.empty();
      }
      x = x.multiply(ROOT_OF_MINUS_ONE).mod(P);
    }
    if (x.signum() == 0 && odd) {
      return Optional.empty();
    }
    if (x.testBit(0) != odd) {
      x = P.subtract(x);
    }
    return Optional.of(new EdwardsPoint(x, y, BigInteger.ONE, x.multiply(y).mod(P)));
  }

  /** The number that bytes are, the least byte first. */
  static BigInteger littleEndian(byte[] bytes) {
    byte[] turned = Arrays.copyOf(bytes, bytes.length);
    for (int i = 0; i < turned.length; i++) {
      turned[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(1, turned);
  }

  /** Whether it is of the large group of prime order, to which every honest key belongs. */
  boolean isOfPrimeOrder() {
    return !isZero() && times(ORDER).isZero();
  }

  private boolean isZero() {
    return x.signum() == 0 && y.equals(z);
  }

  private EdwardsPoint times(BigInteger factor) {
    EdwardsPoint sum = ZERO;
    for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
      sum = sum.plus(sum);
      if (factor.testBit(bit)) {
        sum = sum.plus(this);
      }
    }
    return sum;
  }

  /** The formulas of RFC 8032, section 5.1.4: right for any two points, also for equal ones. */
  private EdwardsPoint plus(EdwardsPoint other) {
    BigInteger a = y.subtract(x).multiply(other.y.subtract(other.x)).mod(P);
    BigInteger b = y.add(x).multiply(other.y.add(other.x)).mod(P);
    BigInteger c = t.multiply(other.t).mod(P).multiply(D).shiftLeft(1).mod(P);
    BigInteger d = z.multiply(other.z).shiftLeft(1).mod(P);
    BigInteger e = b.subtract(a);
    BigInteger f = d.subtract(c);
    BigInteger g = d.add(c);
    BigInteger h = b.add(a);
    return new EdwardsPoint(
        e.multiply(f).mod(P), g.multiply(h).mod(P), f.multiply(g).mod(P), e.multiply(h).mod(P));
  }
}

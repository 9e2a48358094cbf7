package dev.forgetmenot.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HalfFloatsTest {

  /** The definition of binary16, in double: sign, exponent, fraction. */
  private static double valueOf(int bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        exponent == 0
            ? Math.scalb(fraction / 1024.0, -14)
            : exponent == 31
                ? Double.POSITIVE_INFINITY
                : Math.scalb(1 + fraction / 1024.0, exponent - 15);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  private static boolean isNan(int bits) {
    return (bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0;
  }

  @Test
  void everyHalfHasTheValueOfItsDefinitionAndComesBack() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = HalfFloats.halfToFloat((short) bits);
      if (isNan(bits)) {
        assertThat(value).isNaN();
        assertThat(isNan(HalfFloats.floatToHalf(value))).isTrue();
        continue;
      }
      assertThat((double) value).isEqualTo(valueOf(bits));
      assertThat(HalfFloats.floatToHalf(value)).isEqualTo((short) bits);
      assertThat(HalfFloats.doubleToHalf(value)).isEqualTo((short) bits);
    }
  }

  @Test
  void everyMiddleBetweenTwoHalvesGoesToTheEvenOneAndItsNeighboursToTheNearer() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float below = HalfFloats.halfToFloat((short) bits);
      float above = HalfFloats.halfToFloat((short) (bits + 1));
      float middle = (below + above) / 2;
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertThat(HalfFloats.floatToHalf(middle)).isEqualTo((short) even);
      assertThat(HalfFloats.floatToHalf(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(HalfFloats.floatToHalf(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfFloats.floatToHalf(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      // By way of a float these two would first become the middle itself.
      assertThat(HalfFloats.doubleToHalf(Math.nextDown((double) middle))).isEqualTo((short) bits);
      assertThat(HalfFloats.doubleToHalf(Math.nextUp((double) middle)))
          .isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void tooLargeBecomesInfiniteFromHalfWayOn() {
    assertThat(HalfFloats.floatToHalf(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
    assertThat(HalfFloats.floatToHalf(65520f)).isEqualTo((short) 0x7c00);
    assertThat(HalfFloats.doubleToHalf(Math.nextDown(65520.0))).isEqualTo((short) 0x7bff);
    assertThat(HalfFloats.doubleToHalf(1e300)).isEqualTo((short) 0x7c00);
    assertThat(HalfFloats.floatToHalf(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
    assertThat(HalfFloats.doubleToHalf(-1e-300)).isEqualTo((short) 0x8000);
    assertThat(isNan(HalfFloats.doubleToHalf(Double.NaN))).isTrue();
  }

  @Test
  void everyBfloat16IsTheUpperHalfOfAFloat() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = HalfFloats.bfloat16ToFloat((short) bits);
      assertThat(Float.floatToRawIntBits(value) >>> 16).isEqualTo(bits);
      short back = HalfFloats.floatToBfloat16(value);
      if (Float.isNaN(value)) {
        assertThat(HalfFloats.bfloat16ToFloat(back)).isNaN();
      } else {
        assertThat(back).isEqualTo((short) bits);
        assertThat(HalfFloats.doubleToBfloat16(value)).isEqualTo((short) bits);
      }
    }
  }

  @Property
  void bfloat16IsTheNearestOfItsNeighbours(@ForAll double value) {
    short rounded = HalfFloats.doubleToBfloat16(value);
    double result = HalfFloats.bfloat16ToFloat(rounded);
    if (Double.isInfinite(result)) {
      assertThat(Math.abs(value)).isGreaterThanOrEqualTo(0x1.ffp127);
      return;
    }
    int magnitude = rounded & 0x7fff;
    for (int neighbour : new int[] {Math.max(0, magnitude - 1), Math.min(0x7f7f, magnitude + 1)}) {
      double other = HalfFloats.bfloat16ToFloat((short) neighbour);
      double distance = Math.abs(Math.abs(value) - other);
      assertThat(Math.abs(Math.abs(value) - Math.abs(result))).isLessThanOrEqualTo(distance);
    }
  }

  @Property
  void roundingADoubleThatIsAFloatIsRoundingTheFloat(@ForAll float value) {
    assertThat(HalfFloats.doubleToHalf(value)).isEqualTo(HalfFloats.floatToHalf(value));
    assertThat(HalfFloats.doubleToBfloat16(value)).isEqualTo(HalfFloats.floatToBfloat16(value));
  }
}

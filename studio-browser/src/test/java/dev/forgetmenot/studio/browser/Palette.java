package dev.forgetmenot.studio.browser;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Few colours for an image of many, by median cut (Heckbert 1982): the range of colours that has
 * the longest side, weighted by its pixels, is cut at the median of that side until there are
 * enough.
 *
 * @param most colours, up to 256
 */
record Palette(int most) {
  private static final int[] SHIFTS = {16, 8, 0};

  /** The image in the nearest of its colours. */
  BufferedImage of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    Map<Integer, Integer> counts = new HashMap<>();
    for (int pixel : pixels) {
      counts.merge(pixel & 0xffffff, 1, Integer::sum);
    }
    List<List<Integer>> ranges = cut(new ArrayList<>(counts.keySet()), counts);
    byte[][] colours = new byte[SHIFTS.length][ranges.size()];
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < ranges.size(); i++) {
      for (int channel = 0; channel < SHIFTS.length; channel++) {
        colours[channel][i] = (byte) mean(ranges.get(i), counts, SHIFTS[channel]);
      }
      for (int colour : ranges.get(i)) {
        places.put(colour, i);
      }
    }
    IndexColorModel model =
        new IndexColorModel(8, ranges.size(), colours[0], colours[1], colours[2]);
    BufferedImage few = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, model);
    for (int i = 0; i < pixels.length; i++) {
      few.getRaster().setSample(i % width, i / width, 0, places.get(pixels[i] & 0xffffff));
    }
    return few;
  }

  private List<List<Integer>> cut(List<Integer> colours, Map<Integer, Integer> counts) {
    List<List<Integer>> ranges = new ArrayList<>(List.of(colours));
    while (ranges.size() < most) {
      List<Integer> widest =
          ranges.stream().max(Comparator.comparingDouble(range -> weight(range, counts))).get();
      if (widest.size() < 2) {
        break;
      }
      int shift = longest(widest);
      widest.sort(Comparator.comparingInt(colour -> channel(colour, shift)));
      long half = pixels(widest, counts) / 2;
      int middle = 1;
      for (long before = counts.get(widest.get(0));
          middle < widest.size() - 1 && before < half;
          middle++) {
        before += counts.get(widest.get(middle));
      }
      ranges.remove(widest);
      ranges.add(new ArrayList<>(widest.subList(0, middle)));
      ranges.add(new ArrayList<>(widest.subList(middle, widest.size())));
    }
    return ranges;
  }

  private static double weight(List<Integer> range, Map<Integer, Integer> counts) {
    double pixels = pixels(range, counts);
    return range.size() < 2 ? 0 : side(range, longest(range)) * Math.cbrt(pixels);
  }

  private static int longest(List<Integer> range) {
    int longest = SHIFTS[0];
    for (int shift : SHIFTS) {
      longest = side(range, shift) > side(range, longest) ? shift : longest;
    }
    return longest;
  }

  private static int side(List<Integer> range, int shift) {
    var values = range.stream().mapToInt(colour -> channel(colour, shift)).summaryStatistics();
    return values.getMax() - values.getMin();
  }

  private static int channel(int colour, int shift) {
    return colour >> shift & 0xff;
  }

  private static long pixels(List<Integer> range, Map<Integer, Integer> counts) {
    return range.stream().mapToLong(counts::get).sum();
  }

  private static long mean(List<Integer> range, Map<Integer, Integer> counts, int shift) {
    long sum = range.stream().mapToLong(c -> (long) channel(c, shift) * counts.get(c)).sum();
    return Math.round((double) sum / pixels(range, counts));
  }
}

package dev.forgetmenot.testkit.drawing;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * Draws three things that the embedded model never saw: a kite, an anchor and a ladder, 16 images
 * of each, varied in colours, place, size, turn and details by a seed. The list {@code emoji} has
 * them as the concepts that the model never knew.
 */
public final class NeverKnownImages {
  /** Images of each thing. */
  public static final int IMAGES = 16;

  private static final int SIZE = 64;
  private static final int OVERSAMPLING = 4;

  private NeverKnownImages() {}

  /** What is drawn, around the origin in a square of side 1. */
  public enum Thing {
    /** A diamond of four colours on crossed spars, with a tail of bows. */
    KITE(0) {
      @Override
      void draw(Graphics2D pen, Colours colours, SplittableRandom random) {
        double width = 0.24 + 0.06 * random.nextDouble();
        double cross = -0.16 + 0.05 * random.nextDouble();
        double bottom = 0.16;
        quarter(pen, colours.first, -width, cross, -0.42);
        quarter(pen, colours.second, width, cross, -0.42);
        quarter(pen, colours.second, -width, cross, bottom);
        quarter(pen, colours.first, width, cross, bottom);
        stroke(pen, colours.dark, 0.02);
        line(pen, 0, -0.42, 0, bottom);
        line(pen, -width, cross, width, cross);
        double sway = random.nextBoolean() ? 0.08 : -0.08;
        stroke(pen, colours.dark, 0.014);
        double x = 0;
        for (int i = 1; i <= 3; i++) {
          double nextX = i % 2 == 0 ? -sway : sway;
          double y = bottom + 0.1 * i;
          line(pen, x, y - 0.1, nextX, y);
          pen.setColor(i % 2 == 0 ? colours.first : colours.third);
          polygon(pen, nextX, y, nextX - 0.07, y - 0.04, nextX - 0.07, y + 0.04);
          polygon(pen, nextX, y, nextX + 0.07, y - 0.04, nextX + 0.07, y + 0.04);
          pen.setColor(colours.dark);
          x = nextX;
        }
      }

      private void quarter(Graphics2D pen, Color colour, double side, double cross, double end) {
        pen.setColor(colour);
        polygon(pen, 0, cross, side, cross, 0, end);
      }
    },

    /** A ring, a shank with a stock, and two curved arms with flukes. */
    ANCHOR(1000) {
      @Override
      void draw(Graphics2D pen, Colours colours, SplittableRandom random) {
        double thick = 0.055 + 0.02 * random.nextDouble();
        double arm = 0.26 + 0.05 * random.nextDouble();
        double stock = 0.15 + 0.05 * random.nextDouble();
        stroke(pen, colours.first, thick);
        ellipse(pen, 0, -0.36, 0.07);
        line(pen, 0, -0.29, 0, 0.34);
        line(pen, -stock, -0.18, stock, -0.18);
        pen.draw(new Arc2D.Double(-arm, 0.34 - 2 * arm, 2 * arm, 2 * arm, 200, 140, Arc2D.OPEN));
        for (int side : new int[] {-1, 1}) {
          double x = side * arm * 0.94;
          double y = 0.34 - arm + 0.34 * arm;
          polygon(pen, x - 0.1, y + 0.02, x + 0.1, y + 0.02, x + side * 0.03, y - 0.15);
        }
        if (random.nextBoolean()) {
          stroke(pen, colours.third, 0.03);
          line(pen, 0, -0.43, 0.1, -0.3);
          line(pen, 0.1, -0.3, -0.08, -0.05);
          line(pen, -0.08, -0.05, 0.09, 0.15);
        }
      }
    },

    /** Two rails that come closer to each other, with rungs. */
    LADDER(2000) {
      @Override
      void draw(Graphics2D pen, Colours colours, SplittableRandom random) {
        double foot = 0.18 + 0.05 * random.nextDouble();
        double top = foot * (0.65 + 0.35 * random.nextDouble());
        int rungs = 5 + random.nextInt(3);
        stroke(pen, colours.second, 0.05);
        for (int i = 0; i < rungs; i++) {
          double part = (i + 0.6) / rungs;
          double half = foot + (top - foot) * part;
          line(pen, -half, 0.45 - 0.9 * part, half, 0.45 - 0.9 * part);
        }
        stroke(pen, colours.first, 0.065);
        line(pen, -foot, 0.45, -top, -0.45);
        line(pen, foot, 0.45, top, -0.45);
      }
    };

    private final long seed;

    Thing(long seed) {
      this.seed = seed;
    }

    abstract void draw(Graphics2D pen, Colours colours, SplittableRandom random);

    /** Its name in lower case, which its folder has too. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Three colours that differ, and a dark one. */
  private record Colours(Color first, Color second, Color third, Color dark) {
    static Colours of(SplittableRandom random) {
      double hue = random.nextDouble();
      return new Colours(
          colour(hue, 0.6 + 0.3 * random.nextDouble(), 0.55 + 0.35 * random.nextDouble()),
          colour(hue + 0.3 + 0.2 * random.nextDouble(), 0.7, 0.95),
          colour(hue + 0.62, 0.65, 0.85),
          colour(hue, 0.5, 0.3));
    }

    static Color colour(double hue, double saturation, double brightness) {
      return Color.getHSBColor((float) hue, (float) saturation, (float) brightness);
    }
  }

  /** One image, 64 × 64; the same for the same thing and number. */
  public static BufferedImage draw(Thing thing, int number) {
    SplittableRandom random = new SplittableRandom(thing.seed + number);
    int large = SIZE * OVERSAMPLING;
    BufferedImage image = new BufferedImage(large, large, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    try {
      pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      pen.setColor(
          number % 4 == 3
              ? Colours.colour(random.nextDouble(), 0.18, 1) // a light ground
              : Color.WHITE);
      pen.fillRect(0, 0, large, large);
      AffineTransform place = new AffineTransform();
      place.translate(
          large * (0.5 + 0.08 * (random.nextDouble() - 0.5)),
          large * (0.5 + 0.08 * (random.nextDouble() - 0.5)));
      place.rotate(Math.toRadians(50 * (random.nextDouble() - 0.5)));
      double scale = large * (0.8 + 0.2 * random.nextDouble());
      place.scale(random.nextBoolean() ? scale : -scale, scale);
      pen.setTransform(place);
      thing.draw(pen, Colours.of(random), random);
    } finally {
      pen.dispose();
    }
    return smaller(image);
  }

  /** Means of squares of pixels: no antialiasing of a library, whose bytes may change. */
  private static BufferedImage smaller(BufferedImage large) {
    BufferedImage small = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int i = 0; i < OVERSAMPLING * OVERSAMPLING; i++) {
          int rgb =
              large.getRGB(
                  x * OVERSAMPLING + i % OVERSAMPLING, y * OVERSAMPLING + i / OVERSAMPLING);
          red += (rgb >> 16) & 0xff;
          green += (rgb >> 8) & 0xff;
          blue += rgb & 0xff;
        }
        int n = OVERSAMPLING * OVERSAMPLING;
        small.setRGB(x, y, (red / n) << 16 | (green / n) << 8 | blue / n);
      }
    }
    return small;
  }

  private static void stroke(Graphics2D pen, Color colour, double width) {
    pen.setColor(colour);
    pen.setStroke(new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  private static void line(Graphics2D pen, double x1, double y1, double x2, double y2) {
    pen.draw(new Line2D.Double(x1, y1, x2, y2));
  }

  private static void ellipse(Graphics2D pen, double x, double y, double radius) {
    pen.draw(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  private static void polygon(Graphics2D pen, double... corners) {
    Path2D path = new Path2D.Double();
    path.moveTo(corners[0], corners[1]);
    for (int i = 2; i < corners.length; i += 2) {
      path.lineTo(corners[i], corners[i + 1]);
    }
    path.closePath();
    pen.fill(path);
  }

  /** The file of an image below the folder of all. */
  public static Path file(Thing thing, int number) {
    return Path.of(thing.word(), String.format(Locale.ROOT, "%02d.png", number + 1));
  }

  /**
   * Writes all images: {@code kite/01.png} to {@code ladder/16.png}.
   *
   * @param arguments the folder
   */
  public static void main(String[] arguments) throws IOException {
    for (Thing thing : Thing.values()) {
      for (int i = 0; i < IMAGES; i++) {
        Path file = Path.of(arguments[0]).resolve(file(thing, i).toString());
        Files.createDirectories(file.getParent());
        if (!ImageIO.write(draw(thing, i), "png", file.toFile())) {
          throw new IOException("this Java cannot write PNG files");
        }
      }
    }
  }
}

package dev.forgetmenot.diffusion.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.engine.ArrayScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A network run on square tiles of a map, each of which overlaps the next by a quarter of its side.
 * Where two results overlap they are mixed, by shares that grow evenly from one to the other: above
 * and below first, then left and right, as diffusers' {@code tiled_decode} does. For the engine
 * thread.
 *
 * @param side of a tile that goes in
 * @param result side of what comes out of it
 */
record OverlappingTiles(int side, int result) {
  private static final double OVERLAP = 0.25;
  private static final int ROWS = 2; // the axis
  private static final int COLUMNS = 3;

  /**
   * Runs a network on a map tile by tile.
   *
   * @param x (b, c, h, w); stays open
   * @param network from (b, c, h', w') of at most a tile to (b, c', r h', r w') with r = result /
   *     side
   * @return (b, c', r h, r w), of the manager of {@code x}
   */
  NDArray map(NDArray x, UnaryOperator<NDArray> network) {
    try (ArrayScope all = new ArrayScope(x)) {
      NDList rows = new NDList();
      List<NDArray> above = List.of();
      for (NDArray strip : cut(all.view(x), ROWS)) {
        try (ArrayScope one = new ArrayScope(strip)) {
          List<NDArray> tiles = row(one.view(strip), above, network);
          NDList kept = new NDList();
          for (NDArray tile : tiles) {
            kept.add(part(part(tile, ROWS, 0, kept()), COLUMNS, 0, kept()));
          }
          rows.add(one.result(NDArrays.concat(kept, COLUMNS)));
          above.forEach(NDArray::close);
          tiles.forEach(one::result);
          above = tiles;
        }
      }
      return all.result(NDArrays.concat(rows, ROWS));
    }
  }

  private List<NDArray> row(NDArray strip, List<NDArray> above, UnaryOperator<NDArray> network) {
    List<NDArray> tiles = new ArrayList<>();
    for (NDArray input : cut(strip, COLUMNS)) {
      NDArray tile = network.apply(input);
      if (!above.isEmpty()) {
        tile = mixed(above.get(tiles.size()), tile, ROWS);
      }
      if (!tiles.isEmpty()) {
        tile = mixed(tiles.get(tiles.size() - 1), tile, COLUMNS);
      }
      tiles.add(tile);
    }
    return tiles;
  }

  private List<NDArray> cut(NDArray x, int axis) {
    int step = (int) (side * (1 - OVERLAP));
    List<NDArray> parts = new ArrayList<>();
    for (long from = 0; from < x.getShape().get(axis); from += step) {
      parts.add(part(x, axis, from, from + side));
    }
    return parts;
  }

  private int overlap() {
    return (int) (result * OVERLAP);
  }

  /** How many rows and columns of a result are not mixed with the next tile's. */
  private int kept() {
    return result - overlap();
  }

  /** The later tile, its first rows or columns mixed with the last ones of the former. */
  private NDArray mixed(NDArray former, NDArray later, int axis) {
    long had = former.getShape().get(axis);
    long has = later.getShape().get(axis);
    int extent = (int) Math.min(overlap(), Math.min(had, has));
    float[] shares = new float[extent];
    float[] rest = new float[extent];
    for (int i = 0; i < extent; i++) {
      shares[i] = (float) ((double) i / extent);
      rest[i] = (float) (1 - (double) i / extent);
    }
    NDManager manager = later.getManager();
    Shape shape = axis == ROWS ? new Shape(extent, 1) : new Shape(extent);
    NDArray both = part(later, axis, 0, extent).mul(manager.create(shares, shape));
    try (NDArray end = part(former, axis, had - extent, had);
        NDArray share = end.mul(manager.create(rest, shape))) {
      both.addi(share);
    }
    return extent == has ? both : both.concat(part(later, axis, extent, has), axis);
  }

  private static NDArray part(NDArray x, int axis, long from, long to) {
    long end = Math.min(to, x.getShape().get(axis));
    return x.get(new NDIndex(axis == ROWS ? ":, :, {}:{}" : ":, :, :, {}:{}", from, end));
  }
}

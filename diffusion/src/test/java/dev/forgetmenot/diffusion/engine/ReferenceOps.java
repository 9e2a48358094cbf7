package dev.forgetmenot.diffusion.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import dev.forgetmenot.api.training.ScalarOps;
import java.util.Arrays;

/**
 * The operators composed of plain array operations: what {@link TorchScriptOps} is tested against,
 * and what is left should TorchScript go away. Slower, and it needs more memory. Temporaries go
 * when the call ends.
 */
public final class ReferenceOps implements Ops {
  @Override
  public NDArray groupNorm(NDArray x, int groups, NDArray weight, NDArray bias, double eps) {
    try (ArrayScope t = new ArrayScope(x)) {
      Shape shape = x.getShape();
      NDArray grouped = t.view(x).reshape(shape.get(0), groups, -1);
      NDArray centred = grouped.sub(grouped.mean(new int[] {2}, true));
      NDArray variance = centred.square().mean(new int[] {2}, true);
      NDArray normal = centred.div(variance.add(eps).sqrt()).reshape(shape);
      long[] channels = new long[shape.dimension()];
      Arrays.fill(channels, 1);
      channels[1] = shape.get(1);
      Shape broadcast = new Shape(channels);
      return t.result(
          normal.mul(t.view(weight).reshape(broadcast)).add(t.view(bias).reshape(broadcast)));
    }
  }

  @Override
  public NDArray groupNormSilu(NDArray x, int groups, NDArray weight, NDArray bias, double eps) {
    try (NDArray normal = groupNorm(x, groups, weight, bias, eps)) {
      return silu(normal);
    }
  }

  @Override
  public NDArray silu(NDArray x) {
    try (NDArray gate = Activation.sigmoid(x)) {
      return x.mul(gate);
    }
  }

  @Override
  public NDArray gelu(NDArray x) {
    return Activation.gelu(x);
  }

  @Override
  public NDArray quickGelu(NDArray x) {
    try (NDArray scaled = ScalarOps.by(x, 1.702);
        NDArray gate = Activation.sigmoid(scaled)) {
      return x.mul(gate);
    }
  }

  @Override
  public NDArray geglu(NDArray x) {
    NDList halves = x.split(2, x.getShape().dimension() - 1);
    try (NDArray a = halves.get(0);
        NDArray b = halves.get(1);
        NDArray gate = gelu(b)) {
      return a.mul(gate);
    }
  }

  @Override
  public NDArray attention(NDArray q, NDArray k, NDArray v, int heads, boolean causal) {
    try (ArrayScope t = new ArrayScope(q)) {
      Shape shape = q.getShape();
      double scale = 1 / Math.sqrt((double) shape.get(2) / heads);
      NDArray queries = ScalarOps.by(heads(t.view(q), heads), scale);
      NDArray keys = heads(t.view(k), heads);
      NDArray values = heads(t.view(v), heads);
      NDArray scores = queries.matMul(keys.transpose(0, 1, 3, 2));
      if (causal) {
        scores = scores.add(future(t.manager(), shape.get(1), k.getShape().get(1)));
      }
      return t.result(scores.softmax(-1).matMul(values).transpose(0, 2, 1, 3).reshape(shape));
    }
  }

  private static NDArray heads(NDArray x, int heads) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads).transpose(0, 2, 1, 3);
  }

  /**
   * (queries, keys): a number that softmax turns into 0 where the key comes after the query, else
   * 0.
   */
  private static NDArray future(NDManager manager, long queries, long keys) {
    NDArray query = manager.arange((int) queries).reshape(queries, 1);
    NDArray key = manager.arange((int) keys).reshape(1, keys);
    return key.gt(query).toType(DataType.FLOAT32, false).mul(-1e30f);
  }

  @Override
  public NDArray resizeNearest(NDArray x, long height, long width) {
    return x.getNDArrayInternal().interpolation(new long[] {height, width}, 0, false);
  }

  @Override
  public void adamW(NDArray p, NDArray g, NDArray m, NDArray v, AdamWStep step) {
    p.muli(step.keep());
    try (NDArray first = g.sub(m);
        NDArray second = g.mul(1 - step.beta2())) {
      m.addi(first.muli(1 - step.beta1()));
      v.muli(step.beta2()).addi(second.muli(g));
    }
    try (NDArray denominator = v.sqrt();
        NDArray change = m.mul(-step.size())) {
      denominator.divi(step.correction()).addi(step.epsilon());
      p.addi(change.divi(denominator));
    }
  }

  @Override
  public void put(NDArray target, long first, NDArray source, long count) {
    try (ArrayScope t = new ArrayScope(target)) {
      NDArray part = t.view(source).get("0:{}", count).toType(target.getDataType(), false);
      t.view(target).reshape(-1).set(new NDIndex("{}:{}", first, first + count), part);
    }
  }

  @Override
  public void close() {
    // nothing is kept
  }
}

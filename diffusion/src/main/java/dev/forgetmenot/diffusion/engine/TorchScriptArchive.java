package dev.forgetmenot.diffusion.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive: a ZIP of stored entries that holds an object without parameters and
 * the source of its methods. Numbers come as tensors without dimensions, since DJL passes nothing
 * else.
 */
final class TorchScriptArchive {
  private static final String SOURCE =
      """
      class Ops(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        def group_norm(self: __torch__.Ops, x: Tensor, groups: Tensor, w: Tensor, b: Tensor, eps: Tensor) -> Tensor:
          return torch.group_norm(x, int(groups), w, b, float(eps))
        def group_norm_silu(self: __torch__.Ops, x: Tensor, groups: Tensor, w: Tensor, b: Tensor, eps: Tensor) -> Tensor:
          return torch.silu(torch.group_norm(x, int(groups), w, b, float(eps)))
        def spread_mean(self: __torch__.Ops, x: Tensor, groups: int) -> Tensor:
          c = torch.size(x, 1)
          m = torch.mean(torch.unflatten(torch.mean(x, [2, 3]), 1, [groups, -1]), [2], True)
          return torch.reshape(torch.expand(m, [-1, -1, torch.floordiv(c, groups)]), [-1, c, 1, 1])
        def narrow_group_norm(self: __torch__.Ops, x: Tensor, groups: Tensor, w: Tensor, b: Tensor, eps: Tensor) -> Tensor:
          g = int(groups)
          y = torch.to(x, 6)
          d = torch.sub(y, (self).spread_mean(y, g, ))
          v = (self).spread_mean(torch.mul(d, d), g, )
          s = torch.mul(torch.rsqrt(torch.add(v, float(eps))), torch.reshape(w, [1, -1, 1, 1]))
          z = torch.add_(torch.mul_(d, s), torch.reshape(b, [1, -1, 1, 1]))
          return torch.to(z, ops.prim.dtype(x))
        def narrow_group_norm_silu(self: __torch__.Ops, x: Tensor, groups: Tensor, w: Tensor, b: Tensor, eps: Tensor) -> Tensor:
          return torch.silu_((self).narrow_group_norm(x, groups, w, b, eps, ))
        def lean_group_norm_silu(self: __torch__.Ops, x: Tensor, groups: Tensor, w: Tensor, b: Tensor, eps: Tensor) -> Tensor:
          return torch.silu_(torch.group_norm(x, int(groups), w, b, float(eps)))
        def lean_geglu(self: __torch__.Ops, x: Tensor) -> Tensor:
          halves = torch.chunk(x, 2, -1)
          return torch.mul_(torch.gelu(halves[1]), halves[0])
        def silu(self: __torch__.Ops, x: Tensor) -> Tensor:
          return torch.silu(x)
        def gelu(self: __torch__.Ops, x: Tensor) -> Tensor:
          return torch.gelu(x)
        def quick_gelu(self: __torch__.Ops, x: Tensor) -> Tensor:
          return torch.mul(x, torch.sigmoid(torch.mul(x, 1.702)))
        def geglu(self: __torch__.Ops, x: Tensor) -> Tensor:
          halves = torch.chunk(x, 2, -1)
          return torch.mul(halves[0], torch.gelu(halves[1]))
        def heads(self: __torch__.Ops, x: Tensor, heads: int) -> Tensor:
          return torch.transpose(torch.unflatten(x, 2, [heads, -1]), 1, 2)
        def read_often(self: __torch__.Ops, x: Tensor, heads: int) -> Tensor:
          y = (self).heads(x, heads, )
          if torch.ge(torch.size(x, 1), 2048):
            z = torch.contiguous(y)
          else:
            z = y
          return z
        def attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, heads: Tensor) -> Tensor:
          h = int(heads)
          o = torch.scaled_dot_product_attention((self).heads(q, h, ), (self).read_often(k, h, ), (self).read_often(v, h, ))
          return torch.flatten(torch.transpose(o, 1, 2), 2, 3)
        def causal_attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, heads: Tensor) -> Tensor:
          h = int(heads)
          o = torch.scaled_dot_product_attention((self).heads(q, h, ), (self).read_often(k, h, ), (self).read_often(v, h, ), None, 0., True)
          return torch.flatten(torch.transpose(o, 1, 2), 2, 3)
        def wide_attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, heads: Tensor, causal: Tensor) -> Tensor:
          h = int(heads)
          o = torch.scaled_dot_product_attention((self).heads(torch.to(q, 6), h, ), (self).read_often(torch.to(k, 6), h, ), (self).read_often(torch.to(v, 6), h, ), None, 0., bool(int(causal)))
          return torch.to(torch.flatten(torch.transpose(o, 1, 2), 2, 3), ops.prim.dtype(q))
        def rounded_heads(self: __torch__.Ops, x: Tensor, heads: int) -> Tensor:
          return torch.flatten((self).heads(torch.to(x, 15), heads, ), 0, 1)
        def rounded_attention(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, heads: Tensor) -> Tensor:
          h = int(heads)
          a = (self).rounded_heads(q, h, )
          b = torch.transpose((self).rounded_heads(k, h, ), 1, 2)
          c = (self).rounded_heads(v, h, )
          o = torch.empty_like(a)
          scale = torch.pow(float(torch.size(c, 2)), -0.5)
          rows = ops.prim.min(torch.size(a, 1), 256)
          scores = torch.mul(rows, torch.size(c, 1))
          many = ops.prim.min(torch.size(a, 0), ops.prim.max(1, torch.floordiv(2097152, scores)))
          nothing = torch.zeros([1, 1, 1], dtype=15)
          for m in range(torch.__range_length(0, torch.size(a, 0), many)):
            i = torch.mul(m, many)
            n = ops.prim.min(many, torch.sub(torch.size(a, 0), i))
            y = torch.narrow(b, 0, i, n)
            z = torch.narrow(c, 0, i, n)
            for l in range(torch.__range_length(0, torch.size(a, 1), rows)):
              j = torch.mul(l, rows)
              r = ops.prim.min(rows, torch.sub(torch.size(a, 1), j))
              s = torch.baddbmm(nothing, torch.narrow(torch.narrow(a, 0, i, n), 1, j, r), y, beta=0, alpha=scale)
              _0 = torch.copy_(torch.narrow(torch.narrow(o, 0, i, n), 1, j, r), torch.bmm(torch.softmax(s, -1), z))
          return torch.to(torch.flatten(torch.transpose(torch.unflatten(o, 0, [-1, h]), 1, 2), 2, 3), ops.prim.dtype(q))
        def packs_15(self: __torch__.Ops, one: Tensor) -> Tensor:
          return torch.mul(one, int(ops.mkldnn._is_mkldnn_bf16_supported()))
        def packs_5(self: __torch__.Ops, one: Tensor) -> Tensor:
          return torch.mul(one, int(ops.mkldnn._is_mkldnn_fp16_supported()))
        def packs_6(self: __torch__.Ops, one: Tensor) -> Tensor:
          return torch.mul(one, int(ops.prim.is_mkldnn(torch.to_mkldnn(torch.reshape(torch.to(one, 6), [1, 1])))))
        def convert(self: __torch__.Ops, x: Tensor, type: Tensor) -> Tensor:
          return torch.to(x, int(type))
        def concat(self: __torch__.Ops, x: Tensor, y: Tensor) -> Tensor:
          return torch.cat([x, y], 1)
        def narrow_product(self: __torch__.Ops, x: Tensor, w: Tensor, type: Tensor) -> Tensor:
          return torch.linear(torch.to(x, int(type)), w)
        def narrow_linear(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, type: Tensor) -> Tensor:
          t = int(type)
          return torch.linear(torch.to(x, t), w, torch.to(b, t))
        def pack_matrix(self: __torch__.Ops, w: Tensor, type: Tensor) -> Tensor:
          return ops.mkldnn._reorder_linear_weight(torch.flatten(torch.to(w, int(type)), 1), None)
        def packed_product(self: __torch__.Ops, x: Tensor, w: Tensor, type: Tensor) -> Tensor:
          return ops.mkldnn._linear_pointwise(torch.to(x, int(type)), w, None, "none", annotate(List[Optional[number]], []), "")
        def packed_linear(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, type: Tensor) -> Tensor:
          t = int(type)
          return ops.mkldnn._linear_pointwise(torch.to(x, t), w, torch.to(b, t), "none", annotate(List[Optional[number]], []), "")
        def narrow_conv(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, stride: Tensor, padding: Tensor, type: Tensor) -> Tensor:
          t = int(type)
          s = int(stride)
          p = int(padding)
          return torch.conv2d(torch.contiguous(torch.to(x, t), memory_format=2), w, torch.to(b, t), [s, s], [p, p])
        def pack_kernel(self: __torch__.Ops, w: Tensor, x: Tensor, stride: Tensor, padding: Tensor, type: Tensor) -> Tensor:
          s = int(stride)
          p = int(padding)
          return torch.mkldnn_reorder_conv2d_weight(torch.to_mkldnn(torch.to(w, int(type))), [p, p], [s, s], [1, 1], 1, [torch.size(x, 0), torch.size(x, 1), ops.prim.max(torch.size(x, 2), 8), ops.prim.max(torch.size(x, 3), 8)])
        def packed_pixels(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, type: Tensor) -> Tensor:
          t = int(type)
          pixels = torch.permute(torch.contiguous(torch.to(x, t), memory_format=2), [0, 2, 3, 1])
          y = ops.mkldnn._linear_pointwise(pixels, w, torch.to(b, t), "none", annotate(List[Optional[number]], []), "")
          return torch.permute(y, [0, 3, 1, 2])
        def packed_conv(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, stride: Tensor, padding: Tensor, type: Tensor) -> Tensor:
          t = int(type)
          s = int(stride)
          p = int(padding)
          return ops.mkldnn._convolution_pointwise(torch.contiguous(torch.to(x, t), memory_format=2), w, torch.to(b, t), [p, p], [s, s], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
        def nchw_conv(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, stride: Tensor, padding: Tensor, type: Tensor) -> Tensor:
          s = int(stride)
          p = int(padding)
          return torch.contiguous(torch.conv2d(torch.contiguous(x), w, b, [s, s], [p, p]), memory_format=2)
        def im2col_conv(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, stride: Tensor, padding: Tensor, type: Tensor) -> Tensor:
          s = int(stride)
          p = int(padding)
          k = torch.size(w, 2)
          columns = torch.im2col(torch.contiguous(x), [k, k], [1, 1], [p, p], [s, s])
          y = torch.add(torch.matmul(torch.flatten(w, 1), columns), torch.reshape(b, [-1, 1]))
          h = torch.add(torch.floordiv(torch.sub(torch.add(torch.size(x, 2), torch.mul(2, p)), k), s), 1)
          return torch.contiguous(torch.unflatten(y, 2, [h, -1]), memory_format=2)
        def mixed_product(self: __torch__.Ops, x: Tensor, w: Tensor) -> Tensor:
          return torch.to(torch.linear(torch.to(x, 15), torch.to(w, 15)), 6)
        def mixed_linear(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.to(torch.linear(torch.to(x, 15), torch.to(w, 15), torch.to(b, 15)), 6)
        def mixed_filter(self: __torch__.Ops, x: Tensor, w: Tensor, stride: Tensor, padding: Tensor) -> Tensor:
          s = int(stride)
          p = int(padding)
          return torch.to(torch.conv2d(torch.to(x, 15), torch.to(w, 15), None, [s, s], [p, p]), 6)
        def mixed_conv(self: __torch__.Ops, x: Tensor, w: Tensor, b: Tensor, stride: Tensor, padding: Tensor) -> Tensor:
          s = int(stride)
          p = int(padding)
          return torch.to(torch.conv2d(torch.to(x, 15), torch.to(w, 15), torch.to(b, 15), [s, s], [p, p]), 6)
        def resize_nearest(self: __torch__.Ops, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
          return torch.upsample_nearest2d(x, [int(height), int(width)], None, None)
        def put(self: __torch__.Ops, x: Tensor, source: Tensor, s: Tensor) -> Tensor:
          first = int(torch.select(s, 0, 0))
          count = int(torch.select(s, 0, 1))
          part = torch.narrow(torch.flatten(x), 0, first, count)
          _0 = torch.copy_(part, torch.narrow(source, 0, 0, count))
          return x
        def fused_adamw(self: __torch__.Ops, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], s: Tensor) -> Tensor:
          lr = float(torch.select(s, 0, 0))
          decay = float(torch.select(s, 0, 1))
          beta1 = float(torch.select(s, 0, 2))
          beta2 = float(torch.select(s, 0, 3))
          eps = float(torch.select(s, 0, 4))
          torch._fused_adamw_(p, g, m, v, annotate(List[Tensor], []), [torch.to(torch.select(s, 0, 5), 6)], lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
          return p[0]
        def adamw(self: __torch__.Ops, p: Tensor, g: Tensor, m: Tensor, v: Tensor, s: Tensor) -> Tensor:
          keep = float(torch.select(s, 0, 0))
          beta1 = float(torch.select(s, 0, 1))
          beta2 = float(torch.select(s, 0, 2))
          correction = float(torch.select(s, 0, 3))
          eps = float(torch.select(s, 0, 4))
          size = float(torch.select(s, 0, 5))
          _0 = torch.mul_(p, keep)
          _1 = torch.lerp_(m, g, torch.sub(1., beta1))
          _2 = torch.addcmul_(torch.mul_(v, beta2), g, g, value=torch.sub(1., beta2))
          denominator = torch.add_(torch.div(torch.sqrt(v), correction), eps)
          return torch.addcdiv_(p, m, denominator, value=torch.neg(size))
      """;

  private TorchScriptArchive() {}

  /** The archive of all operators. */
  static byte[] operators() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      // Pickle protocol 2: an instance of __torch__.Ops whose state is {"training": True}.
      put(
          zip,
          "data.pkl",
          "\u0080\u0002c__torch__\nOps\nq\u0000)\u0081}(X\u0008\u0000\u0000\u0000trainingq\u0001\u0088ub.");
      put(zip, "constants.pkl", "\u0080\u0002)."); // an empty tuple
      put(zip, "code/__torch__.py", SOURCE);
      put(zip, "version", "3\n");
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry("ops/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCompressedSize(bytes.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }
}

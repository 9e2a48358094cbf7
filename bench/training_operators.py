"""Milliseconds of the operators of a training step in the forms that PyTorch has, float32, in turns; the median of 3.

    python bench/training_operators.py

Each line is forward and backward of one layer of Stable Diffusion 1.5 at 512 pixels, one image: with gradients of the input alone, as a frozen
weight needs, or of the weight too. The last line is one step of AdamW on 40 million weights. Needs torch; nothing in the project needs this script.
"""

import statistics
import time

import torch
from torch.nn import functional as F

ROUNDS = 3


def measured(name, forms):
    times = {form: [] for form in forms}
    for work in forms.values():
        work()
    for _ in range(ROUNDS):
        for form, work in forms.items():
            begin = time.perf_counter()
            work()
            times[form].append(1e3 * (time.perf_counter() - begin))
    print(name, {form: round(statistics.median(taken), 1) for form, taken in times.items()}, flush=True)


def both(layer, shape, weight, trained, layout=torch.contiguous_format):
    x = torch.randn(shape).to(memory_format=layout).requires_grad_()
    w = torch.randn(weight, requires_grad=trained)
    gradient = torch.randn_like(layer(x, w))

    def work():
        layer(x, w).backward(gradient)
        x.grad = w.grad = None

    return work


def attention(pixels, heads, width, layer):
    q, k, v = (torch.randn(1, heads, pixels, width, requires_grad=True) for _ in range(3))
    gradient = torch.randn(1, heads, pixels, width)

    def work():
        layer(q, k, v).backward(gradient)
        q.grad = k.grad = v.grad = None

    return work


def composed(p, g, m, v):
    p.mul_(1 - 1e-6)
    m.lerp_(g, 0.1)
    v.mul_(0.999).addcmul_(g, g, value=0.001)
    p.addcdiv_(m, (v.sqrt() / 0.05).add_(1e-8), value=-1e-3)


def fused(p, g, m, v):
    torch._fused_adamw_(
        [p], [g], [m], [v], [], [torch.tensor(3.0)], lr=1e-4, beta1=0.9, beta2=0.999, weight_decay=0.01, eps=1e-8,
        amsgrad=False, maximize=False,
    )


def main():
    torch.manual_seed(0)
    last = torch.channels_last
    for i, o, side in ((320, 320, 64), (640, 640, 32), (1280, 1280, 16), (1280, 1280, 8), (1920, 640, 32), (960, 320, 64)):
        shape, kernel = (1, i, side, side), (o, i, 3, 3)
        layer = lambda x, w: F.conv2d(x, w, padding=1)
        measured(
            f"convolution {i} to {o} at {side}²",
            {
                "frozen": both(layer, shape, kernel, False),
                "frozen, channels-last": both(layer, shape, kernel, False, last),
                "trained": both(layer, shape, kernel, True),
                "trained, channels-last": both(layer, shape, kernel, True, last),
            },
        )
    for rows, i, o in ((4096, 320, 320), (4096, 320, 2560), (1024, 640, 5120), (256, 1280, 10240)):
        pointwise = lambda x, w, rows=rows, i=i, o=o: (
            F.conv2d(x.reshape(1, rows, 1, i).permute(0, 3, 1, 2), w[:, :, None, None]).permute(0, 2, 3, 1).reshape(1, rows, o)
        )
        shape, matrix = (1, rows, i), (o, i)
        measured(
            f"linear {rows} rows, {i} to {o}",
            {
                "frozen": both(F.linear, shape, matrix, False),
                "frozen, as a 1 × 1 convolution": both(pointwise, shape, matrix, False),
                "trained": both(F.linear, shape, matrix, True),
                "trained, as a 1 × 1 convolution": both(pointwise, shape, matrix, True),
            },
        )
    for pixels, heads, width in ((4096, 8, 40), (1024, 8, 80), (256, 8, 160)):
        explicit = lambda q, k, v, width=width: ((q @ k.transpose(2, 3)) * width**-0.5).softmax(-1) @ v
        measured(
            f"self attention {pixels} tokens, {heads} × {width}",
            {
                "fused": attention(pixels, heads, width, F.scaled_dot_product_attention),
                "composed": attention(pixels, heads, width, explicit),
            },
        )
    p, g, m, v = (torch.rand(40_000_000) for _ in range(4))
    measured("AdamW", {"fused": lambda: fused(p, g, m, v), "composed": lambda: composed(p, g, m, v)})


if __name__ == "__main__":
    main()

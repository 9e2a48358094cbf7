"""Seconds of one guided prediction (a batch of two) by diffusers, for comparison with ModelBenchmark.unetStep.

    python bench/unet_step.py MODEL SIDE [SIDE ...]

MODEL is a folder in diffusers' layout, SIDE the height and width of the latents: 64 for 512 pixels.
Needs torch and diffusers; nothing in the project needs this script.
"""

import statistics
import sys
import time

import torch
from diffusers import UNet2DConditionModel

ROUNDS = 5


def seconds(unet, side, dtype):
    width = unet.config.cross_attention_dim
    latents = torch.randn(2, unet.config.in_channels, side, side, dtype=dtype)
    text = torch.randn(2, 77, width, dtype=dtype)
    steps = torch.tensor([500, 500])
    unet(latents, steps, text)
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        unet(latents, steps, text)
        times.append(time.perf_counter() - begin)
    return statistics.median(times), min(times), max(times)


def main():
    folder, sides = sys.argv[1], [int(side) for side in sys.argv[2:]]
    torch.set_grad_enabled(False)
    unet = UNet2DConditionModel.from_pretrained(folder, subfolder="unet")
    for name, dtype, layout in (
        ("f32", torch.float32, torch.contiguous_format),
        ("bf16", torch.bfloat16, torch.contiguous_format),
        ("bf16, channels-last", torch.bfloat16, torch.channels_last),
    ):
        unet = unet.to(dtype=dtype, memory_format=layout)
        for side in sides:
            middle, least, most = seconds(unet, side, dtype)
            print(f"{name}, {side} x {side}: median {middle:.3f} s ({least:.3f} to {most:.3f})", flush=True)


if __name__ == "__main__":
    main()

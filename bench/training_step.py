"""Seconds of one step of attention re-steering over the whole UNet by PyTorch and diffusers, as its authors train (Zhang et al.,
arXiv 2303.17591): one image, the maps of all cross attention, AdamW with its gradient at most 1 long, float32.

    python bench/training_step.py MODEL PIXELS STEPS [--released]
    fmn bench speed --model MODEL --only training --rounds 1 --training-steps STEPS --training trainable=unet --training no-real-image=true

MODEL is a folder in diffusers' layout; ours trains in the model's own size. Self attention is fused, and neither the text encoder nor the
VAE runs in a step, so this is the least that the original can take. --released is the step as its authors' libraries of 2023 had it: self attention
composed of products and a softmax, and the VAE and the text encoder in each step. The first step, which makes AdamW's moments, is not counted. Both need about 20 GB at
Stable Diffusion 1.5's size and 512 pixels: run them one after the other, and more than once. Needs torch and diffusers.
"""

import statistics
import sys
import time

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from transformers import CLIPTextModel

CONCEPT = slice(5, 8)  # columns of the concept's tokens and the first end of text
RATE = 2e-6


class Watched:
    """An attention processor that keeps the probabilities; see diffusers' AttnProcessor for what such a class is asked."""

    def __init__(self, kept):
        self.kept = kept

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, **other):
        text = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query, key, value = (attn.head_to_batch_dim(one) for one in (attn.to_q(hidden_states), attn.to_k(text), attn.to_v(text)))
        probabilities = attn.get_attention_scores(query, key, attention_mask)
        self.kept.append(probabilities[..., CONCEPT])
        return attn.to_out[0](attn.batch_to_head_dim(torch.bmm(probabilities, value)))


def main():
    folder, pixels, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    released = "--released" in sys.argv
    unet = UNet2DConditionModel.from_pretrained(folder, subfolder="unet").train()
    kept = []
    unet.set_attn_processor({name: Watched(kept) if ".attn2." in name else AttnProcessor() if released else own for name, own in unet.attn_processors.items()})
    if released:
        vae = AutoencoderKL.from_pretrained(folder, subfolder="vae")
        encoder = CLIPTextModel.from_pretrained(folder, subfolder="text_encoder")
        photo, ids = torch.randn(1, 3, pixels, pixels), torch.ones(1, 77, dtype=torch.long)
    optimizer = torch.optim.AdamW(unet.parameters(), lr=RATE)
    latents = torch.randn(1, unet.config.in_channels, pixels // 8, pixels // 8)
    text = torch.randn(1, 77, unet.config.cross_attention_dim)
    times = []
    for step in range(steps):
        begin = time.perf_counter()
        kept.clear()
        if released:
            with torch.no_grad():
                latents = vae.encode(photo).latent_dist.sample() * vae.config.scaling_factor
                text = encoder(ids)[0]
        unet(latents, torch.tensor([500]), text)
        loss = sum(one.norm() for one in kept)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.perf_counter() - begin)
        print(f"step {step}: {times[-1]:.2f} s", flush=True)
    own = times[1:]
    print(f"median {statistics.median(own):.2f} s ({min(own):.2f} to {max(own):.2f})")


if __name__ == "__main__":
    main()

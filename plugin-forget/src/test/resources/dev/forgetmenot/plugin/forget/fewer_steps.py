"""What a judge says of images of fewer sampling steps (docs/forgetting.md).

    python fewer_steps.py MODEL VOCABULARY NAMES

MODEL is a diffusers folder with clip/ in it, VOCABULARY its concepts.json, NAMES a file of names, one a line. Two
images of each thing by DDIM with guidance 5: how many CLIP recognises, how many it calls as it calls those of 20 steps,
the mean distance to the nearest thing, and the mean difference of pixels, of 255.
Needs numpy, torch, diffusers and transformers.
"""
import json
import sys

import numpy
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

FOLDER, VOCABULARY, NAMES = sys.argv[1:]
PHRASES = {c["name"]: c["phrase"] for c in json.load(open(VOCABULARY))["concepts"]}
LINES = [line.strip() for line in open(NAMES)]
PROMPTED = [PHRASES[name] for name in LINES if name in PHRASES for _ in range(2)]
SEEDS = [7000 + i % 2 for i in range(len(PROMPTED))]

torch.set_grad_enabled(False)
tokenizer = CLIPTokenizer.from_pretrained(FOLDER + "/tokenizer")
encoder = CLIPTextModel.from_pretrained(FOLDER + "/text_encoder", torch_dtype=torch.float32).eval()
unet = UNet2DConditionModel.from_pretrained(FOLDER + "/unet", torch_dtype=torch.float32).eval()
vae = AutoencoderKL.from_pretrained(FOLDER + "/vae", torch_dtype=torch.float32).eval()
clip = CLIPModel.from_pretrained(FOLDER + "/clip", torch_dtype=torch.float32).eval()
clip_tokenizer = CLIPTokenizer.from_pretrained(FOLDER + "/clip")


def ids(texts, of):
    return of(texts, padding="max_length", max_length=77, return_tensors="pt").input_ids


def unit(features):
    rows = features if torch.is_tensor(features) else features.pooler_output
    return torch.nn.functional.normalize(rows, dim=-1)


def drawn(steps):
    images = []
    for at in range(0, len(PROMPTED), 26):
        prompts, seeds = PROMPTED[at : at + 26], SEEDS[at : at + 26]
        scheduler = DDIMScheduler.from_pretrained(FOLDER, subfolder="scheduler")
        scheduler.set_timesteps(steps)
        texts = [""] * len(prompts) + ["a photo of " + phrase for phrase in prompts]
        context = encoder(ids(texts, tokenizer)).last_hidden_state
        noise = [torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(s)) for s in seeds]
        latents = torch.cat(noise)
        for time in scheduler.timesteps:
            empty, asked = unet(torch.cat([latents] * 2), time, context).sample.chunk(2)
            latents = scheduler.step(empty + 5 * (asked - empty), time, latents).prev_sample
        pixels = vae.decode(latents / vae.config.scaling_factor).sample
        images.append(((pixels / 2 + 0.5).clamp(0, 1) * 255).round())
    return torch.cat(images)


THINGS = list(PHRASES.values())
LABELS = unit(clip.get_text_features(ids(["a photo of " + thing for thing in THINGS], clip_tokenizer)))
first = None
print("| steps | recognised | called as with 20 | distance | drift of 255 |\n|---|---|---|---|---|")
for steps in (20, 12, 10, 8):
    images = drawn(steps)
    cosines = unit(clip.get_image_features(images / 127.5 - 1)) @ LABELS.T
    called = [THINGS[i] for i in cosines.argmax(1)]
    first = first or (called, images)
    known = numpy.mean([a == b for a, b in zip(called, PROMPTED)])
    same = sum(a == b for a, b in zip(called, first[0]))
    distance = float((1 - cosines.max(1).values).mean())
    drift = float((images - first[1]).abs().mean())
    of = len(PROMPTED)
    print(f"| {steps} | {round(known * of)}/{of} | {same}/{of} | {distance:.3f} | {drift:.1f} |", flush=True)

"""Six plain steps of concept inversion on the tiny models, by PyTorch, diffusers and transformers.

The fixtures' own run of this name keeps the rows where they began; here AdamW moves them, nothing else does.
Usage: python plain.py FIXTURES > plain.json
"""

import json
import sys

import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPTextModel

torch.set_num_threads(1)
result = {}
for name, prediction in (("sd1-tiny", "epsilon"), ("sd2-tiny", "v_prediction")):
    model = f"{sys.argv[1]}/{name}/model"
    given = load_file(f"{sys.argv[1]}/{name}/golden/inversion.safetensors")
    unet = UNet2DConditionModel.from_pretrained(f"{model}/unet")
    schedule = DDPMScheduler.from_pretrained(f"{model}/scheduler", prediction_type=prediction)
    encoder = CLIPTextModel.from_pretrained(f"{model}/text_encoder")
    known = encoder.get_input_embeddings().weight.shape[0]
    encoder.resize_token_embeddings(known + len(given["initial"]))
    rows = encoder.get_input_embeddings().weight
    with torch.no_grad():
        rows[known:] = given["initial"]
    original = rows.detach().clone()
    optimizer = torch.optim.AdamW([rows], lr=1e-3, weight_decay=0.1, betas=(0.9, 0.999), eps=1e-8)
    losses, embeddings = [], []
    for i in range(len(given["timesteps"])):
        t = given["timesteps"][i : i + 1]
        z, noise = given["latents"][i], given["noise"][i]
        context = encoder(given["input_ids"])[0]
        output = unet(schedule.add_noise(z, noise, t), t, context).sample
        target = noise if prediction == "epsilon" else schedule.get_velocity(z, noise, t)
        loss = ((output - target) ** 2).mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        with torch.no_grad():
            rows[:known] = original[:known]
        losses.append(loss.item())
        embeddings.append(rows[known:].detach().flatten().tolist())
    result[name] = {"loss": losses, "embeddings": embeddings}
json.dump(result, sys.stdout)

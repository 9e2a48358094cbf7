"""UCE with the settings of its authors' code of 2023, by transformers and PyTorch, on a folder of Stable Diffusion.

    python uce_reference.py MODEL "a concept" > uce_reference.json

The concept's bare name becomes a space; its last token and all rows after it are moved to the begin token and what
follows it, as many as both have. The empty prompt is kept whole. W' = (lambda W + sum v c^T)(lambda I + sum c c^T)^-1.
Written: the first row of W' and its Frobenius norm, of a key and a value projection.
"""

import json
import sys

import torch
from safetensors.torch import load_file
from transformers import CLIPTextModel, CLIPTokenizer

LAMBDA = 0.5
NAMES = [
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight",
    "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v.weight",
]


def rows(text):
    ids = tokenizer(text, padding="max_length", max_length=tokenizer.model_max_length, return_tensors="pt")
    with torch.no_grad():
        states = encoder(ids.input_ids).last_hidden_state[0].double()
    return states, int(ids.attention_mask.sum()) - 2


folder, concept = sys.argv[1], sys.argv[2]
tokenizer = CLIPTokenizer.from_pretrained(folder + "/tokenizer")
encoder = CLIPTextModel.from_pretrained(folder + "/text_encoder")
unet = load_file(folder + "/unet/diffusion_pytorch_model.safetensors")

target, last = rows(concept)
guide, first = rows(" ")
kept, _ = rows("")
count = len(target) - max(last, first)
c = torch.cat([target[last : last + count], kept]).T  # (d, n)
g = torch.cat([guide[first : first + count], kept]).T

result = {"concept": concept, "rows": count, "weights": {}}
for name in NAMES:
    w = unet[name].double()
    edited = (LAMBDA * w + w @ g @ c.T) @ torch.inverse(LAMBDA * torch.eye(w.shape[1], dtype=torch.float64) + c @ c.T)
    result["weights"]["unet/" + name] = {
        "row": edited[0].tolist(),
        "norm": edited.norm().item(),
        "change": (edited - w).norm().item(),
    }
json.dump(result, sys.stdout, indent=1)
print()

"""Which rows of a prompt carry a concept, and how much attention each gets (docs/forgetting.md).

    python which_columns.py MODEL VOCABULARY NAME

MODEL is a diffusers folder with clip/ in it, VOCABULARY its concepts.json. For each group of columns of the
concept's prompt: the share of the cross attention that it gets (mean over layers, heads, pixels, all steps and four
images), and how many of four images CLIP still recognises when the rows of the group are those of the empty prompt.
Then, for each layer, the share that each head gives to the end of the text and the padding together.
Needs torch, diffusers and transformers.
"""
import json
import sys

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

FOLDER, VOCABULARY, NAME = sys.argv[1:]
WORDS = json.load(open(VOCABULARY))
STYLES = [style["name"] for style in WORDS["styles"]]
STYLE = NAME in STYLES
LABELS = STYLES if STYLE else [concept["phrase"] for concept in WORDS["concepts"]]
PHRASE = NAME if STYLE else {c["name"]: c["phrase"] for c in WORDS["concepts"]}[NAME]
TEMPLATE = "a photo in the style of {}" if STYLE else "a photo of {}"
SEEDS, STEPS, GUIDANCE = range(5000, 5004), 12, 5.0

torch.set_grad_enabled(False)
tokenizer = CLIPTokenizer.from_pretrained(FOLDER + "/tokenizer")
encoder = CLIPTextModel.from_pretrained(FOLDER + "/text_encoder", torch_dtype=torch.float32).eval()
unet = UNet2DConditionModel.from_pretrained(FOLDER + "/unet", torch_dtype=torch.float32).eval()
vae = AutoencoderKL.from_pretrained(FOLDER + "/vae", torch_dtype=torch.float32).eval()
clip = CLIPModel.from_pretrained(FOLDER + "/clip", torch_dtype=torch.float32).eval()
scheduler = DDIMScheduler.from_pretrained(FOLDER, subfolder="scheduler")


class Watched:
    """Attention with its probabilities formed; keeps the mean share of each column."""

    shares = []
    late = {}  # by layer: shares of each head from the end of the text on
    end = None

    def __call__(self, attn, hidden, encoder_hidden_states=None, **rest):
        text = hidden if encoder_hidden_states is None else encoder_hidden_states
        split = lambda x: x.view(x.shape[0], -1, attn.heads, x.shape[-1] // attn.heads).transpose(1, 2)
        q, k, v = split(attn.to_q(hidden)), split(attn.to_k(text)), split(attn.to_v(text))
        shares = (q @ k.transpose(-1, -2) * attn.scale).softmax(-1)
        if encoder_hidden_states is not None:
            half = shares[shares.shape[0] // 2 :]  # the prompt's, not the empty prompt's
            Watched.shares.append((half.sum((0, 1, 2)), half[..., 0].numel()))
            Watched.late.setdefault(attn, []).append(half[..., Watched.end :].sum(-1).mean((0, 2)))
        out = (shares @ v).transpose(1, 2).reshape(hidden.shape)
        return attn.to_out[0](out)


unet.set_attn_processor(Watched())


def ids(text):
    return tokenizer(text, padding="max_length", max_length=77, return_tensors="pt").input_ids


def embed(text):
    return encoder(ids(text)).last_hidden_state


def draw(context):
    scheduler.set_timesteps(STEPS)
    x = torch.cat([torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(s)) for s in SEEDS])
    both = torch.cat([embed("").expand(len(x), -1, -1), context.expand(len(x), -1, -1)])
    for t in scheduler.timesteps:
        empty, prompt = unet(torch.cat([x, x]), t, both).sample.chunk(2)
        x = scheduler.step(empty + GUIDANCE * (prompt - empty), t, x).prev_sample
    images = (vae.decode(x / vae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)
    return unit(clip.get_image_features(pixel_values=images * 2 - 1)) @ TEXTS.T


def unit(found):
    found = found if isinstance(found, torch.Tensor) else found.pooler_output
    return found / found.norm(dim=-1, keepdim=True)


TEXTS = unit(
    clip.get_text_features(
        **tokenizer([TEMPLATE.format(l) for l in LABELS], padding="max_length", max_length=77, return_tensors="pt")
    )
)


def recognised(context):
    return sum(LABELS[i] == PHRASE for i in draw(context).argmax(1))


prompt = TEMPLATE.format(PHRASE)
tokens = ids(prompt)[0].tolist()
end = tokens.index(tokenizer.eos_token_id)
word = tokenizer(NAME, add_special_tokens=False).input_ids
first = next(i for i in range(1, end) if tokens[i : i + len(word)] == word)
concept = list(range(first, first + len(word)))
padding = list(range(end + 1, 77))
rows, nothing = embed(prompt), embed("")
Watched.end = end
print(prompt, "recognised", recognised(rows), "of", len(SEEDS))
total = sum(share for share, _ in Watched.shares) / sum(count for _, count in Watched.shares)
for number, heads in enumerate(Watched.late.values()):
    print("layer", number, "heads", " ".join(f"{share:.3f}" for share in torch.stack(heads).mean(0)))
for label, columns in {
    "begin": [0],
    "template": list(range(1, first)),
    "concept": concept,
    "end": [end],
    "padding": padding,
    "concept, end": concept + [end],
    "end, padding": [end] + padding,
    "all three": concept + [end] + padding,
}.items():
    line = f"{label:14} attention {total[columns].sum():.3f}"
    if columns[-1] >= first:
        changed = rows.clone()
        changed[0, columns] = nothing[0, columns]
        line += f" recognised without it {recognised(changed)}"
    print(line)

"""What the directions of re-steering read of text that should stay (docs/forgetting.md).

    python what_directions_read.py MODEL VOCABULARY NAME..

MODEL is a diffusers folder, VOCABULARY its concepts.json. For each name: the root mean square of the length of R·x over
all rows x of the concept, of prompts of single things, and of prompts with backgrounds, two things and styles, where R
are the two directions that read what the concept has and kept phrases have not. Once with general text of names alone,
once with the prompts of several parts at 0.3 of the weight. Needs torch and transformers.
"""
import json
import sys

import torch
from transformers import CLIPTextModel, CLIPTokenizer

FOLDER, VOCABULARY, *NAMES = sys.argv[1:]
WORDS = json.load(open(VOCABULARY))
STYLES = [style["name"] for style in WORDS["styles"]]
PHRASES = {concept["name"]: concept["phrase"] for concept in WORDS["concepts"]}
GENERAL = [word["phrase"] for word in WORDS["general_words"].values()]
COLOURS = ["red", "yellow", "green", "blue", "pink", "black", "white"]
THING = ["a photo of {}", "an image of {}", "an image of {}", "{}"]
STYLE = ["a photo in the style of {}", "an image in the style of {}", "an image in the style of {}", "{} style"]

torch.set_grad_enabled(False)
tokenizer = CLIPTokenizer.from_pretrained(FOLDER + "/tokenizer")
encoder = CLIPTextModel.from_pretrained(FOLDER + "/text_encoder", torch_dtype=torch.float32).eval()


def ids(text):
    return tokenizer(text, padding="max_length", max_length=77, return_tensors="pt").input_ids


def embed(texts):
    return torch.cat([encoder(ids(text)).last_hidden_state for text in texts]).double()


def end(text):
    return ids(text)[0].tolist().index(tokenizer.eos_token_id)


def columns(phrase, templates):
    """Tokens, end of text and four rows of padding under each template (d × n)."""
    found = []
    for template in templates:
        text = template.format(phrase)
        row, last = ids(text)[0].tolist(), end(text)
        word = tokenizer(phrase, add_special_tokens=False).input_ids
        first = next(i for i in range(1, last) if row[i : i + len(word)] == word)
        padding = [last + 1 + round(i * (75 - last) / 3) for i in range(4)]
        found.append(embed([text])[0, list(range(first, first + len(word))) + [last] + padding].T)
    return torch.cat(found, 1)


def nearest(phrase, others, template):
    texts = [template.format(other) for other in others + [phrase]]
    ends = torch.stack([embed([text])[0, end(text)] for text in texts])
    ends = ends - ends.mean(0)
    order = torch.nn.functional.cosine_similarity(ends[:-1], ends[-1:]).argsort(descending=True)
    return [others[i] for i in order]


def first(matrix, count):
    return torch.linalg.svd(matrix, full_matrices=False)[0][:, :count]


def general(things, styles):
    sorts = {"background": [], "two things": [], "style": []}
    for i in range(min(32, len(things))):
        at = i * len(things) // min(32, len(things))
        sorts["background"].append(f"a photo of {things[at]} on a {COLOURS[i % 7]} background")
        sorts["two things"].append(f"a photo of {things[at]} and {things[(at + 7) % len(things)]}")
        sorts["style"].append(f"a photo of {things[at]} in {styles[i % len(styles)]} style")
    return {sort: embed(texts).flatten(0, 1) for sort, texts in sorts.items()}


def directions(concept, kept, second, count):
    """R: whitened by S, what is kept taken off, the first directions of what is left."""
    factor = torch.linalg.cholesky(second)
    whiten = lambda matrix: torch.linalg.solve_triangular(factor, matrix, upper=False)
    held, sigma, _ = torch.linalg.svd(whiten(kept), full_matrices=False)
    held = held[:, sigma > 1e-12 * sigma[0]]
    rest = whiten(concept)
    for _ in range(2):
        rest = rest - held @ (held.T @ rest)
    u, sigma, _ = torch.linalg.svd(rest, full_matrices=False)
    rows = torch.linalg.solve_triangular(factor.T, u[:, :count], upper=True) / sigma[:count]
    return rows.T * concept.shape[1] ** 0.5


for name in NAMES:
    style = name in STYLES
    phrase = name if style else PHRASES[name]
    things = [thing for thing in PHRASES.values() if thing != phrase]
    styles = [other for other in STYLES if other != phrase]
    concept = columns(phrase, STYLE if style else THING)
    single = embed(["a photo of " + thing for thing in things]).flatten(0, 1)
    sorts = general(things, styles)
    several = torch.cat(list(sorts.values()))
    empty = embed([""])[0]
    kept = [empty[:1].T, first(empty[1:].T, 4)]
    near = nearest(phrase, styles if style else things, (STYLE if style else THING)[0])[:14]
    kept += [first(columns(other, STYLE if style else THING), 2) for other in near]
    if not style:
        kept += [first(columns(word, THING), 2) for word in nearest(phrase, GENERAL, THING[0])[-5:]]
    for weight in (0, 0.3):
        second = single.T @ single + weight * len(single) / len(several) * several.T @ several
        second = second / (len(single) * (1 + weight) if weight else len(single))
        second = second + 1e-3 * second.diagonal().mean() * torch.eye(len(second), dtype=second.dtype)
        rows = directions(concept, torch.cat(kept, 1), second, 2)
        length = lambda x: (x @ rows.T).square().sum(1).mean().sqrt()
        read = {"concept": concept.T, "single things": single, **sorts}
        print(name, "prompts" if weight else "names", *(f"{sort} {length(x):.2f}" for sort, x in read.items()), sep="; ")

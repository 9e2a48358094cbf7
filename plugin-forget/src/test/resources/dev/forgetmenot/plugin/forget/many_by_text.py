"""What projectors of many concepts do to text, by transformers and numpy; no image is drawn.

    python many_by_text.py FOLDER CONCEPTS_JSON TUNING_TXT tune      choices that docs/forgetting.md gives numbers of
    python many_by_text.py FOLDER CONCEPTS_JSON TUNING_TXT number    1 to 100 concepts by today's rules

FOLDER has text_encoder/ and tokenizer/; CONCEPTS_JSON says which phrases there are, TUNING_TXT which were tuned on.
left: what is left of a concept's difference to the mean of all things, along that difference; 1 is all of it.
others: how far other things move, as a share of what tells each from the mean. general: how far prompts with
backgrounds, second things and styles move, as a share of their distance to the empty prompt.
"""

import hashlib
import json
import sys

import numpy as np
import torch
from transformers import CLIPTextModel, CLIPTokenizer

FOLDER, CONCEPTS, TUNING, MODE = sys.argv[1:5]
TEMPLATES = ["a photo of {}", "an image of {}", "an image of {}", "{}"]
tokenizer = CLIPTokenizer.from_pretrained(FOLDER + "/tokenizer")
encoder = CLIPTextModel.from_pretrained(FOLDER + "/text_encoder", dtype=torch.float32)
vocabulary = json.load(open(CONCEPTS))
phrases = {c["name"]: c["phrase"] for c in vocabulary["concepts"]}
styles = [s["name"] for s in vocabulary["styles"]]
words = [w["phrase"] for w in vocabulary["general_words"].values()][:5]
tuning = [line.strip() for line in open(TUNING) if line.strip() and line[0] != "#"]
tuning = [name for name in tuning if name in phrases]
known = {}


def encode(prompt):
    """All rows of a prompt, and where its text ends."""
    if prompt not in known:
        ids = tokenizer(prompt, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
        with torch.no_grad():
            rows = encoder(ids.input_ids).last_hidden_state[0].double().numpy()
        known[prompt] = rows, int(ids.attention_mask.sum()) - 1
    return known[prompt]


def bare(phrase):
    for article in ("a ", "an ", "the "):
        if phrase.startswith(article):
            return phrase[len(article) :]
    return phrase


def count(text):
    return len(tokenizer(text, add_special_tokens=False).input_ids)


def places(template, phrase):
    """The tokens of a phrase's word, the end of the text, and four rows of padding."""
    before, _ = template.split("{}")
    first = 1 + (count(before) if before else 0) + count(phrase) - count(bare(phrase))
    _, end = encode(template.replace("{}", phrase))
    padding = [end + 1 + round(i * (75 - end) / 3) for i in range(4)]
    return list(range(first, first + count(bare(phrase)))) + [end] + padding


def columns(phrase, neutral=None):
    """The rows of a concept as columns; minus those of what it becomes at the same places."""
    parts = []
    for template in TEMPLATES:
        at = places(template, phrase)
        rows = encode(template.replace("{}", phrase))[0][at]
        parts.append(rows if neutral is None else rows - neutral[template][at])
    return np.concatenate(parts).T


def first(matrix, rank):
    return np.linalg.svd(matrix, full_matrices=False)[0][:, :rank]


def general(names, number, seed):
    random = np.random.default_rng(seed)
    colours = ["pink", "blue", "green", "yellow", "white"]
    prompts = []
    for i in range(number):
        one, two = (phrases[names[random.integers(len(names))]] for _ in range(2))
        prompts.append(
            f"a photo of {one} "
            + [
                f"on a {colours[random.integers(5)]} background",
                f"and {two}",
                f"in the style of {styles[random.integers(len(styles))]}",
            ][i % 3]
        )
    return prompts


def neutral(kind, others):
    if kind == "empty":
        return {template: encode("")[0] for template in TEMPLATES}
    return {t: np.mean([encode(t.replace("{}", phrases[o]))[0] for o in others], 0) for t in TEMPLATES}


def kept():
    empty = encode("")[0]
    return np.concatenate([empty[:1].T, first(empty[1:].T, 4)] + [first(columns(w), 2) for w in words], 1)


def second(others):
    rows = np.concatenate([encode("a photo of " + phrases[o])[0] for o in others])
    s = rows.T @ rows / len(rows)
    return s + 1e-3 * np.trace(s) / len(s) * np.eye(len(s))


def readings(differences, s, k):
    """A of the oblique projector, with A·differences = I and A·k = 0."""
    inverse = np.linalg.inv(np.linalg.cholesky(s))
    d, held = inverse @ differences, np.linalg.svd(inverse @ k, full_matrices=False)[0]
    rest = d - held @ (held.T @ d)
    rest -= held @ (held.T @ rest)
    return np.linalg.solve(rest.T @ rest, (inverse.T @ rest).T)


def states(prompt):
    rows, end = encode(prompt)
    return rows[[end, end + 1, 20, 40, 76]]


def measured(q, targets, others):
    of = {n: states("a photo of " + phrases[n]) for n in phrases}
    mean = np.mean(list(of.values()), 0)

    def left(n):
        d = of[n] - mean
        return ((of[n] - of[n] @ q.T - mean) * d).sum() / (d * d).sum()

    def share(rows, base):
        return np.linalg.norm(rows @ q.T) / np.linalg.norm(rows - base)

    prompts = general(others, 60, 7)
    return (
        np.mean([left(n) for n in targets]),
        np.mean([share(of[n], mean) for n in others]),
        np.mean([share(encode(p)[0], encode("")[0]) for p in prompts]),
    )


def patch(targets, kind, rank, shared=0):
    """left and right of one patch of targets."""
    rest = [n for n in phrases if n not in targets]
    anchor = neutral(kind, rest)
    parts = np.concatenate([first(columns(phrases[n], anchor), rank) for n in targets], 1)
    d = first(parts, shared) if shared and parts.shape[1] > shared else parts
    return d, readings(d, second(rest), kept())


def row(label, results):
    print(f"| {label} | " + " | ".join(f"{x:.2f}" for x in np.mean(results, 0)) + " |", flush=True)


def tune():
    print("| tuning things | left | others | general |\n|---|---|---|---|")
    splits = [[tuning[i] for i in np.random.default_rng(s).permutation(len(tuning))] for s in range(4)]
    for number in (10, 30):
        for kind in ("empty", "mean"):
            for shared in (0, 20) if number == 30 else (0,):
                results = []
                for order in splits:
                    d, a = patch(order[:number], kind, 1, shared)
                    results.append(measured(d @ a, order[:number], order[number:]))
                row(f"{number} become {kind}, {shared or number} directions", results)
        for kind, rank in (("empty", 2), ("empty", 1), ("mean", 1)):
            sums, joint, conditions = [], [], []
            for order in splits[:2]:
                made = [patch([n], kind, rank) for n in order[:number]]
                d, a = (np.concatenate([m[i] for m in made], 1 - i) for i in range(2))
                sums.append(measured(d @ a, order[:number], order[number:]))
                joint.append(measured(d @ np.linalg.solve(a @ d, a), order[:number], order[number:]))
                conditions.append(np.linalg.cond(a @ d))
            row(f"stack of {number}, {kind}, rank {rank}, added", sums)
            row(f"the same solved jointly, condition {np.mean(conditions):.0f}", joint)


def number():
    digest = lambda name: hashlib.sha256(name.encode()).hexdigest()
    order = sorted((n for n in phrases if n not in tuning), key=digest) + sorted(tuning, key=digest)
    width = encode("")[0].shape[1]
    print(f"| concepts | directions of {width} | left | others | general |\n|---|---|---|---|---|")
    for n in (1, 3, 10, 30, 60, 100):
        rank = 2 if n == 1 else max(1, min(2, width // 8 // n))
        d, a = patch(order[:n], "empty" if n == 1 else "mean", rank, 0 if n == 1 else width // 4)
        row(f"{n} | {d.shape[1]}", [measured(d @ a, order[:n], order[n:])])


{"tune": tune, "number": number}[MODE]()

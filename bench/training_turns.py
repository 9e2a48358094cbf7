"""Training steps of ours and of its authors' code in turns: each round runs every program from start to end, and ratios are taken within rounds.

    python bench/training_turns.py MODEL PIXELS STEPS ROUNDS NAME [NAME ...]

NAME is released or fused (training_step.py with and without --released), or ours; ours,KEY=VALUE,... sets more settings of the training, such as
ours,mixed-precision=bf16. PIXELS must be the model's own size, which ours trains in. The whole UNet is trained. STEPS is at least 2; the first is not
counted, and a round's value is the median of the others. Programs follow each other, since two do not fit into the memory of one machine.
Prints seconds, and how many times as fast as the first NAME: medians with the least and the most. Needs torch and diffusers.
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile

from peers import spread

HERE = pathlib.Path(__file__).resolve().parent


def of_ours(model, steps, settings):
    given = ["trainable=unet", "no-real-image=true", *settings]
    with tempfile.TemporaryDirectory() as folder:
        command = [HERE.parent / "fmn", "bench", "speed", "--model", model, "--only", "training", "--rounds", "1", "--training-steps", steps, "-o", folder]
        subprocess.run([*command, *(word for one in given for word in ("--training", one))], check=True, stdout=subprocess.DEVNULL)
        with open(pathlib.Path(folder, "speed.csv"), newline="") as table:
            row = next(row for row in csv.DictReader(table) if row["what"] == "training step")
    return float(row["median"])


def of_theirs(model, pixels, steps, name):
    command = [sys.executable, HERE / "training_step.py", model, pixels, steps, *(["--released"] if name == "released" else [])]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(re.search(r"^median ([0-9.]+) s", said, re.MULTILINE)[1])


def main(model, pixels, steps, rounds, *names):
    measured = {name: [] for name in names}
    for _ in range(int(rounds)):
        for name in names:
            own, *settings = name.split(",")
            seconds = of_ours(model, steps, settings) if own == "ours" else of_theirs(model, pixels, steps, own)
            measured[name].append(seconds)
            print(f"{name}: {seconds:.2f} s", flush=True)
    for name, seconds in measured.items():
        ratios = [first / one for first, one in zip(measured[names[0]], seconds)]
        print(f"{name}: {spread(seconds)} s a step, {spread(ratios)} times as fast")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Ours and diffusers in turns on one model folder: each round lets every program draw once, and ratios are taken within rounds.

    mvn -B -q -Dfmn.quick -Dmaven.test.skip=false test-compile -pl benchmarks -am && ./fmn --version
    python bench/peers.py MODEL "PIXELS IMAGES STEPS" ROUNDS NAME [NAME ...]

NAME is a value of ComputePrecision (F32, F32_PACKED, BF16), or diffusers-float32 or diffusers-bfloat16; ratios are to the first.
A program loads the model once and draws when it is told to, so that start-up and reading are not measured; one drawing of two steps
goes before. Columns: seconds from prompts to pixels, seconds of a step after the first, processor seconds of all threads; medians
with the least and the most; how many times as fast as the first (median of the rounds' ratios, least, most). Processor seconds say
more where the machine has other work.
NAME,VARIABLE=VALUE,... sets variables of that program's environment. Needs torch and diffusers for diffusers alone.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROMPT = "a photo of a lighthouse"
BATCH_PIXELS, LARGEST_BATCH = 2 * 64 * 64, 32  # as TextToImagePipeline divides images


def diffusers(model, dtype):
    """The other side of SamplingPeer."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    torch.set_grad_enabled(False)
    pipe = StableDiffusionPipeline.from_pretrained(model, torch_dtype=getattr(torch, dtype), safety_checker=None)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    for line in sys.stdin:
        side, left, steps = map(int, line.split())
        batch = min(LARGEST_BATCH, max(1, BATCH_PIXELS // (side // pipe.vae_scale_factor) ** 2))
        ends = []

        def ended(pipe, step, timestep, tensors):
            ends.append(time.perf_counter())
            return {}

        busy, begin = time.process_time(), time.perf_counter()
        while left > 0:
            pipe(PROMPT, height=side, width=side, num_images_per_prompt=min(left, batch), num_inference_steps=steps,
                 guidance_scale=7.5, output_type="np", callback_on_step_end=ended)
            left -= batch
        end = time.perf_counter()
        a_step = (ends[-1] - ends[0]) / max(1, len(ends) - 1)
        print(f"{end - begin:.4f} {a_step:.4f} {time.process_time() - busy:.4f}", flush=True)


def start(model, name):
    form, *settings = name.split(",")
    env = dict(os.environ, DJL_OFFLINE="true", OPT_OUT_TRACKING="true")
    env.update(setting.split("=", 1) for setting in settings)
    if form.startswith("diffusers-"):
        command = [sys.executable, __file__, "--diffusers", model, form.split("-")[1]]
    else:
        parts = [ROOT / "benchmarks/target/test-classes", ROOT / "distribution/target/quick/fmn/lib/*"]
        path = os.pathsep.join(map(str, parts))
        command = ["java", "-cp", path, "dev.forgetmenot.benchmarks.SamplingPeer", model, form]
    return subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(peer, job):
    peer.stdin.write(job + "\n")
    peer.stdin.flush()
    answer = peer.stdout.readline()
    if not answer:
        raise SystemExit("a program ended; what it said stands above")
    return [float(word) for word in answer.split()]


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def main():
    model, job, rounds, names = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    peers = [start(model, name) for name in names]
    side, images, _ = job.split()
    for peer in peers:
        ask(peer, f"{side} {images} 2")
    measured = [[] for _ in peers]
    for _ in range(rounds):
        for peer, rows in zip(peers, measured):
            rows.append(ask(peer, job))
    for name, rows in zip(names, measured):
        print(name)
        for column, what in enumerate(("seconds", "a step", "processor")):
            own = [row[column] for row in rows]
            ratios = [first[column] / row[column] for first, row in zip(measured[0], rows) if row[column]]
            print(f"  {what:9} {spread(own)}" + (f", {spread(ratios)} times as fast" if ratios else ""), flush=True)
    for peer in peers:
        peer.stdin.close()
        peer.wait()


if __name__ == "__main__":
    if sys.argv[1] == "--diffusers":
        diffusers(sys.argv[2], sys.argv[3])
    else:
        main()

"""Ours, diffusers and OpenVINO in turns on one model folder: each round lets every program draw once, and ratios are taken within rounds.

    mvn -B -q -Dfmn.quick -Dmaven.test.skip=false test-compile -pl benchmarks -am && ./fmn --version
    python bench/peers.py MODEL "PIXELS IMAGES STEPS" ROUNDS NAME [NAME ...]
    python bench/peers.py --together MODEL "PIXELS IMAGES STEPS" ROUNDS NAME [NAME ...]

NAME is a value of ComputePrecision (F32, F32_PACKED, F32_AUTOTUNE, BF16), diffusers-float32, diffusers-bfloat16, openvino-f32 or openvino-bf16; ratios
are to the first. OpenVINO computes the UNet and the decoder, each compiled for its shapes before anything is timed, in diffusers' pipeline.
A program loads the model once and draws when it is told to, so that start-up and reading are not measured; one drawing of two steps
goes before. Columns: seconds from prompts to pixels, seconds of a step after the first, processor seconds of all threads; medians
with the least and the most; how many times as fast as the first (median of the rounds' ratios, least, most). Processor seconds say
more where the machine has other work.
NAME,VARIABLE=VALUE,... sets variables of that program's environment. Needs torch and diffusers for diffusers, openvino beside them for OpenVINO.

--together starts two programs of each NAME. A round lets one draw alone, then both at once: seconds alone, how many times as fast as the
first NAME alone, and how many times as long as one alone two take until the later one has ended.
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


def by_openvino(pipe, hint):
    """Lets OpenVINO compute the UNet and the decoder of a pipeline."""
    import openvino
    import torch

    core, compiled = openvino.Core(), {}

    class Decoder(torch.nn.Module):
        def forward(self, latents):
            return decode(latents, return_dict=False)[0]

    class Unet(torch.nn.Module):
        def forward(self, sample, timestep, states):
            return predict(sample, timestep, encoder_hidden_states=states, return_dict=False)[0]

    predict, decode = pipe.unet.forward, pipe.vae.decode
    modules = {"unet": Unet(), "decoder": Decoder()}
    pipe.unet.requires_grad_(False)
    pipe.vae.requires_grad_(False)

    def run(name, *inputs):
        key = (name, *(tuple(one.shape) for one in inputs))
        if key not in compiled:
            model = openvino.convert_model(modules[name], example_input=inputs, input=[tuple(one.shape) for one in inputs])
            settings = {"INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY"}
            compiled[key] = core.compile_model(model, "CPU", settings)
        return (torch.from_numpy(compiled[key]([one.numpy() for one in inputs])[0].copy()),)

    pipe.unet.forward = lambda sample, timestep, encoder_hidden_states, **other: run("unet", sample, timestep, encoder_hidden_states)
    pipe.vae.decode = lambda latents, **other: run("decoder", latents)


def in_python(model, program, dtype):
    """The other side of SamplingPeer."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    torch.set_grad_enabled(False)
    own = getattr(torch, dtype) if program == "diffusers" else torch.float32
    pipe = StableDiffusionPipeline.from_pretrained(model, torch_dtype=own, safety_checker=None)
    if program == "openvino":
        by_openvino(pipe, dtype)
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
    if "-" in form:
        command = [sys.executable, __file__, "--peer", model, *form.split("-")]
    else:
        parts = [ROOT / "benchmarks/target/quick/test-classes", ROOT / "distribution/target/quick/fmn/lib/*"]
        path = os.pathsep.join(map(str, parts))
        env.setdefault("MALLOC_ARENA_MAX", "1")  # as the start script
        command = ["java", "-cp", path, "dev.forgetmenot.benchmarks.SamplingPeer", model, form]
    return subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def tell(peer, job):
    peer.stdin.write(job + "\n")
    peer.stdin.flush()


def answer(peer):
    line = peer.stdout.readline()
    if not line:
        raise SystemExit("a program ended; what it said stands above")
    return [float(word) for word in line.split()]


def ask(peer, job):
    tell(peer, job)
    return answer(peer)


def together(peers, job):
    """Seconds until the last of them has drawn."""
    begin = time.perf_counter()
    for peer in peers:
        tell(peer, job)
    for peer in peers:
        answer(peer)
    return time.perf_counter() - begin


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def show(what, own, ratios, unit):
    print(f"  {what:9} {spread(own)}" + (f", {spread(ratios)} {unit}" if ratios else ""), flush=True)


def in_turns(peers, job, rounds, names):
    measured = [[] for _ in peers]
    for _ in range(rounds):
        for (peer,), rows in zip(peers, measured):
            rows.append(ask(peer, job))
    for name, rows in zip(names, measured):
        print(name)
        for column, what in enumerate(("seconds", "a step", "processor")):
            ratios = [first[column] / row[column] for first, row in zip(measured[0], rows) if row[column]]
            show(what, [row[column] for row in rows], ratios, "times as fast")


def side_by_side(pairs, job, rounds, names):
    measured = [[] for _ in pairs]
    for _ in range(rounds):
        for pair, rows in zip(pairs, measured):
            rows.append((ask(pair[0], job)[0], together(pair, job)))
    for name, rows in zip(names, measured):
        print(name)
        show("alone", [alone for alone, _ in rows], [first[0] / row[0] for first, row in zip(measured[0], rows)], "times as fast")
        show("two", [both for _, both in rows], [both / alone for alone, both in rows], "times one alone")


def main(arguments):
    pairs = arguments[0] == "--together"
    model, job, rounds, *names = arguments[1:] if pairs else arguments
    peers = [[start(model, name) for _ in range(2 if pairs else 1)] for name in names]
    side, images, _ = job.split()
    for peer in sum(peers, []):
        ask(peer, f"{side} {images} 2")
    (side_by_side if pairs else in_turns)(peers, job, int(rounds), names)
    for peer in sum(peers, []):
        peer.stdin.close()
        peer.wait()


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        in_python(*sys.argv[2:])
    else:
        main(sys.argv[1:])

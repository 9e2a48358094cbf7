"""What diffusers needs for what `fmn` does, for docs/real-size.md. Checking only: the project never runs Python.
python diffusers_times.py load|draw MODEL [float32|float16|bfloat16 [SIDE]]    prints a line of numbers a run"""
import resource, sys, time
import torch
from diffusers import DiffusionPipeline

what, model = sys.argv[1:3]
dtype = getattr(torch, sys.argv[3] if len(sys.argv) > 3 else "float32")
start = time.perf_counter()
side = int(sys.argv[4]) if len(sys.argv) > 4 else 512
pipe = DiffusionPipeline.from_pretrained(model, torch_dtype=dtype)
pipe.set_progress_bar_config(disable=True)

def draw(side, steps):
    pipe("a photo of a lighthouse", num_inference_steps=steps, height=side, width=side, generator=torch.Generator("cpu").manual_seed(1))

draw(64, 1)  # mapped files are read now
print(f"load {time.perf_counter() - start:.2f}")
if what == "draw":
    start = time.perf_counter()
    draw(side, 2)
    print(f"draw {time.perf_counter() - start:.2f}")
print(f"resident {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")

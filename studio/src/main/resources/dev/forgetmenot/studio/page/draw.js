// Draw: a prompt and its settings, the job that is being done, and what was drawn before.
import { useEffect, useRef, useState } from "preact/hooks";
import { Drop, Field, NumberField, commands, duration, html, text, useAttempt, useDraft, useKeys, usePreview, useStored } from "/page/parts.js";
import { tags, untagged } from "/page/patches.js";
import { ask, send } from "/page/server.js";
import { Wipe, pairs } from "/page/wipe.js";

const EMPTY = {
  prompt: "",
  negativePrompt: "",
  sampler: "",
  steps: "20",
  guidance: "5",
  width: "",
  height: "",
  seed: "",
  count: "1",
  clipSkip: "1",
  secondPrompt: "",
  secondNegativePrompt: "",
  originalWidth: "",
  originalHeight: "",
  cropLeft: "",
  cropTop: "",
  targetWidth: "",
  targetHeight: "",
  initialImage: "",
  denoising: "0.75",
  mask: "",
};
// What models with two text encoders are told beside.
const SECOND_PROMPTS = ["secondPrompt", "secondNegativePrompt"];
const TOLD_SIZES = ["originalWidth", "originalHeight", "cropLeft", "cropTop", "targetWidth", "targetHeight"];
const DRAFT = "draw-draft";
const PAIR = "pair";

const hasTwoEncoders = (model) => Boolean(model && model.textEncoders > 1);

// A request as the server takes it: what is empty is left to it, and seeds stay texts. Patches are tags of the prompt.
function request(draft, on, model) {
  const body = { kind: "draw", prompt: [draft.prompt, tags(on)].filter((part) => part !== "").join(" ") };
  const two = hasTwoEncoders(model);
  for (const key of ["negativePrompt", "sampler", "seed", ...(two ? SECOND_PROMPTS : [])]) {
    if (draft[key] !== "") {
      body[key] = draft[key];
    }
  }
  const numbers = ["steps", "guidance", "width", "height", "count", "clipSkip", ...(two ? TOLD_SIZES : [])];
  if (draft.initialImage) {
    body.initialImage = draft.initialImage;
    numbers.push("denoising");
    if (draft.mask) {
      body.mask = draft.mask;
    }
  }
  for (const key of numbers) {
    if (draft[key] !== "") {
      body[key] = Number(draft[key]);
    }
  }
  return body;
}

// The settings of a job as a draft.
function settings(made, seed) {
  const draft = { ...EMPTY };
  for (const key of ["prompt", "negativePrompt", "sampler", "steps", "guidance", "width", "height", ...SECOND_PROMPTS, ...TOLD_SIZES]) {
    draft[key] = text(made[key]);
  }
  draft.clipSkip = text(made.clipSkip) || EMPTY.clipSkip;
  draft.seed = text(seed);
  return draft;
}

// An image to begin with, how much of it is drawn anew, and where: a mask is white there.
function Initial({ draft, change, add }) {
  const shown = (id, alt) => html`<img class="small" src=${`/api/v1/images/${id}.png`} alt=${alt} />`;
  return html`<details open=${draft.initialImage !== ""}><summary>Begin with an image</summary>
    ${draft.initialImage === ""
      ? html`<${Drop} one add=${(files) => add("initialImage", files)} accept="image/*" label="Image to begin with" words="Drop an image here, or" />`
      : html`<div class="form"><div class="row">${shown(draft.initialImage, "The image to begin with")}
            ${draft.mask && shown(draft.mask, "The mask: white is drawn anew")}</div>
          <${NumberField} label="Drawn anew (denoising strength)" name="denoising" value=${draft.denoising} min="0.01" max="1" step="0.01" set=${(denoising) => change({ denoising })} />
          ${draft.mask === "" && html`<${Drop} one add=${(files) => add("mask", files)} accept="image/*" label="Mask" words="Drop a mask here (white is drawn anew), or" />`}
          <button type="button" onClick=${() => change({ initialImage: "", mask: "" })}>Without an image</button></div>`}
  </details>`;
}

// What is seldom set: the layer of the text encoder, and what models with two of them are told.
function More({ draft, change, field, two }) {
  const words = (label, name) => html`<${Field} label=${label} name=${name}>
    <textarea id=${name} rows="1" value=${draft[name]} maxlength="8192" placeholder="the same"
      onInput=${(e) => change({ [name]: e.target.value })}></textarea><//>`;
  const pixels = (label, name, placeholder) => html`<${NumberField} label=${label} ...${field(name)} min="0" max="16384" placeholder=${placeholder} />`;
  const given = [...(two ? [...SECOND_PROMPTS, ...TOLD_SIZES] : []), "clipSkip"].some((name) => draft[name] !== EMPTY[name]);
  return html`<details open=${given}><summary>More settings</summary><div class="form">
    <div class="row"><${NumberField} label="Clip skip" ...${field("clipSkip")} min="1" max="12" /></div>
    ${two && html`${words("Prompt of the second text encoder", "secondPrompt")}
      ${words("Negative prompt of the second text encoder", "secondNegativePrompt")}
      <div class="row">${pixels("Original width", "originalWidth", "the image's")}${pixels("Original height", "originalHeight", "the image's")}
        ${pixels("Crop left", "cropLeft", "0")}</div>
      <div class="row">${pixels("Target width", "targetWidth", "the image's")}${pixels("Target height", "targetHeight", "the image's")}
        ${pixels("Crop top", "cropTop", "0")}</div>`}
  </div></details>`;
}

function Form({ draft, change, samplers, model, draw, prompt, on, compare, add }) {
  const names = Object.keys(on).sort();
  const field = (name) => ({ name, value: draft[name], set: (value) => change({ [name]: value }) });
  const own = model && model.imageSize ? String(model.imageSize) : "the model's";
  return html`<form class="form" onSubmit=${(e) => { e.preventDefault(); draw(); }}>
    <${Field} label="Prompt" name="prompt">
      <textarea id="prompt" rows="3" ref=${prompt} value=${draft.prompt} maxlength="8192"
        onInput=${(e) => change({ prompt: e.target.value })}></textarea><//>
    <${Field} label="Negative prompt" name="negativePrompt">
      <textarea id="negativePrompt" rows="1" value=${draft.negativePrompt} maxlength="8192"
        onInput=${(e) => change({ negativePrompt: e.target.value })}></textarea><//>
    <div class="row">
      <${Field} label="Sampler" name="sampler">
        <select id="sampler" value=${draft.sampler} onChange=${(e) => change({ sampler: e.target.value })}>
          <option value="">the model's own</option>
          ${samplers.map((one) => html`<option value=${text(one.name)} selected=${draft.sampler === one.name}>${text(one.label)}</option>`)}
        </select><//>
      <${NumberField} label="Steps" ...${field("steps")} min="1" max="150" />
      <${NumberField} label="Guidance" ...${field("guidance")} min="0" max="50" step="0.5" />
    </div>
    <div class="row">
      <${NumberField} label="Width" ...${field("width")} min="8" max="4096" step="8" placeholder=${own} />
      <${NumberField} label="Height" ...${field("height")} min="8" max="4096" step="8" placeholder=${own} />
      <${Field} label="Seed" name="seed">
        <input id="seed" inputmode="numeric" pattern="[0-9]*" placeholder="random" value=${draft.seed}
          onInput=${(e) => change({ seed: e.target.value.replace(/\D/g, "") })} /><//>
      <${NumberField} label="Images" ...${field("count")} min="1" max="16" />
    </div>
    <${More} draft=${draft} change=${change} field=${field} two=${hasTwoEncoders(model)} />
    <${Initial} draft=${draft} change=${change} add=${add} />
    <div class="row">
      <button class="main" type="submit">Draw</button>
      <button type="button" onClick=${compare} disabled=${names.length === 0}>Draw before and after</button>
      <button type="button" onClick=${() => change({ seed: "" })} disabled=${draft.seed === ""}>Random seed</button>
    </div>
    <p class="notice">${names.length === 0 ? "No patch is on. " : `On: ${names.map((name) => `${text(name)} ${on[name]}`).join(", ")}. `}
      <a href="#/patches">Patches</a></p>
  </form>`;
}

// The job that is being done. Previews are made when they are asked for, in a twentieth of its time.
function Running({ job, cancel }) {
  const progress = job.progress;
  const done = progress ? progress.done : 0;
  const url = usePreview(job, done);
  const words = !progress || progress.total === 0
    ? text(progress ? progress.stage : "begins")
    : `${text(progress.stage)}: ${progress.done} of ${progress.total}, ${duration(progress.secondsLeft)} left`;
  return html`<section class="card running" aria-label="Being drawn">
    ${url ? html`<img src=${url} alt="Preview" />` : html`<div class="blank"></div>`}
    <div><p>${text(job.title)}</p>
      <progress aria-label="Done" max=${progress ? Math.max(1, progress.total) : 1} value=${done}></progress>
      <p>${words}</p>
      <button onClick=${cancel}>Cancel</button></div>
  </section>`;
}

function Waiting({ jobs, cancel }) {
  return html`<ul class="waiting" aria-label="Waiting">${jobs.map((job) => html`<li key=${job.id}>
    <span>${text(job.title)}</span><button onClick=${() => cancel(job)}>Cancel</button></li>`)}</ul>`;
}

function Failed({ job, again, remove }) {
  return html`<section class="card failed" role="alert"><p>${text(job.error.sentence || job.error.detail)} <code>${text(job.error.code)}</code></p>
    <div class="row"><button onClick=${again}>Draw again</button><button onClick=${remove}>Remove</button></div></section>`;
}

function Viewer({ image, use, begin, close, remove }) {
  const [copied, setCopied] = useState(false);
  const button = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    const card = button.current.closest("section");
    return () => card.contains(document.activeElement) && before.focus();
  }, []);
  useEffect(() => { button.current.focus(); setCopied(false); }, [image.id]);
  const copy = async () => {
    await navigator.clipboard.writeText(image.infotext);
    setCopied(true);
  };
  return html`<section class="card viewer" aria-label="Image">
    <img src=${`/api/v1/images/${image.id}.png`} alt=${`Seed ${text(image.seed)}: ${text(image.infotext).slice(0, 120)}`} />
    <div><pre>${text(image.infotext) || "It does not say how it was made."}</pre>
      <div class="row">
        ${image.infotext !== "" && html`<button onClick=${() => use(true)}>Use all</button>
          <button onClick=${() => use(false)}>Use seed</button>
          <button onClick=${copy}>${copied ? "Copied" : "Copy recipe"}</button>`}
        <button onClick=${begin}>Begin with it</button>
        <a class="button" href=${`/api/v1/images/${image.id}.png`} download=${`${image.id}.png`}>Download</a>
        <button onClick=${remove}>Delete</button>
        <button ref=${button} onClick=${close}>Close</button>
      </div></div>
  </section>`;
}

function History({ images, open, chosen }) {
  const move = (event) => {
    const step = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key];
    const next = step && event.target.closest("li")[step];
    if (next) {
      next.querySelector("button").focus();
      event.preventDefault();
    }
  };
  return html`<section aria-label="Drawn before"><h2>Drawn before</h2>
    ${images.length === 0
      ? html`<p class="notice">Nothing yet. Give a prompt and press Draw, or Ctrl and Enter.</p>`
      : html`<ul class="history" onKeyDown=${move}>${images.map((image) => html`<li key=${image.id}>
          <button aria-pressed=${chosen === image.id} onClick=${() => open(image.id)}>
            <img loading="lazy" src=${`/api/v1/images/${image.id}.png`} alt=${text(image.infotext).slice(0, 120)} /></button></li>`)}</ul>`}
  </section>`;
}

// How an image was made: as its job has it, or of one that was sent or whose job is gone as its own text says.
async function recipe(image) {
  if (image.job) {
    try {
      return (await ask("GET", `jobs/${image.job}`)).request;
    } catch (refusal) {
      if (refusal.status !== 404) {
        throw refusal;
      }
    }
  }
  return ask("GET", `images/${image.id}/recipe`);
}

export function Draw({ now, look, stack }) {
  const jobs = now.jobs.filter((job) => job.kind === "draw");
  const [draft, change] = useDraft(DRAFT, EMPTY);
  const [samplers, setSamplers] = useState([]);
  const [problem, attempt] = useAttempt(look);
  const [chosen, setChosen] = useState(null);
  const [pair, setPair] = useStored(PAIR, null); // jobs whose images are laid over each other
  const prompt = useRef(null);
  const model = now.status && now.status.model;
  const state = model && model.state;
  useEffect(() => {
    if (state) {
      ask("GET", "samplers").then((all) => setSamplers(all.samplers)).catch(() => {});
    }
  }, [state]);
  const draw = () => attempt(() => ask("POST", "jobs", request(draft, stack.on, model)));
  const compare = () => attempt(async () => {
    const seed = draft.seed || String(Math.floor(Math.random() * 2 ** 31));
    const before = await ask("POST", "jobs", request({ ...draft, seed }, {}, model));
    const after = await ask("POST", "jobs", request({ ...draft, seed }, stack.on, model));
    setPair({ before: before.id, after: after.id });
  });
  const add = (key, files) => attempt(async () => {
    const image = await send("images", files[0]);
    change({ [key]: image.id });
  });
  const open = (files) => attempt(async () => {
    for (const file of files) {
      setChosen((await send("images", file)).id);
    }
  });
  const compared = pair ? pairs(now.images, pair) : [];
  const cancel = (job) => attempt(() => ask("POST", `jobs/${job.id}/cancel`));
  const remove = (job) => attempt(() => ask("DELETE", `jobs/${job.id}`));
  const running = jobs.find((job) => job.state === "running");
  const waiting = jobs.filter((job) => job.state === "queued").reverse();
  const last = jobs.find((job) => job.state !== "running" && job.state !== "queued");
  const failed = last && (last.state === "failed" || last.state === "interrupted") ? last : null;
  const image = now.images.find((one) => one.id === chosen);
  const use = async (all) => {
    await attempt(async () => {
      if (!all) {
        change({ seed: text(image.seed) });
        return;
      }
      const made = await recipe(image);
      const [words, on] = untagged(text(made.prompt));
      change(settings({ ...made, prompt: words }, image.seed));
      stack.replace(on);
    });
    prompt.current.focus();
  };
  useKeys((event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      draw();
    } else if (event.key === "X" && commands(event) && running) {
      cancel(running);
    } else if (event.key === "/" && commands(event)) {
      prompt.current.focus();
    } else if (event.key === "Escape") {
      setChosen(null);
    } else {
      return;
    }
    event.preventDefault();
  });
  return html`<main id="main">
    <h1>Draw</h1>
    <div class="columns">
      <div><${Form} draft=${draft} change=${change} samplers=${samplers} model=${model} draw=${draw} prompt=${prompt}
          on=${stack.on} compare=${compare} add=${add} />
        ${problem && html`<p role="alert" class="problem">${text(problem)}</p>`}
        ${state === "loading" && html`<p class="notice">The model is being loaded; what you draw waits for it.</p>`}</div>
      <div>
        ${running && html`<${Running} key=${running.id} job=${running} cancel=${() => cancel(running)} />`}
        ${waiting.length > 0 && html`<${Waiting} jobs=${waiting} cancel=${cancel} />`}
        ${failed && html`<${Failed} job=${failed} remove=${() => remove(failed)}
          again=${() => attempt(() => ask("POST", "jobs", request(settings(failed.request, failed.request.seed), {}, model)))} />`}
        ${compared.length > 0 && html`<${Wipe} all=${compared} close=${() => setPair(null)} />`}
        <${Drop} add=${open} accept="image/*" label="Images to look at" words="Drop an image here to see its recipe, or" />
        ${image && html`<${Viewer} image=${image} use=${use} begin=${() => change({ initialImage: image.id, mask: "" })} close=${() => setChosen(null)}
          remove=${() => attempt(async () => { setChosen(null); await ask("DELETE", `images/${image.id}`); })} />`}
      </div>
    </div>
    <${History} images=${now.images} chosen=${chosen} open=${(id) => setChosen(id === chosen ? null : id)} />
    <p class="visually-hidden" role="status">${running ? "An image is being drawn." : ""}</p>
  </main>`;
}

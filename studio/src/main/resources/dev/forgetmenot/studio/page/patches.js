// Patches: what there is, what is on, and how strongly. The set goes with each drawing as tags of its prompt.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Grid, start as startGrid } from "/page/grid.js";
import { Drop, Field, Jobs, html, size, text, typed, useAttempt, useKeys, useStored } from "/page/parts.js";
import { ask, send } from "/page/server.js";

const STACK = "stack";
const STEP = 0.05;
const UNDONE = 50; // changes that can be taken back

// The patches that are on, by name, with their strengths; what was before each change can be had again.
export function useStack() {
  const [stack, put] = useStored(STACK, {});
  const before = useRef([]);
  const replace = (next) => {
    before.current = [...before.current, stack].slice(-UNDONE);
    put(next);
  };
  const set = (name, strength) => {
    const { [name]: ignored, ...others } = stack;
    replace(strength === null ? others : { ...others, [name]: strength });
  };
  const undo = () => {
    if (before.current.length > 0) {
      put(before.current[before.current.length - 1]);
      before.current = before.current.slice(0, -1);
    }
  };
  return { on: stack, set, undo, replace, canUndo: before.current.length > 0 };
}

// Tags as a prompt has them; names in order, since the order of patches changes nothing.
export const tags = (on) =>
  Object.keys(on).sort().map((name) => `<patch:${name}:${on[name]}>`).join(" ");

const TAG = /\s*<patch:([^<>:]+)(?::([-+.\d]+))?>/g;

// A prompt without the tags of patches, and these patches.
export function untagged(prompt) {
  const on = {};
  const rest = prompt.replace(TAG, (tag, name, strength) => {
    on[name] = strength === undefined ? 1 : Number(strength);
    return "";
  });
  return [rest.trim(), on];
}

// The patches that are on as the server names them.
export async function cards(on) {
  const { patches } = await ask("GET", "patches");
  return patches.filter((card) => on[card.name] !== undefined).map((card) => ({ id: card.id, strength: on[card.name] }));
}

const rounded = (value) => Math.round(value / STEP) * STEP;

function Strength({ card, strength, set }) {
  const { min, max } = card.strength;
  const id = `strength-${card.id}`;
  const give = (value) => set(Math.min(max, Math.max(min, Number(rounded(value).toFixed(2)))));
  return html`<div class="strength">
    <label for=${id}>Strength</label>
    <input id=${id} type="range" min=${min} max=${max} step=${STEP} value=${strength}
      onInput=${(e) => give(Number(e.target.value))} onDblClick=${() => give(card.strength.default)} />
    <input type="number" aria-label=${`Strength of ${text(card.name)}`} min=${min} max=${max} step=${STEP} value=${strength}
      onChange=${(e) => give(Number(e.target.value))} />
  </div>`;
}

// What the patch itself shows: drawn without it, and with it.
function Previews({ card }) {
  return card.previews.length > 0 && html`<div class="previews">${card.previews.map((one, i) => html`<figure key=${i}>
    <img src=${`/api/v1/patches/${card.id}/previews/${i}`} loading="lazy" alt=${`${text(one.prompt)}, ${SIDES[one.side]}`} title=${`${text(one.prompt)}, seed ${one.seed}`} />
    <figcaption>${SIDES[one.side]}${one.side === "after" && one.strength !== 1 ? ` × ${one.strength}` : ""}</figcaption></figure>`)}</div>`;
}

const SIDES = { before: "without", after: "with" };

// A patch that nobody whom the user trusts has signed is asked about before it is put on.
function Card({ card, stack, remove, sign, save, grid }) {
  const [asked, setAsked] = useState(false);
  const strength = stack.on[card.name];
  const on = strength !== undefined;
  const fits = card.base.fits !== false;
  const usable = fits && !card.trust.refused;
  const put = () => {
    if (!card.trust.trusted && card.removable && !asked) {
      setAsked(true);
      return;
    }
    setAsked(false);
    stack.set(card.name, card.strength.default);
  };
  const concepts = (card.concepts || []).map((one) => text(one.label)).join(", ");
  return html`<li class=${on ? "card patch on" : "card patch"}>
    <h2>${text(card.title)} <small>${text(card.version)}</small></h2>
    <p>${text(card.operation)} ${concepts} · ${text(card.method)} · ${size(card.bytes)}</p>
    <${Previews} card=${card} />
    ${card.description && html`<p class="notice">${text(card.description)}</p>`}
    <p><span class=${card.trust.trusted ? "chip good" : "chip"}>${card.trust.trusted ? "✓" : "!"} ${text(card.trust.words)}</span>
      <span class=${fits ? "chip" : "chip bad"}>${card.base.fits === undefined
        ? `made on ${text(card.base.label)}`
        : fits ? "fits this model" : `does not fit: made for ${text(card.base.architecture)}`}</span></p>
    ${(card.statements || []).map((one) => html`<p class="notice" key=${one.words}>${one.trusted ? "✓" : "!"} ${text(one.words)}</p>`)}
    ${on && html`<${Strength} card=${card} strength=${strength} set=${(value) => stack.set(card.name, value)} />`}
    ${asked && html`<p role="alert">It is ${text(card.trust.words)}. Who made it may have put other changes into it than it says.</p>`}
    <div class="row">
      ${on
        ? html`<button onClick=${() => stack.set(card.name, null)}>Take off</button>`
        : html`<button disabled=${!usable} onClick=${put}>${asked ? "Put on all the same" : "Put on"}</button>`}
      ${asked && html`<button class="main" onClick=${() => setAsked(false)}>Do not use</button>`}
      <a class="button" href=${`/api/v1/patches/${card.id}/file`} download>Download</a>
      <button onClick=${save}>As a LoRA</button>
      ${usable && html`<button onClick=${grid}>Grid</button>`}
      ${card.signable && html`<button onClick=${sign}>Sign</button>`}
      ${card.removable && !on && html`<button onClick=${remove}>Delete</button>`}
    </div>
  </li>`;
}

// How two patches meet: 1 adds up, 0 has nothing to do with each other, -1 undoes each other.
function Meeting({ job, remove }) {
  const { patches = [], pairs = [] } = job.result.stack || {};
  return html`<section class="card" aria-label="Stack">
    <h2>${text(job.title)}</h2>
    <table tabindex="0"><thead><tr><th>Patch</th><th>Strength</th><th>Left when alone</th><th>Left in the stack</th></tr></thead>
      <tbody>${patches.map((one) => html`<tr key=${one.name}><td>${text(one.name)}</td><td>${one.strength}</td>
        <td>${share(one.alone)}</td><td>${share(one.inStack)}</td></tr>`)}</tbody></table>
    ${pairs.length > 0 && html`<table tabindex="0"><thead><tr><th>Pair</th><th>Weights of both</th><th>Cosine</th><th>Overlap</th></tr></thead>
      <tbody>${pairs.map((one) => html`<tr key=${`${one.first} ${one.second}`}><td>${text(patches[one.first].name)}, ${text(patches[one.second].name)}</td>
        <td>${one.shared}</td><td>${number(one.cosine)}</td><td>${number(one.overlap)}</td></tr>`)}</tbody></table>`}
    <div class="row"><a class="button main" href=${`/api/v1/jobs/${job.id}/file`} download>Download ${text(job.result.file)}</a>
      <button onClick=${remove}>Remove from this list</button></div></section>`;
}

const number = (value) => (value === undefined ? "–" : value.toFixed(2));
const share = (value) => (value === undefined ? "–" : `${Math.round(100 * value)} %`);

// What became of a patch of another tool's file, of an export, or of a copy of the model.
function Made({ job, remove }) {
  const { file, name, model, lines = [] } = job.result;
  return html`<section class="card" aria-label="Result"><h2>${text(job.title)}</h2>
    <ul class="lines">${lines.map((line, i) => html`<li key=${i}>${text(line)}</li>`)}</ul>
    ${name && html`<p>It is among the patches as ${text(name)}.</p>`}
    ${model && html`<p>It is <code>models/${text(model)}</code> in the folder that the server named when it started; any tool reads it, and <code>fmn --model</code> does.</p>`}
    <div class="row">${file && html`<a class="button main" href=${`/api/v1/jobs/${job.id}/file`} download>Download ${text(file)}</a>`}
      <button onClick=${remove}>Remove from this list</button></div></section>`;
}

// By which key patches are signed here; where there is none, one is made in the name of whoever asks.
function Signing({ signer, make }) {
  const [label, setLabel] = useState("");
  return signer.id
    ? html`<p class="notice">Patches are signed here by ${text(signer.label || "the key")} <code>${text(signer.id)}</code>.
        Whoever gets them needs the public key once: <a href="/api/v1/key/public" download>download it</a>.</p>`
    : html`<details><summary>Sign patches</summary><form class="row end" onSubmit=${(e) => { e.preventDefault(); make(label); }}>
        <${Field} label="Your name, for those who get them" name="signer"><input id="signer" required maxlength="96" value=${label}
          onInput=${(e) => setLabel(e.target.value)} /><//>
        <button>Make a key</button></form></details>`;
}

const JOBS = ["stack", "import", "export", "bake"];

// What can be done with all patches that are on.
function Together({ attempt, on }) {
  const [name, setName] = useState("");
  const start = (body) => attempt(async () => ask("POST", "jobs", { ...body, patches: await cards(on) }));
  return html`<details><summary>All that are on together</summary><div class="row end">
    <button onClick=${() => start({ kind: "stack" })}>Check and save as .fmnstack</button>
    <${Field} label="Name of a copy of the model" name="copy"><input id="copy" value=${name} placeholder="patched" onInput=${(e) => setName(e.target.value)} /><//>
    <button onClick=${() => start(name ? { kind: "bake", name } : { kind: "bake" })}>Write a copy of the model with them in it</button></div></details>`;
}

export function Patches({ stack, model, jobs, look, images }) {
  const [now, setNow] = useState({ patches: null, broken: [] });
  const [signer, setSigner] = useState(null); // before the server has said it
  const [problem, attempt] = useAttempt(useCallback(async () => {
    setNow(await ask("GET", "patches"));
    setSigner(await ask("GET", "key"));
    await look();
  }, [look]));
  const [grid, setGrid] = useStored("grid", null);
  const state = model && model.state;
  const mine = jobs.filter((job) => JOBS.includes(job.kind));
  const ended = mine.filter((job) => job.state === "done").length;
  useEffect(() => { attempt(async () => {}); }, [state, ended]);
  const add = (files) => attempt(async () => {
    for (const file of files) {
      await send(/\.fmnpatch$/i.test(file.name) ? "patches" : `imports?name=${encodeURIComponent(file.name)}`, file);
    }
  });
  useKeys((event) => {
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && !typed(event)) {
      stack.undo();
      event.preventDefault();
    }
  });
  const all = now.patches || [];
  const known = new Set(all.map((card) => card.name));
  const lost = now.patches ? Object.keys(stack.on).filter((name) => !known.has(name)) : [];
  return html`<main id="main"><h1>Patches</h1>
    <${Drop} add=${add} accept=".fmnpatch,.safetensors" label="Patch files" words="Drop .fmnpatch files, LoRAs or embeddings here, or" />
    ${problem && html`<p role="alert" class="problem">${text(problem)}</p>`}
    ${lost.map((name) => html`<p role="alert" class="problem" key=${name}>${text(name)} is on and is not here any more.
      <button onClick=${() => stack.set(name, null)}>Take off</button></p>`)}
    <div class="row line"><p class="notice">Patches that are on are put on the base for each drawing, in any order with the same bits, and come off again.</p>
      <button onClick=${stack.undo} disabled=${!stack.canUndo}>Undo</button></div>
    ${now.patches && all.length === 0 && html`<p class="notice">There is none yet. <a href="#/forget">Forget</a> makes one.</p>`}
    ${Object.keys(stack.on).length > 0 && html`<${Together} attempt=${attempt} on=${stack.on} />`}
    ${signer && all.length > 0 && html`<${Signing} signer=${signer} make=${(label) => attempt(() => ask("POST", "key", { label }))} />`}
    <${Jobs} jobs=${mine} attempt=${attempt} shown=${(job, remove) => html`<${job.kind === "stack" ? Meeting : Made} job=${job} remove=${remove} />`} />
    ${grid && html`<${Grid} grid=${grid} images=${images} jobs=${jobs} close=${() => setGrid(null)} />`}
    <ul class="patches">${all.map((card) => html`<${Card} key=${card.id} card=${card} stack=${stack}
      remove=${() => attempt(() => ask("DELETE", `patches/${card.id}`))}
      sign=${() => attempt(() => ask("POST", `patches/${card.id}/sign`))}
      save=${() => attempt(() => ask("POST", "jobs", { kind: "export", patch: card.id }))}
      grid=${() => attempt(async () => setGrid(await startGrid(card, stack.on)))} />`)}</ul>
    ${now.broken.map((one) => html`<p class="problem" key=${one.name}>${text(one.name)} cannot be read: ${text(one.detail)} <code>${text(one.code)}</code></p>`)}
  </main>`;
}

// Patches: what there is, what is on, and how strongly. The set goes with each drawing as tags of its prompt.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { html, size, text, useAttempt, useStored } from "/page/parts.js";
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

// A patch that nobody whom the user trusts has signed is asked about before it is put on.
function Card({ card, stack, remove, sign }) {
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
    ${card.description && html`<p class="notice">${text(card.description)}</p>`}
    <p><span class=${card.trust.trusted ? "chip good" : "chip"}>${card.trust.trusted ? "✓" : "!"} ${text(card.trust.words)}</span>
      <span class=${fits ? "chip" : "chip bad"}>${card.base.fits === undefined
        ? `made on ${text(card.base.label)}`
        : fits ? "fits this model" : `does not fit: made for ${text(card.base.architecture)}`}</span></p>
    ${on && html`<${Strength} card=${card} strength=${strength} set=${(value) => stack.set(card.name, value)} />`}
    ${asked && html`<p role="alert">It came over this page and is ${text(card.trust.words)}. Who made it may have put other changes into it than it says.</p>`}
    <div class="row">
      ${on
        ? html`<button onClick=${() => stack.set(card.name, null)}>Take off</button>`
        : html`<button disabled=${!usable} onClick=${put}>${asked ? "Put on all the same" : "Put on"}</button>`}
      ${asked && html`<button class="main" onClick=${() => setAsked(false)}>Do not use</button>`}
      <a class="button" href=${`/api/v1/patches/${card.id}/file`} download>Download</a>
      ${card.signable && html`<button onClick=${sign}>Sign</button>`}
      ${card.removable && !on && html`<button onClick=${remove}>Delete</button>`}
    </div>
  </li>`;
}

function Drop({ add }) {
  const [over, setOver] = useState(false);
  const file = useRef(null);
  const stop = (event, inside) => {
    event.preventDefault();
    setOver(inside);
  };
  return html`<div class=${over ? "drop over" : "drop"} onDragOver=${(e) => stop(e, true)} onDragLeave=${(e) => stop(e, false)}
    onDrop=${(e) => { stop(e, false); add([...e.dataTransfer.files]); }}>
    <p>Drop .fmnpatch files here, or</p>
    <button onClick=${() => file.current.click()}>Choose files</button>
    <input ref=${file} class="visually-hidden" type="file" accept=".fmnpatch" multiple tabindex="-1" aria-label="Patch files"
      onChange=${(e) => { add([...e.target.files]); e.target.value = ""; }} />
  </div>`;
}

// How two patches meet: 1 adds up, 0 has nothing to do with each other, -1 undoes each other.
function Meeting({ job, remove }) {
  const { patches = [], pairs = [] } = job.result.stack || {};
  return html`<section class="card" aria-label="Stack">
    <h2>${text(job.title)}</h2>
    <table><thead><tr><th>Patch</th><th>Strength</th><th>Left when alone</th><th>Left in the stack</th></tr></thead>
      <tbody>${patches.map((one) => html`<tr key=${one.name}><td>${text(one.name)}</td><td>${one.strength}</td>
        <td>${share(one.alone)}</td><td>${share(one.inStack)}</td></tr>`)}</tbody></table>
    ${pairs.length > 0 && html`<table><thead><tr><th>Pair</th><th>Weights of both</th><th>Cosine</th><th>Overlap</th></tr></thead>
      <tbody>${pairs.map((one) => html`<tr key=${`${one.first} ${one.second}`}><td>${text(patches[one.first].name)}, ${text(patches[one.second].name)}</td>
        <td>${one.shared}</td><td>${number(one.cosine)}</td><td>${number(one.overlap)}</td></tr>`)}</tbody></table>`}
    <div class="row"><a class="button main" href=${`/api/v1/jobs/${job.id}/file`} download>Download ${text(job.result.file)}</a>
      <button onClick=${remove}>Remove from this list</button></div></section>`;
}

const number = (value) => (value === undefined ? "–" : value.toFixed(2));
const share = (value) => (value === undefined ? "–" : `${Math.round(100 * value)} %`);

export function Patches({ stack, model, jobs, refresh }) {
  const [now, setNow] = useState({ patches: null, broken: [] });
  const look = useCallback(async () => setNow(await ask("GET", "patches")), []);
  const [problem, attempt] = useAttempt(look);
  const state = model && model.state;
  useEffect(() => { attempt(async () => {}); }, [state]);
  const stacks = jobs.filter((job) => job.kind === "stack");
  const removeJob = (job) => attempt(async () => { await ask("DELETE", `jobs/${job.id}`); refresh(); });
  const save = () => attempt(async () => {
    const on = now.patches.filter((card) => stack.on[card.name] !== undefined)
      .map((card) => ({ id: card.id, strength: stack.on[card.name] }));
    await ask("POST", "jobs", { kind: "stack", patches: on });
    refresh();
  });
  const add = (files) => attempt(async () => {
    for (const file of files) {
      await send("patches", file);
    }
  });
  useEffect(() => {
    const pressed = (event) => {
      if (event.key === "z" && (event.ctrlKey || event.metaKey) && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
        stack.undo();
        event.preventDefault();
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
  const cards = now.patches || [];
  const known = new Set(cards.map((card) => card.name));
  const lost = now.patches ? Object.keys(stack.on).filter((name) => !known.has(name)) : [];
  return html`<main id="main"><h1>Patches</h1>
    <${Drop} add=${add} />
    ${problem && html`<p role="alert" class="problem">${text(problem)}</p>`}
    ${lost.map((name) => html`<p role="alert" class="problem" key=${name}>${text(name)} is on and is not here any more.
      <button onClick=${() => stack.set(name, null)}>Take off</button></p>`)}
    <div class="row line"><p class="notice">Patches that are on are put on the base for each drawing, in any order with the same bits, and come off again.</p>
      <button onClick=${stack.undo} disabled=${!stack.canUndo}>Undo</button></div>
    ${now.patches && cards.length === 0 && html`<p class="notice">There is none yet. <code>fmn forget NAME</code> makes one.</p>`}
    ${Object.keys(stack.on).length > 0 && html`<div class="row"><button onClick=${save}>Check and save as .fmnstack</button></div>`}
    ${stacks.map((job) => job.state === "done"
      ? html`<${Meeting} key=${job.id} job=${job} remove=${() => removeJob(job)} />`
      : html`<p key=${job.id} class=${job.error ? "problem" : "notice"}>${text(job.title)}: ${text(job.error ? job.error.detail : job.progress ? job.progress.stage : job.state)}
          ${job.error && html`<button onClick=${() => removeJob(job)}>Remove from this list</button>`}</p>`)}
    <ul class="patches">${cards.map((card) => html`<${Card} key=${card.id} card=${card} stack=${stack}
      remove=${() => attempt(() => ask("DELETE", `patches/${card.id}`))}
      sign=${() => attempt(() => ask("POST", `patches/${card.id}/sign`))} />`)}</ul>
    ${now.broken.map((one) => html`<p class="problem" key=${one.name}>${text(one.name)} cannot be read: ${text(one.detail)} <code>${text(one.code)}</code></p>`)}
  </main>`;
}

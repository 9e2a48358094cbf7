// Forget and Correct: what, how, what it would take, and what came of it.
import { useEffect, useState } from "preact/hooks";
import { Drop, Field, Jobs, NumberField, duration, html, text, useAttempt, useDraft } from "/page/parts.js";
import { ask, send } from "/page/server.js";

const WORDS = {
  forget: {
    title: "Forget",
    what: "What should it forget?",
    hint: "A name as prompts have it, such as merlin; several one a line.",
    done: "The model under this patch does not draw it any more, as far as the judges below see.",
  },
  correct: {
    title: "Correct",
    what: "Which word shows one thing alone?",
    hint: "A general word, such as wizard, that should show its other instances too.",
    done: "The word under this patch shows more than its dominant instance, as far as the judges below see.",
  },
};
const TYPES = [["", "as the vocabulary says"], ["identity", "a person or character"], ["object", "a thing"], ["style", "a style"]];

const EMPTY = { names: "", type: "", method: "", settings: {}, anyName: false, reportImages: "", previews: "", said: {} };

// What its author says of a patch: the name of the field, words, and whether it is a list.
const SAID = [
  ["authors", "Authors, one a line", true],
  ["license", "Licence (SPDX)", false],
  ["patchVersion", "Version", false],
  ["reason", "Why it was made", false],
  ["requestedBy", "Who asked for it", false],
  ["requires", "Patches that must be on with it, one a line", true],
  ["conflictsWith", "Patches that must not be, one a line", true],
  ["supersedes", "Patches that it takes the place of, one a line", true],
];

function request(operation, draft, method, dryRun) {
  const known = new Set((method ? method.settings : []).map((one) => one.name));
  const settings = Object.fromEntries(Object.entries(draft.settings).filter(([name, value]) => known.has(name) && value !== "" && value.length !== 0));
  const body = { kind: operation, concepts: lines(draft.names), settings };
  for (const key of ["type", "method"]) {
    if (draft[key]) {
      body[key] = draft[key];
    }
  }
  if (draft.anyName) {
    body.anyName = true;
  }
  if (draft.previews) {
    body.previews = Number(draft.previews);
  }
  if (draft.reportImages) {
    body.reportImages = Number(draft.reportImages);
  }
  for (const [key, , list] of SAID) {
    if (draft.said[key]) {
      body[key] = list ? lines(draft.said[key]) : draft.said[key];
    }
  }
  return dryRun ? { ...body, dryRun: true } : body;
}

// Images to learn from: they are sent, and their ids are the setting.
function Images({ id, spec, value = [], set }) {
  const [problem, setProblem] = useState("");
  const add = async (files) => {
    try {
      const sent = [];
      for (const file of files) {
        sent.push((await send("images", file)).id);
      }
      setProblem("");
      set([...value, ...sent]);
    } catch (refusal) {
      setProblem(refusal.message);
    }
  };
  return html`<div class="field"><span>${spec.name}</span>
    <${Drop} add=${add} accept="image/*" label=${spec.name} words="Drop photos of it here, or" />
    <div class="row">${value.map((one) => html`<button type="button" key=${one} aria-label="Leave this image out" onClick=${() => set(value.filter((other) => other !== one))}>
      <img class="small" src=${`/api/v1/images/${one}.png`} alt="" /></button>`)}</div>
    <small id=${`${id}-help`}>${text(spec.help)}</small>
    ${problem && html`<p role="alert" class="problem">${text(problem)}</p>`}</div>`;
}

function Setting({ spec, value, set }) {
  const id = `setting-${spec.name}`;
  if (spec.type === "images") {
    return html`<${Images} id=${id} spec=${spec} value=${value || []} set=${set} />`;
  }
  const usual = spec.default === undefined ? "" : text(spec.default).replaceAll("\n", ", ");
  const choices = spec.type === "flag" ? ["true", "false"] : spec.type === "choice" ? spec.choices : null;
  return html`<${Field} label=${spec.name} name=${id}>
    ${choices
      ? html`<select id=${id} aria-describedby=${`${id}-help`} onChange=${(e) => set(e.target.value)}>
          <option value="" selected=${!value}>${usual || "as usual"}</option>
          ${choices.map((one) => html`<option value=${one} selected=${value === one}>${text(one)}</option>`)}</select>`
      : spec.type === "list"
        ? html`<textarea id=${id} rows="2" aria-describedby=${`${id}-help`} placeholder=${usual || "one a line"} value=${value || ""} onInput=${(e) => set(e.target.value)}></textarea>`
        : html`<input id=${id} aria-describedby=${`${id}-help`} type=${spec.type === "text" ? "text" : "number"} step=${spec.type === "integer" ? 1 : "any"}
            min=${spec.min} max=${spec.max} placeholder=${usual} value=${value || ""} onInput=${(e) => set(e.target.value)} />`}
    <small id=${`${id}-help`}>${text(spec.help)}</small><//>`;
}

// What stands near to the concept and could be harmed; those that are ticked are kept.
function Near({ near, spec, draft, change }) {
  const kept = lines(draft.settings.keep);
  const toggle = (phrase) => {
    const next = kept.includes(phrase) ? kept.filter((one) => one !== phrase) : [...kept, phrase];
    change({ settings: { ...draft.settings, keep: next.join("\n") } });
  };
  return html`<fieldset><legend>Near to it: tick what must stay</legend>
    ${near.map((one) => html`<label class="tick" key=${`${one.concept} ${one.phrase}`}>
      <input type="checkbox" disabled=${!spec} checked=${kept.includes(one.phrase)} onChange=${() => toggle(one.phrase)} />
      <span>${text(one.phrase)} <small>${one.cosine.toFixed(2)}</small></span></label>`)}
    ${!spec && html`<p class="notice">This method has no setting for it.</p>`}</fieldset>`;
}

const lines = (value) => (value || "").split("\n").map((one) => one.trim()).filter(Boolean);

// Lines of the command line, of which those of three columns are a table: what, before, after.
function Lines({ lines }) {
  const rows = lines.map((line) => line.split(/ {2,}/));
  const [head, ...counts] = rows.filter((row) => row.length === 3);
  return html`${head && html`<table tabindex="0" aria-label="Before and after">
      <thead><tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr></thead>
      <tbody>${counts.map((row, i) => html`<tr key=${i}>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`}
    <ul class="lines">${lines.filter((_, i) => rows[i].length !== 3).map((line, i) => html`<li key=${i}>${line}</li>`)}</ul>`;
}

function Done({ job, words, stack, remove, method, draft, change }) {
  const { patch, name, sheet, near = [], lines = [], seconds } = job.result;
  const on = name !== undefined && stack.on[name] !== undefined;
  return html`<section class="card" aria-label="Result">
    <h2>${text(job.title)}</h2>
    ${patch && html`<p>${lines[0] === "not measured" ? "What it does was not measured." : words.done} It took ${duration(seconds)}.</p>`}
    ${sheet && html`<a href=${`/api/v1/jobs/${job.id}/sheet`} target="_blank" rel="noopener"><img class="sheet" src=${`/api/v1/jobs/${job.id}/sheet`} alt="Images before and after" /></a>`}
    <${Lines} lines=${lines.map(text)} />
    ${near.length > 0 && html`<${Near} near=${near} spec=${method && method.settings.find((one) => one.name === "keep")} draft=${draft} change=${change} />`}
    <div class="row">
      ${patch && html`<button class="main" disabled=${on} onClick=${() => { stack.set(name, 1); location.hash = "#/draw"; }}>${on ? "It is on" : "Put on and draw"}</button>
        <a class="button" href=${`/api/v1/patches/${patch}/file`} download>Download</a>`}
      <button onClick=${remove}>Remove from this list</button>
    </div></section>`;
}

export function Edit({ operation, jobs, model, look, stack }) {
  const words = WORDS[operation];
  const [draft, change] = useDraft(`${operation}-draft`, EMPTY);
  const [methods, setMethods] = useState([]);
  const [known, setKnown] = useState([]);
  const [problem, attempt] = useAttempt(look);
  const state = model && model.state;
  useEffect(() => {
    if (state === "ready") {
      ask("GET", `methods?operation=${operation}`).then((all) => setMethods(all.methods)).catch(() => {});
      ask("GET", "concepts").then((all) => setKnown(operation === "forget" ? all.concepts : all.generalWords)).catch(() => {});
    }
  }, [state, operation]);
  const method = methods.find((one) => one.name === draft.method) || methods[0];
  const start = (dryRun) => attempt(() => ask("POST", "jobs", request(operation, draft, method, dryRun)));
  const mine = jobs.filter((job) => job.kind === operation);
  return html`<main id="main"><h1>${words.title}</h1>
    <div class="columns">
      <form class="form" onSubmit=${(e) => { e.preventDefault(); start(false); }}>
        <${Field} label=${words.what} name="names">
          <textarea id="names" rows="2" required value=${draft.names} aria-describedby="names-help" onInput=${(e) => change({ names: e.target.value })}></textarea>
          <small id="names-help">${words.hint}</small><//>
        ${known.length > 0 && html`<details><summary>What this model is known to draw (${known.length})</summary>
          <p class="names">${known.map((name) => html`<button type="button" key=${name} onClick=${() => change({ names: name })}>${text(name)}</button>`)}</p></details>`}
        <${Field} label="It is" name="type"><select id="type" onChange=${(e) => change({ type: e.target.value })}>
          ${TYPES.map(([value, label]) => html`<option value=${value} selected=${draft.type === value}>${label}</option>`)}</select><//>
        <label class="tick"><input type="checkbox" checked=${draft.anyName} onChange=${(e) => change({ anyName: e.target.checked })} />
          <span>Take a name that is not known</span></label>
        <${Field} label="Method" name="method"><select id="method" aria-describedby="method-help" onChange=${(e) => change({ method: e.target.value })}>
          ${methods.map((one) => html`<option value=${one.name} selected=${method === one}>${text(one.name)}</option>`)}</select>
          <small id="method-help">${method ? text(method.summary) : "Methods are there when the model is."}</small><//>
        ${method && html`<details><summary>Settings of ${text(method.name)}</summary><div class="form">${method.settings.map((spec) => html`<${Setting}
          key=${`${method.name}-${spec.name}`} spec=${spec} value=${draft.settings[spec.name]}
          set=${(value) => change({ settings: { ...draft.settings, [spec.name]: value } })} />`)}</div></details>`}
        <details><summary>Report and what the patch says of itself</summary><div class="form">
          <${NumberField} label="Images of each concept, before and after" name="reportImages" min="1" max="1000" placeholder="as usual"
            value=${draft.reportImages} set=${(reportImages) => change({ reportImages })} />
          <${NumberField} label="Pairs of them that go into the patch, for its card" name="previews" min="0" max="4" placeholder="0"
            value=${draft.previews} set=${(previews) => change({ previews })} />
          ${SAID.map(([key, label, list]) => html`<${Field} key=${key} label=${label} name=${`said-${key}`}>
            ${list
              ? html`<textarea id=${`said-${key}`} rows="1" value=${draft.said[key] || ""} onInput=${(e) => change({ said: { ...draft.said, [key]: e.target.value } })}></textarea>`
              : html`<input id=${`said-${key}`} value=${draft.said[key] || ""} onInput=${(e) => change({ said: { ...draft.said, [key]: e.target.value } })} />`}<//>`)}</div></details>
        <div class="row"><button class="main" disabled=${!method}>${words.title}</button>
          <button type="button" disabled=${!method} onClick=${() => start(true)}>What would it take?</button></div>
        ${problem && html`<p role="alert" class="problem">${text(problem)}</p>`}
        ${state === "loading" && html`<p class="notice">The model is being loaded.</p>`}
      </form>
      <div aria-live="polite">
        <${Jobs} jobs=${mine} attempt=${attempt} shown=${(job, remove) => html`<${Done} job=${job} words=${words} stack=${stack}
          method=${method} draft=${draft} change=${change} remove=${remove} />`} />
        ${mine.length === 0 && html`<p class="notice">Nothing yet. It takes from seconds to some minutes; this page may be closed meanwhile.</p>`}
      </div>
    </div></main>`;
}

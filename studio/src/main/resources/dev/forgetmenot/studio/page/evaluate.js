// Evaluate: whether the patches that are on do what they say, what that cost, and the report.
import { useEffect, useState } from "preact/hooks";
import { Field, Jobs, NumberField, html, text, useAttempt, useDraft } from "/page/parts.js";
import { cards } from "/page/patches.js";
import { ask } from "/page/server.js";

const EMPTY = { list: "", concepts: "", evaluators: [], seeds: "4" };

// A request as the server takes it: what is empty is left to it.
function request(draft, on, dryRun) {
  const body = {
    kind: "evaluate",
    patches: on,
    concepts: draft.concepts.split("\n").map((name) => name.trim()).filter(Boolean),
    evaluators: draft.evaluators,
  };
  if (draft.list) {
    body.list = draft.list;
  }
  if (draft.seeds) {
    body.seeds = Number(draft.seeds);
  }
  return dryRun ? { ...body, dryRun: true } : body;
}

function Chosen({ evaluators, draft, change }) {
  const usual = draft.evaluators.length === 0;
  const chosen = usual ? evaluators.filter((one) => one.byDefault).map((one) => one.name) : draft.evaluators;
  const toggle = (name) => change({
    evaluators: chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name],
  });
  return html`<fieldset><legend>What is measured</legend>
    <p class="notice">${usual ? "All but those that take very long." : `${draft.evaluators.length} of ${evaluators.length}.`}</p>
    ${evaluators.map((one) => html`<label class="tick" key=${one.name}>
      <input type="checkbox" checked=${chosen.includes(one.name)} onChange=${() => toggle(one.name)} />
      <span><strong>${text(one.name)}</strong> ${text(one.summary)}</span></label>`)}
    ${!usual && html`<button type="button" onClick=${() => change({ evaluators: [] })}>As usual</button>`}</fieldset>`;
}

function Done({ job, remove }) {
  const { report, lines = [] } = job.result;
  return html`<section class="card" aria-label="Result"><h2>${text(job.title)}</h2>
    <pre class="lines">${lines.map(text).join("\n")}</pre>
    <div class="row">${report && html`<a class="button main" href=${`/api/v1/jobs/${job.id}/report`} target="_blank" rel="noopener">Open the report</a>`}
      <button onClick=${remove}>Remove from this list</button></div></section>`;
}

export function Evaluate({ jobs, look, stack, model }) {
  const [draft, change] = useDraft("evaluate-draft", EMPTY);
  const [lists, setLists] = useState([]);
  const [evaluators, setEvaluators] = useState([]);
  const [problem, attempt] = useAttempt(look);
  const state = model && model.state;
  useEffect(() => {
    ask("GET", "lists").then((all) => setLists(all.lists)).catch(() => {});
    if (state === "ready") {
      ask("GET", "evaluators").then((all) => setEvaluators(all.evaluators)).catch(() => {});
    }
  }, [state]);
  const names = Object.keys(stack.on).sort();
  const start = (dryRun) => attempt(async () => ask("POST", "jobs", request(draft, await cards(stack.on), dryRun)));
  const mine = jobs.filter((job) => job.kind === "evaluate");
  const list = lists.find((one) => one.name === draft.list) || lists[0];
  return html`<main id="main"><h1>Evaluate</h1>
    <div class="columns">
      <form class="form" onSubmit=${(e) => { e.preventDefault(); start(false); }}>
        <p class="notice">${names.length === 0 ? "No patch is on: name concepts, and the model itself is measured. " : `Measured: ${names.map((name) => `${text(name)} ${stack.on[name]}`).join(", ")}. `}
          <a href="#/patches">Patches</a></p>
        <${Field} label="List" name="list"><select id="list" aria-describedby="list-help" onChange=${(e) => change({ list: e.target.value })}>
          ${lists.length === 0 && html`<option>being read</option>`}
          ${lists.map((one) => html`<option value=${one.name} selected=${list === one}>${text(one.name)}</option>`)}</select>
          <small id="list-help">${list ? `${list.concepts.length} concepts, images of ${list.width ? `${list.width} × ${list.height}` : "the model's own size"}` : ""}</small><//>
        <${Field} label="Concepts" name="concepts">
          <textarea id="concepts" rows="2" aria-describedby="concepts-help" value=${draft.concepts} onInput=${(e) => change({ concepts: e.target.value })}></textarea>
          <small id="concepts-help">As the list names them, one a line; without them what the patches say that they forget.</small><//>
        <${NumberField} label="Images of each prompt or concept, at most" name="seeds" value=${draft.seeds} min="1" max="1000" placeholder="as the list says"
          set=${(seeds) => change({ seeds })} />
        ${evaluators.length > 0 && html`<${Chosen} evaluators=${evaluators} draft=${draft} change=${change} />`}
        <div class="row"><button class="main" disabled=${evaluators.length === 0}>Evaluate</button>
          <button type="button" disabled=${evaluators.length === 0} onClick=${() => start(true)}>What would it take?</button></div>
        ${problem && html`<p role="alert" class="problem">${text(problem)}</p>`}
        ${state === "loading" && html`<p class="notice">The model is being loaded.</p>`}
      </form>
      <div aria-live="polite">
        <${Jobs} jobs=${mine} attempt=${attempt} shown=${(job, remove) => html`<${Done} job=${job} remove=${remove} />`} />
        ${mine.length === 0 && html`<p class="notice">Nothing yet. Images are kept: what was stopped goes on, and what was drawn once is not drawn again.</p>`}
      </div>
    </div></main>`;
}

// What every screen uses.
import { h } from "preact";
import htm from "htm";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ask } from "/page/server.js";

export const html = htm.bind(h);

// Text of data: whatever came, a text is shown and nothing else.
export const text = (value) =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

export function Field({ label, name, children }) {
  return html`<div class="field"><label for=${name}>${label}</label>${children}</div>`;
}

export function NumberField({ label, name, value, set, min, max, step, placeholder }) {
  return html`<${Field} label=${label} name=${name}>
    <input id=${name} name=${name} type="number" inputmode="decimal" min=${min} max=${max} step=${step || 1}
      placeholder=${placeholder} value=${value} onInput=${(e) => set(e.target.value)} />
  <//>`;
}

// Whether a pressed key is text of a field; a slider takes none.
export const typed = (event) => event.target.matches('input:not([type="range"]), textarea, select');

// Whether it is a command of the page: neither text nor one of the browser's, which have Ctrl, Alt or Meta, nor behind a dialog.
export const commands = (event) =>
  !typed(event) && !event.ctrlKey && !event.altKey && !event.metaKey && !document.querySelector(":modal");

// Hears the keys of the page. What is done is what was rendered last, however soon after a change the key comes: an effect would wait for
// the next frame, and a busy browser has it late.
export function useKeys(pressed) {
  useLayoutEffect(() => {
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}

// What the browser keeps over a reload; what it cannot read counts for nothing.
export function useStored(key, usual) {
  const [value, setValue] = useState(() => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? usual;
    } catch {
      return usual;
    }
  });
  useLayoutEffect(() => localStorage.setItem(key, JSON.stringify(value)), [key, value]);
  return [value, setValue];
}

// A form of which parts change; fields that are missing are as usual.
export function useDraft(key, usual) {
  const [draft, setDraft] = useStored(key, usual);
  return [{ ...usual, ...draft }, (change) => setDraft((before) => ({ ...before, ...change }))];
}

// Does work and keeps the sentence of a refusal; then, done or refused, looks at what there is.
export function useAttempt(look) {
  const [problem, setProblem] = useState("");
  const tell = (refusal) => setProblem(refusal.code ? `${refusal.message} (${refusal.code})` : refusal.message);
  const attempt = async (work) => {
    try {
      setProblem("");
      await work();
    } catch (refusal) {
      tell(refusal);
    }
    await look().catch(tell);
  };
  return [problem, attempt];
}

// A place for files: dropped on it, or chosen.
export function Drop({ add, accept, label, words, one }) {
  const [over, setOver] = useState(false);
  const file = useRef(null);
  const stop = (event, inside) => {
    event.preventDefault();
    setOver(inside);
  };
  return html`<div class=${over ? "drop over" : "drop"} onDragOver=${(e) => stop(e, true)} onDragLeave=${(e) => stop(e, false)}
    onDrop=${(e) => { stop(e, false); add([...e.dataTransfer.files]); }}>
    <p>${words}</p>
    <button type="button" onClick=${() => file.current.click()}>Choose files</button>
    <input ref=${file} class="visually-hidden" type="file" accept=${accept} multiple=${!one} tabindex="-1" aria-label=${label}
      onChange=${(e) => { add([...e.target.files]); e.target.value = ""; }} />
  </div>`;
}

// Bytes as people say them.
export function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// Seconds as people say them.
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

// The newest preview of a job, looked for whenever it has come further; empty while there is none.
export function usePreview(job, moment) {
  const shown = useRef("");
  const [url, setUrl] = useState("");
  useEffect(() => {
    let left = false;
    fetch(`/api/v1/jobs/${job.id}/preview`)
      .then((response) => (response.status === 200 ? response.blob() : null))
      .then((blob) => {
        if (blob && !left) {
          URL.revokeObjectURL(shown.current);
          shown.current = URL.createObjectURL(blob);
          setUrl(shown.current);
        }
      })
      .catch(() => {});
    return () => { left = true; };
  }, [job.id, moment]);
  useEffect(() => () => URL.revokeObjectURL(shown.current), []);
  return url;
}

// The losses of a training as a line.
function Losses({ losses }) {
  const least = Math.min(...losses);
  const range = Math.max(...losses) - least || 1;
  const points = losses.map((loss, i) => `${((300 * i) / (losses.length - 1)).toFixed(1)},${(58 - (56 * (loss - least)) / range).toFixed(1)}`);
  return html`<figure><svg class="losses" viewBox="0 0 300 60" role="img" aria-label="Loss of the training">
      <polyline points=${points.join(" ")} /></svg><figcaption>Loss, now ${losses[losses.length - 1].toPrecision(3)}</figcaption></figure>`;
}

// The jobs of a screen: those that wait, are being done or ended without what they were asked for look the same everywhere.
export function Jobs({ jobs, attempt, shown }) {
  return jobs.map((job) => {
    const remove = () => attempt(() => ask("DELETE", `jobs/${job.id}`));
    return job.state === "running" || job.state === "queued"
      ? html`<${Busy} key=${job.id} job=${job} cancel=${() => attempt(() => ask("POST", `jobs/${job.id}/cancel`))} />`
      : job.state === "done"
        ? html`<div key=${job.id}>${shown(job, remove)}</div>`
        : html`<${Refused} key=${job.id} job=${job} remove=${remove} />`;
  });
}

// A job that waits or is being done: how far it is and what it said last.
function Busy({ job, cancel }) {
  const progress = job.progress;
  const { lines = [], losses = [] } = job;
  const url = usePreview(job, lines.length);
  return html`<section class="card" aria-label="Being done">
    <p>${text(job.title)}</p>
    <progress aria-label="Done" max=${progress && progress.total ? progress.total : 1} value=${progress && progress.total ? progress.done : 0}></progress>
    <p>${progress ? text(progress.stage) : "begins"}${progress && progress.total ? `: ${progress.done} of ${progress.total}` : ""}</p>
    ${losses.length > 1 && html`<${Losses} losses=${losses} />`}
    ${url && html`<img class="sheet" src=${url} alt="The newest images" />`}
    <ul class="lines">${lines.slice(-8).map((line, i) => html`<li key=${i}>${text(line)}</li>`)}</ul>
    <button onClick=${cancel}>Cancel</button></section>`;
}

// A job that ended without what it was asked for.
function Refused({ job, remove }) {
  return html`<section class="card failed" role="alert"><p>${text(job.title)}: ${text(job.error ? job.error.sentence || job.error.detail : job.state)}
    ${job.error && html`<code>${text(job.error.code)}</code>`}</p><button onClick=${remove}>Remove from this list</button></section>`;
}

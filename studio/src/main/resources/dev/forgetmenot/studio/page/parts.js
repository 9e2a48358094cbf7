// What every screen uses.
import { h } from "preact";
import htm from "htm";
import { useEffect, useState } from "preact/hooks";

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

// What the browser keeps over a reload; what it cannot read counts for nothing.
export function useStored(key, usual) {
  const [value, setValue] = useState(() => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? usual;
    } catch {
      return usual;
    }
  });
  useEffect(() => localStorage.setItem(key, JSON.stringify(value)), [key, value]);
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

// Bytes as people say them.
export function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// Seconds as people say them.
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

// What every screen uses.
import { h } from "preact";
import htm from "htm";

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

// Bytes as people say them.
export function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// Seconds as people say them.
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

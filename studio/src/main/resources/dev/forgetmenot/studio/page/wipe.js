// The same seeds without and with the patches that are on, one over the other.
import { useState } from "preact/hooks";
import { commands, html, text, useKeys } from "/page/parts.js";

const address = (image) => `/api/v1/images/${image.id}.png`;

// Images of two jobs that have the same seed.
export function pairs(images, pair) {
  const of = (job) => images.filter((image) => image.job === job);
  const after = of(pair.after);
  return of(pair.before).reverse()
    .map((image) => [image, after.find((other) => other.seed === image.seed)])
    .filter(([, other]) => other);
}

export function Wipe({ all, close }) {
  const [place, setPlace] = useState(0);
  const [shown, setShown] = useState(50);
  const chosen = Math.min(place, all.length - 1);
  const [before, after] = all[chosen];
  useKeys((event) => {
    if (event.key.toLowerCase() === "b" && commands(event)) {
      setShown((now) => (now > 50 ? 0 : 100));
      event.preventDefault();
    }
  });
  return html`<section class="card" aria-label="Before and after">
    <div class="wipe">
      <img src=${address(before)} alt=${`Without patches, seed ${text(before.seed)}`} />
      <img src=${address(after)} alt=${`With patches, seed ${text(after.seed)}`} style=${{ clipPath: `inset(0 0 0 ${100 - shown}%)` }} />
    </div>
    <label for="wipe">Part shown patched: ${shown} %</label>
    <input id="wipe" type="range" min="0" max="100" value=${shown} aria-valuetext=${`${shown} %`}
      onInput=${(e) => setShown(Number(e.target.value))} />
    ${all.length > 1 && html`<ul class="history">${all.map(([one, other], i) => html`<li key=${one.id}>
      <button aria-pressed=${i === chosen} onClick=${() => setPlace(i)}>
        <img src=${address(other)} alt=${`Seed ${text(one.seed)}`} /></button></li>`)}</ul>`}
    <div class="row"><button onClick=${() => setShown(0)}>Before</button><button onClick=${() => setShown(100)}>After</button>
      <button onClick=${close}>Close</button></div>
  </section>`;
}

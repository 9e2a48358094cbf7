// The same seeds at several strengths of one patch, beside the others that are on.
import { html, text } from "/page/parts.js";
import { tags } from "/page/patches.js";
import { ask } from "/page/server.js";

const SEEDS = 4;
const PARTS = 4; // strengths between the least that does anything and the most, with both

// What is drawn: what the form on Draw says, or the concept of the patch.
function prompt(card) {
  const draft = JSON.parse(localStorage.getItem("draw-draft") || "{}");
  const concept = (card.concepts || []).map((one) => text(one.label))[0] || text(card.title);
  return draft.prompt || `a photo of ${concept}`;
}

function strengths({ min, max }) {
  const least = Math.max(0, min);
  const most = Math.min(max, 1.5);
  return Array.from({ length: PARTS + 1 }, (_, i) => Number((least + ((most - least) * i) / PARTS).toFixed(2)));
}

// Asks for the images; what is kept says which job is which strength.
export async function start(card, on) {
  const { [card.name]: ignored, ...others } = on;
  const seed = String(Math.floor(Math.random() * 2 ** 31));
  const words = prompt(card);
  const rows = [];
  for (const strength of strengths(card.strength)) {
    const all = tags({ ...others, [card.name]: strength });
    const job = await ask("POST", "jobs", { kind: "draw", prompt: `${words} ${all}`, seed, count: SEEDS });
    rows.push({ strength, job: job.id });
  }
  return { title: `${card.title}: ${words}`, rows };
}

export function Grid({ grid, images, jobs, close }) {
  const of = (row) => images.filter((image) => image.job === row.job).reverse();
  const state = (row) => jobs.find((job) => job.id === row.job);
  return html`<section class="card" aria-label="Strengths and seeds"><h2>${text(grid.title)}</h2>
    <table class="grid" tabindex="0"><thead><tr><th scope="col">Strength</th><th scope="col" colspan=${SEEDS}>Seeds ${of(grid.rows[0]).map((image) => text(image.seed)).join(", ")}</th></tr></thead>
      <tbody>${grid.rows.map((row) => html`<tr key=${row.job}><th scope="row">${row.strength}</th>
        ${of(row).length > 0
          ? of(row).map((image) => html`<td key=${image.id}><img src=${`/api/v1/images/${image.id}.png`} alt=${`Strength ${row.strength}, seed ${text(image.seed)}`} /></td>`)
          : html`<td colspan=${SEEDS}>${text((state(row) || { state: "gone" }).state)}</td>`}</tr>`)}</tbody></table>
    <button onClick=${close}>Close</button></section>`;
}

// The frame around the screens: who is asked, what is on, and whether the server answers.
import { render } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Draw } from "/page/draw.js";
import { Edit } from "/page/edit.js";
import { Evaluate } from "/page/evaluate.js";
import { commands, html, text, useKeys } from "/page/parts.js";
import { Patches, useStack } from "/page/patches.js";
import { ask, hear, signIn, signInByAddress } from "/page/server.js";

const CALM = 1500; // milliseconds between two looks at the server
const BUSY = 400; // the same while a job is being done
const HEARD = 15000; // the same while the server tells of changes
const BESIDE = 2000; // the same while it tells of a job that is being done, for what it does not tell
const SOON = 50; // after a change, since they come in groups
const LONGEST = 30000; // after the server was gone several times

const SCREENS = [
  ["draw", "Draw"],
  ["patches", "Patches"],
  ["forget", "Forget"],
  ["correct", "Correct"],
  ["evaluate", "Evaluate"],
];

const KEYS = [
  ["1 2 3 4 5", "Draw, Patches, Forget, Correct, Evaluate"],
  ["Ctrl + Z", "the strengths before the last change"],
  ["Ctrl + Enter", "draw"],
  ["Shift + X", "cancel the job that is being done"],
  ["/", "to the prompt"],
  ["← →", "through the images, once one has the focus"],
  ["Esc", "close the image or this list"],
  ["?", "this list"],
];

// What the server says now; asked when it tells of a change, and else again and again, later each time that it does not answer.
function useServer() {
  const [now, setNow] = useState({ status: null, jobs: [], images: [], gone: null, signedOut: false });
  const timer = useRef(0);
  const failures = useRef(0);
  const events = useRef(null);
  const look = useCallback(async () => {
    clearTimeout(timer.current);
    let wait = CALM;
    try {
      const [status, jobs, images] = await Promise.all([
        ask("GET", "status"),
        ask("GET", "jobs?limit=30"),
        ask("GET", "images?limit=60"),
      ]);
      failures.current = 0;
      setNow({ status, jobs: jobs.jobs, images: images.images, gone: null, signedOut: false });
      events.current.connect();
      const busy = status.running || status.queued > 0;
      wait = events.current.alive() ? (busy ? BESIDE : HEARD) : busy ? BUSY : CALM;
    } catch (refusal) {
      failures.current += 1;
      wait = Math.min(LONGEST, 1000 * 2 ** (failures.current - 1));
      setNow((before) => ({
        ...before,
        signedOut: refusal.status === 401,
        gone: refusal.status === 401 ? null : `The server does not answer (${refusal.message}). Asked again in ${wait / 1000} s.`,
      }));
      if (refusal.status === 401) {
        return;
      }
    }
    timer.current = setTimeout(look, wait);
  }, []);
  useLayoutEffect(() => { // at once, before a click can change the address that has the token
    events.current = hear((name, { id, ...progress }) => {
      if (name === "progress") {
        setNow((before) => ({ ...before, jobs: before.jobs.map((job) => (job.id === id ? { ...job, progress } : job)) }));
      } else {
        clearTimeout(timer.current);
        timer.current = setTimeout(look, SOON);
      }
    });
    signInByAddress().catch(() => {}).then(look);
    return () => {
      clearTimeout(timer.current);
      events.current.close();
    };
  }, [look]);
  return [now, look];
}

function SignIn({ done }) {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState("");
  const send = async (event) => {
    event.preventDefault();
    try {
      await signIn(token.trim());
      done();
    } catch (refusal) {
      setProblem(refusal.message);
    }
  };
  return html`<main id="main" class="sign-in"><form onSubmit=${send}>
    <h1>Forget-Me-Not studio</h1>
    <p>Open the address that <code>fmn studio</code> printed, or give the token of that address.</p>
    <label for="token">Token</label>
    <input id="token" type="password" autocomplete="off" value=${token} onInput=${(e) => setToken(e.target.value)} />
    <button class="main">Enter</button>
    ${problem && html`<p role="alert" class="problem">${text(problem)}</p>`}
  </form></main>`;
}

const STATES = { loading: "is being loaded", ready: "is ready", failed: "could not be loaded" };

// The address holds the screen, so that a reload and Back work.
function useScreen() {
  const here = () => (SCREENS.find(([name]) => location.hash === `#/${name}`) || SCREENS[0])[0];
  const [screen, setScreen] = useState(here);
  useEffect(() => {
    const changed = () => setScreen(here());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return screen;
}

function Screens({ screen }) {
  return html`<nav aria-label="Screens">${SCREENS.map(([name, words]) => html`<a key=${name} href=${`#/${name}`}
    aria-current=${screen === name ? "page" : null}>${words}</a>`)}</nav>`;
}

function Header({ status, help, screen }) {
  const model = status ? status.model : null;
  return html`<header>
    <strong>Forget-Me-Not</strong>
    <${Screens} screen=${screen} />
    <span class="model">${model ? `${text(model.name)} ${STATES[model.state] || text(model.state)}` : "…"}</span>
    <span>${status && status.queued > 0 ? `${status.queued} waiting` : ""}</span>
    <button onClick=${help} aria-label="Keys">?</button>
  </header>`;
}

// While it is open the page behind gets neither focus nor keys; Esc closes it, and the focus goes back.
function Keys({ close }) {
  const dialog = useRef(null);
  // The event of closing comes later, and a key before it would open what is still there.
  const shut = () => {
    dialog.current.close();
    close();
  };
  useEffect(() => {
    dialog.current.showModal();
    // After the last part the key Tab leaves the page, and the browser does not close the dialog from there.
    const escape = (event) => event.key === "Escape" && shut();
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, []);
  const pressed = (event) => {
    event.stopPropagation();
    if (event.key === "?" || event.key === "Escape") {
      shut();
    }
  };
  return html`<dialog ref=${dialog} class="card" aria-label="Keys" onClose=${close} onKeyDown=${pressed}>
    <h2>Keys</h2>
    <dl>${KEYS.map(([key, what]) => html`<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`)}</dl>
    <button onClick=${shut}>Close</button></dialog>`;
}

// A link would be an address, and addresses are screens.
function toContent(event) {
  event.preventDefault();
  focusContent();
}

// Once there is any: the link is there before the first answer of the server.
function focusContent() {
  const main = document.getElementById("main");
  if (!main) {
    requestAnimationFrame(focusContent);
    return;
  }
  main.tabIndex = -1;
  main.focus();
}

function Screen({ screen, now, look, stack }) {
  const shared = { jobs: now.jobs, look, stack, model: now.status && now.status.model };
  switch (screen) {
    case "patches":
      return html`<${Patches} ...${shared} images=${now.images} />`;
    case "forget":
    case "correct":
      return html`<${Edit} key=${screen} operation=${screen} ...${shared} />`;
    case "evaluate":
      return html`<${Evaluate} ...${shared} />`;
    default:
      return html`<${Draw} now=${now} look=${look} stack=${stack} />`;
  }
}

function Studio() {
  const [now, look] = useServer();
  const [keys, setKeys] = useState(false);
  const stack = useStack();
  const screen = useScreen();
  useKeys((event) => {
    if (event.key === "?" && commands(event)) {
      setKeys(true);
    } else if (commands(event) && SCREENS[Number(event.key) - 1]) {
      location.hash = `#/${SCREENS[Number(event.key) - 1][0]}`;
    }
  });
  if (now.signedOut) {
    return html`<${SignIn} done=${look} />`;
  }
  return html`<a class="skip" href="#main" onClick=${toContent}>To the content</a>
    <${Header} status=${now.status} help=${() => setKeys(true)} screen=${screen} />
    ${now.gone && html`<p role="alert" class="banner">${text(now.gone)}</p>`}
    ${now.status && now.status.model.state === "failed" &&
      html`<p role="alert" class="banner">The model could not be loaded: ${text(now.status.model.detail)}</p>`}
    ${now.status && html`<${Screen} screen=${screen} now=${now} look=${look} stack=${stack} />`}
    ${keys && html`<${Keys} close=${() => setKeys(false)} />`}`;
}

const place = document.getElementById("app");
place.textContent = "";
render(html`<${Studio} />`, place);

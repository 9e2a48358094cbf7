// Asks the server. The token of the address goes to it once, for a cookie that scripts cannot read.
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || `the server answered ${status}`);
    this.status = status;
    this.code = problem.code || "";
  }
}

async function answer(response) {
  if (response.ok) {
    return response.status === 204 ? null : response.json();
  }
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // not JSON: the status says enough
  }
  throw new Refusal(response.status, problem);
}

export async function ask(method, path, body) {
  const request = { method, headers: {} };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  return answer(await fetch("/api/v1/" + path, request));
}

// Sends a file as it is.
export async function send(path, file) {
  const headers = { "Content-Type": "application/octet-stream" };
  return answer(await fetch("/api/v1/" + path, { method: "POST", headers, body: file }));
}

export const signIn = (token) => ask("POST", "session", { token });

// Takes the token out of the address, so that neither history nor a copied address has it.
export async function signInByAddress() {
  const found = /^#token=([A-Za-z0-9_-]+)$/.exec(location.hash);
  if (found) {
    location.replace("#/draw");
    await signIn(found[1]);
  }
}

const EVENTS = ["job", "queue", "model", "image", "progress", "log", "reset"];
const ALIVE = 5000; // milliseconds between two words of the tab that listens

// Hears of changes. One tab listens, since a browser opens few connections to a server, and tells the others; if it is closed, the next one
// listens. Where the browser lacks the means for that, or the stream fails, alive() is false and the page goes on asking.
export function hear(heard) {
  if (!navigator.locks || !window.BroadcastChannel || !window.EventSource) {
    return { alive: () => false, connect: () => {}, close: () => {} };
  }
  const channel = new BroadcastChannel("fmn-events");
  const closing = new AbortController();
  let source = null;
  let listens = false;
  let opened = false;
  let told = 0;
  let wanted = false; // once the server has answered: before that nobody is signed in
  const tell = (name, data) => {
    channel.postMessage({ name, data });
    heard(name, data);
  };
  const connect = () => {
    wanted = true;
    if (listens && (!source || source.readyState === EventSource.CLOSED)) {
      source = new EventSource("/api/v1/events");
      source.onopen = () => { opened = true; };
      source.onerror = () => {
        if (opened) {
          opened = false;
          tell("lost", {});
        }
      };
      EVENTS.forEach((name) => source.addEventListener(name, (event) => tell(name, JSON.parse(event.data))));
    }
  };
  const open = () => source !== null && source.readyState === EventSource.OPEN;
  const beat = setInterval(() => open() && channel.postMessage({ name: "alive" }), ALIVE);
  channel.onmessage = ({ data }) => {
    told = Date.now();
    if (data.name !== "alive") {
      heard(data.name, data.data);
    }
  };
  navigator.locks.request("fmn-events", { signal: closing.signal }, () => new Promise((release) => {
    listens = true;
    closing.signal.addEventListener("abort", release);
    if (wanted) {
      connect();
    }
  })).catch(() => {});
  return {
    alive: () => open() || Date.now() - told < 3 * ALIVE,
    connect,
    close: () => {
      clearInterval(beat);
      closing.abort();
      channel.close();
      if (source) {
        source.close();
      }
    },
  };
}

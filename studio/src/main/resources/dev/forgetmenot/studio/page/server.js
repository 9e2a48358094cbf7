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

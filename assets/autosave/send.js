// One request for cells, and what its answer means for the queue.

const PATIENCE = 30_000;
const ANSWERS = new Set([200, 409, 422]);

/** Return a cookie's value; read at every request, because signing in elsewhere renews the token. */
function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found === undefined ? "" : decodeURIComponent(found.slice(name.length + 1));
}

async function post(url, body, csrfCookie) {
  return fetch(url, {
    method: "POST",
    redirect: "manual",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": cookie(csrfCookie) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
}

/**
 * Send cells and return what came of it: {kind: "answer", body}, or one of the kinds "offline" (nobody answered),
 * "signed-out", "failed" (the server could not) and "refused" (the page itself is wrong), with a message where there
 * is one.
 */
export async function send(config, cells, { isDryRun = false } = {}) {
  const body = { person: config.person, scale: config.scale, dry_run: isDryRun, cells };
  try {
    let response = await post(config.cellsUrl, body, config.csrfCookie);
    if (response.status === 403 && !isJson(response)) {
      // The token is not the session's any more: opening the page sets it anew.
      const page = await fetch(window.location.href, { credentials: "same-origin", redirect: "manual" });
      if (page.type === "opaqueredirect") return { kind: "signed-out" };
      response = await post(config.cellsUrl, body, config.csrfCookie);
    }
    return await understood(response);
  } catch {
    return { kind: "offline" };
  }
}

function isJson(response) {
  return /json/.test(response.headers.get("Content-Type") ?? "");
}

async function understood(response) {
  if (response.type === "opaqueredirect") return { kind: "signed-out" };
  if (response.status >= 500 || !isJson(response)) return { kind: "failed" };
  const body = await response.json();
  if (ANSWERS.has(response.status) && Array.isArray(body.cells)) return { kind: "answer", body };
  if (body.type === "urn:workplan:problem:another-person") return { kind: "signed-out", message: body.detail };
  if (response.status === 409) return { kind: "failed" };
  const first = body.errors?.[0]?.message;
  return { kind: "refused", message: first ?? body.detail };
}

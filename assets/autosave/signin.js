// Signing in again over the page, when the session ended while something was typed.

/** Open the dialog whenever the queue is signed out; go on as soon as it is signed in again. */
export function watchSession(queue, dialog) {
  const form = dialog.querySelector("[data-sign-in]");
  const error = dialog.querySelector("[data-sign-in-error]");
  const { words, loginUrl } = queue.config;

  queue.addEventListener("signed-out", ({ detail }) => {
    error.textContent = detail.message ?? "";
    if (!dialog.open) dialog.showModal();
    form.elements.password.focus();
  });

  async function goOn(otherwise) {
    await queue.resume();
    if (!queue.isSignedOut) dialog.close();
    else error.textContent = otherwise;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new FormData(form);
    form.reset();
    error.textContent = "";
    const isIn = await signIn(loginUrl, body);
    if (isIn) await goOn(words.signInElsewhere);
    else error.textContent = words.signInFailed;
  });

  // Signed in elsewhere meanwhile: in another tab, with a second factor.
  window.addEventListener("focus", () => dialog.open && goOn(""));
}

async function signIn(url, body) {
  try {
    const page = await fetch(url, { credentials: "same-origin" });
    const html = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = html.querySelector("[name=csrfmiddlewaretoken]");
    if (token !== null) body.set("csrfmiddlewaretoken", token.value);
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(body),
      credentials: "same-origin",
      headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    });
    return answer.ok;
  } catch {
    return false;
  }
}

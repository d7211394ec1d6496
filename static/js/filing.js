// Filing: what helps while typing. Every form works without it; numbers are read and judged by the server alone.

/** Put a text into an input as if it had been typed and left. */
function fill(input, text) {
  if (input.value === text) return;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/**
 * Type a text over what an input holds, so that the browser's own undo takes it back. The input is left and entered
 * again: leaving tells that it changed, and from there on so does an undo.
 */
function typeOver(input, text) {
  input.focus();
  input.select();
  if (!document.execCommand("insertText", false, text)) fill(input, text);
  input.blur();
  input.focus();
}

/** "Not reported" and "not applicable" leave no number standing; going back brings it back. */
function followState(select) {
  const row = select.closest("tr");
  row.querySelectorAll("[data-number]").forEach((input) => {
    const hasNumber = select.value === "";
    if (!hasNumber && !input.readOnly) {
      input.dataset.kept = input.value;
      fill(input, "");
    }
    if (hasNumber && input.readOnly) fill(input, input.dataset.kept ?? "");
    input.readOnly = !hasNumber;
  });
}

function watch(form) {
  const dirty = form.querySelector("[data-dirty]");
  let isSent = false;
  const touch = () => { dirty.hidden = false; };
  form.addEventListener("input", touch);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-state]")) followState(event.target);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (button === null) return;
    typeOver(document.getElementById(button.dataset.fill), button.dataset.text);
  });
  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-save]"));
    }
    const check = form.querySelector("button[name=then][value=check]");
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && check !== null) {
      event.preventDefault();
      form.requestSubmit(check);
      return;
    }
    // Enter goes down the column instead of sending half a form; a candidate of an input method stays its own.
    if (event.key === "Enter" && event.target.matches("[data-number]") && !event.isComposing) {
      event.preventDefault();
      const inputs = [...form.querySelectorAll("[data-number]:not([readonly])")];
      (inputs[inputs.indexOf(event.target) + (event.shiftKey ? -1 : 1)] ?? event.target).focus();
    }
  });
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!dirty.hidden && !isSent) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { isSent = false; });
  form.querySelectorAll("[data-state]").forEach((select) => { if (select.value !== "") followState(select); });
  form.querySelectorAll("[data-fill]").forEach((button) => { button.hidden = false; });
}

document.querySelectorAll("[data-filing]").forEach(watch);

// A step is taken once, however often the button is pressed.
document.querySelectorAll("form[data-once]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => { delete form.dataset.sent; });
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

/** Open a returned report at the first cell that still waits for an answer; a refusal, a message or an anchor goes first. */
function openAtReturned() {
  if (location.hash !== "" || document.querySelector("[data-focus], .notices .notice") !== null) return;
  const waiting = [...document.querySelectorAll("[data-asked]")].find((asked) => asked.querySelector("textarea")?.value.trim() === "");
  const cell = document.getElementById(waiting?.dataset.asked)?.querySelector("input:not([type=hidden]), select");
  if (!cell) return;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
}

document.querySelector("[data-focus]")?.focus();
openAtReturned();

// The review desk: the bar of what was viewed, and keys that spare the mouse. Everything works without it.

const KEYS_OFF = "workplan.review-keys-off";

/** Say whether a key pressed here belongs to what is being typed. */
function isTyping(target) {
  return target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

/** Say whether the single-key shortcuts are on; they can be switched off for good (WCAG 2.1.4). */
function keysAreOn() {
  return localStorage.getItem(KEYS_OFF) === null;
}

/** Keep the switch and the hints in step with the choice. */
function showKeys() {
  document.querySelectorAll("[data-keys]").forEach((box) => { box.hidden = false; });
  document.querySelectorAll("[data-keys-switch]").forEach((box) => { box.checked = keysAreOn(); });
  document.querySelectorAll("[data-key-hint]").forEach((hint) => { hint.hidden = !keysAreOn(); });
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  if (event.target.checked) localStorage.removeItem(KEYS_OFF);
  else localStorage.setItem(KEYS_OFF, "yes");
  showKeys();
});

/** Run one action per key; nothing happens while typing, with a modifier, or when the keys are off. */
function onKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (action === undefined || !keysAreOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || isTyping(event.target)) return;
    if (action() !== false) event.preventDefault();
  });
}

// One report ------------------------------------------------------------------------------------

/** Move the bar as rows are ticked; what counts is kept by the server. */
function countViewed() {
  const bar = document.getElementById("viewed-bar");
  const marks = [...document.querySelectorAll("[data-view]")];
  bar.value = marks.filter((mark) => mark.checked).length;
  document.querySelector("[data-viewed-count]").textContent = `${bar.value} / ${marks.length}`;
}

function desk(form) {
  const approve = form.querySelector("[data-approve]");
  const rows = () => [...document.querySelectorAll("[data-view]")].filter((mark) => mark.offsetParent !== null);
  const step = (by) => {
    const shown = rows();
    const at = shown.indexOf(document.activeElement);
    const next = shown[Math.min(Math.max(at + by, 0), shown.length - 1)];
    next?.focus();
    next?.closest("tr").scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("change", (event) => { if (event.target.matches("[data-view]")) countViewed(); });
  onKeys({
    j: () => step(1),
    k: () => step(-1),
    s: () => document.querySelectorAll("[data-all]").forEach((fold) => { fold.open = !fold.open; }),
    c: () => {
      const remark = document.activeElement?.closest("tr")?.nextElementSibling?.querySelector(".remark");
      if (!remark) return false;
      remark.open = true;
      remark.querySelector("textarea").focus();
      return true;
    },
    a: () => { if (!approve.disabled) form.requestSubmit(approve); },
    r: () => document.getElementById("comment").focus(),
  });
}

// The queue -------------------------------------------------------------------------------------

const PLACE = "workplan.queue-place";

function queue(table) {
  const links = [...table.querySelectorAll("[data-queue-open]")];
  const row = () => document.activeElement?.closest("[data-queue-row]");
  const go = (by) => {
    const at = links.findIndex((link) => link.closest("tr") === row());
    links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  };
  onKeys({
    j: () => go(1),
    k: () => go(-1),
    a: () => {
      const here = row();
      if (!here) return false;
      const form = here.querySelector("[data-queue-approve]");
      if (form === null) here.querySelector("[data-queue-open]").click();
      else {
        sessionStorage.setItem(PLACE, String(links.findIndex((link) => link.closest("tr") === here)));
        form.requestSubmit();
      }
      return true;
    },
    r: () => {
      const link = row()?.querySelector("[data-queue-open]");
      if (!link) return false;
      window.location.assign(`${link.href}#comment`);
      return true;
    },
  });
  // After an approval from here the next report stands where the last one stood.
  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (place !== null) links[Math.min(Number(place), links.length - 1)]?.focus();
}

document.querySelectorAll("[data-queue]").forEach(queue);

const verdict = document.getElementById("verdict-form");
if (verdict !== null) desk(verdict);
showKeys();
if (window.location.hash === "#comment") document.getElementById("comment")?.focus();

// The form of one month saves itself, cell by cell, with the queue of the grid: what is typed is kept in this browser
// until the server has it. The plain form stays what it is; sending it waits for what is under way.

import { keyOf, Queue } from "../autosave/queue.js";
import { asking } from "../autosave/reading.js";
import { watchSession } from "../autosave/signin.js";
import { follow, say, Voice } from "../autosave/told.js";
import { offerUnsaved } from "../autosave/unsaved.js";
import { read } from "../grid/clipboard.js";

const SAVING = { waiting: "saving", saving: "saving", saved: "saved", conflict: "conflict" };

export function start(form) {
  const source = document.getElementById("filing-config");
  if (source === null) return;
  const config = JSON.parse(source.textContent);
  const queue = new Queue(config);
  const seen = JSON.parse(form.elements.seen.value);
  const voice = new Voice(form.querySelector("[data-live]"));
  const page = { form, config, queue, seen };

  follow(queue, form.querySelector("[data-saved]"), voice);
  watchSession(queue, document.querySelector("[data-ask=sign-in]"));
  form.addEventListener("change", (event) => keep(event.target, page));
  page.hear = watchTyping(page);
  offerUnsaved(queue);
  form.addEventListener("paste", (event) => pasteColumn(event, page));
  queue.addEventListener("cell", ({ detail }) => showCell(detail, page));
  queue.addEventListener("months", ({ detail }) => takeMonth(detail[config.month], page));
  queue.addEventListener("told", ({ detail }) => voice.say(detail.sentence));
  queue.addEventListener("counted", ({ detail: { nSaving, nUnsaved } }) => {
    form.querySelector("[data-dirty]").hidden = true;
    form.dataset.waiting = nSaving + nUnsaved;
  });
  form.addEventListener("submit", (event) => waitForQueue(event, page));
  restore(page, voice);
  document.documentElement.dataset.autosave = "ready";
}

/** Hand a changed cell to the queue. A tick is part of the form only: it is sent with the button. */
function keep(input, { config, queue, seen }) {
  if (!(input.name in seen) || input.type === "checkbox") return;
  const key = keyOf(config.month, input.name);
  const text = input.value.trim();
  if (text === seen[input.name] && !queue.entries.has(key)) return;
  queue.put([{ month: config.month, name: input.name, text, seen: seen[input.name] }]);
}

/** Say what the server reads while a number is typed: in its other unit, and the month's own figure. */
function watchTyping({ form, config, seen }) {
  const hear = asking(config, ({ name }, answer) => tellReading(form, name, answer));
  form.addEventListener("input", ({ target: { name, value, dataset } }) => {
    if (dataset.number !== undefined) hear({ month: config.month, name, text: value, seen: seen[name] ?? "" });
  });
  return hear;
}

function tellReading(form, name, answer) {
  const echo = form.querySelector(`[data-echo="${CSS.escape(name)}"]`);
  const own = form.querySelector(`[data-month-value="${CSS.escape(name)}"]`);
  if (echo !== null) echo.textContent = answer?.echo ? `= ${answer.echo}` : "";
  if (own !== null) own.textContent = answer?.month_value ?? "–";
}

/** Put a copied column into the numbers below the one it is pasted into. */
function pasteColumn(event, { form }) {
  if (!event.target.matches("[data-number]")) return;
  const rows = read(event.clipboardData);
  if (rows === null || rows.length < 2) return;
  event.preventDefault();
  const inputs = [...form.querySelectorAll("[data-number]:not([readonly])")];
  const first = inputs.indexOf(event.target);
  rows.forEach(([cell], down) => {
    const input = inputs[first + down];
    if (input === undefined || cell.isMerged) return;
    input.value = cell.text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function showCell({ key, state, answer, entry }, { form, config, seen, queue, hear }) {
  const [month, name] = key.split("|");
  const input = month === config.month ? form.elements[name] : null;
  if (!input) return;
  input.dataset.saving = SAVING[state] ?? "unsaved";
  input.toggleAttribute("aria-invalid", false);
  const place = document.getElementById(`${name}.said`);
  // What the page said of the text it came with is answered anew too.
  place?.replaceChildren();
  if (state === "saved") {
    if (input.value.trim() === entry?.text || document.activeElement !== input) input.value = answer.text;
    seen[name] = answer.text;
    form.elements.seen.value = JSON.stringify(seen);
    if (input.value === answer.text) hear.settle(name);
    tellReading(form, name, answer);
  }
  if (state === "conflict") showConflict({ key, answer, entry, input, place }, { config, queue, seen });
  if (state !== "refused" && state !== "locked") return;
  input.setAttribute("aria-invalid", "true");
  const [first] = answer.complaints;
  const line = sentence(place, answer.reason || first?.message || "");
  if (first?.suggestion) line.append(" ", filling(input.name, first.suggestion, config.words));
}

/** Return the button that puts a text into a cell; the form's own script does it, as where the server made the button. */
function filling(name, text, words) {
  const made = button(say(words.useSuggestion, { text }), () => {});
  Object.assign(made.dataset, { fill: name, text });
  return made;
}

/** Say at their cells where a slip is suspected and what was probably meant; what is no longer suspected goes. */
function showOffers(offers, { form, config: { words } }) {
  form.querySelectorAll("[data-offered]").forEach((said) => {
    const stands = offers.some(({ name, text }) => name === said.dataset.offered && text === said.dataset.text);
    if (!stands) said.remove();
  });
  for (const { name, text, message } of offers) {
    const place = document.getElementById(`${name}.said`);
    if (place === null || form.querySelector(`[data-offered="${CSS.escape(name)}"]`) !== null) continue;
    const line = sentence(place, message);
    Object.assign(line.dataset, { offered: name, text });
    line.append(" ", filling(name, text, words));
  }
}

function showConflict({ key, answer, entry, input, place }, { config: { words }, queue, seen }) {
  const told = say(words.conflictBoth, {
    mine: entry.text || words.empty,
    theirs: answer.text || words.empty,
    by: answer.changed?.by ?? "",
    at: answer.changed?.at ?? "",
  });
  const line = sentence(place, told);
  line.append(
    " ",
    button(words.takeMine, () => queue.takeMine(key, answer.text)),
    " ",
    button(words.takeTheirs, () => {
      queue.forget(key);
      input.value = answer.text;
      seen[input.name] = answer.text;
      line.remove();
    }),
  );
}

function sentence(place, text) {
  const line = document.createElement("p");
  line.className = "said__error";
  line.textContent = text;
  place?.append(line);
  return line;
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** The form is sent on top of what was saved last; what the page says of the whole and of each row moves along. */
function takeMonth(now, page) {
  if (!now) return;
  const { form } = page;
  form.elements.version.value = now.version;
  const filled = document.querySelector("[data-filled]");
  if (filled !== null) filled.textContent = now.filled;
  form.querySelectorAll("[data-completion-rate]").forEach((rate) => {
    rate.textContent = now.rates[rate.dataset.completionRate] ?? rate.textContent;
  });
  form.querySelectorAll("[data-ratio]").forEach((ratio) => {
    ratio.textContent = now.ratios[ratio.dataset.ratio] ?? ratio.textContent;
  });
  showOffers(now.offers, page);
}

/** Let what is on its way arrive before the whole form is sent. */
function waitForQueue(event, { queue, form }) {
  clearTimeout(queue.timer);
  if (!queue.isSending) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  queue.addEventListener("counted", () => setTimeout(() => form.requestSubmit(submitter)), { once: true });
}

/** Bring back what an earlier visit could not save. */
function restore({ form, config, queue }, voice) {
  const kept = queue.store.all().filter(({ month }) => month === config.month);
  for (const { name, text } of kept) {
    const input = form.elements[name];
    if (input && input.value !== text) {
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  queue.restore();
  if (kept.length) voice.say(say(config.words.restored, { n: kept.length }));
}

// The grid page: the parts put together.

import { keyOf, Queue } from "../autosave/queue.js";
import { asking } from "../autosave/reading.js";
import { watchSession } from "../autosave/signin.js";
import { follow, say, Voice } from "../autosave/told.js";
import { offerUnsaved } from "../autosave/unsaved.js";
import { Model } from "./model.js";
import { Notices } from "./notices.js";
import { Panel } from "./panel.js";
import { watchPointer } from "./pointer.js";
import { Selection } from "./selection.js";
import { Sheet } from "./sheet.js";
import { Status } from "./status.js";

export function start(page) {
  const config = JSON.parse(document.getElementById("grid-config").textContent);
  if (movedToOtherScale(config)) return;
  const table = page.querySelector("[data-grid]");
  const model = new Model(table, config.words);
  const selection = new Selection(model);
  const queue = new Queue(config);
  const voice = new Voice(page.querySelector("[data-live]"));
  const status = new Status(page, model, selection, queue);
  const show = (key) => {
    const cell = model.byKey.get(key) ?? model.rowMates(model.find(key))[0];
    selection.go(cell.row, cell.col);
  };
  const notices = new Notices(page.querySelector("[data-notices]"), voice, {
    queue, model, show, apply: (changes) => sheet.apply(changes),
  });
  const isTyped = ({ month, name }) => sheet.editor.cell?.key === keyOf(month, name);
  const hear = asking(config, (cell, answer) => isTyped(cell) && status.echo(answer?.echo ?? ""));
  const typing = ({ month, name, stored }, text) => hear({ month, name, text, seen: stored });
  const sheet = new Sheet({ model, selection, queue, notices, ask: askAboutPaste, typing });
  sheet.panel = new Panel(document.querySelector("[data-panel]"), config, {
    queue, model, selection, apply: (changes) => sheet.apply(changes), say: (sentence) => notices.say(sentence),
  });

  follow(queue, page.querySelector("[data-saved]"), voice);
  watchSession(queue, document.querySelector("[data-ask=sign-in]"));
  watchQueue({ queue, model, status, notices });
  watchPointer(table, sheet);
  table.addEventListener("keydown", (event) => event.target.closest("td") && sheet.key(event));
  for (const type of ["copy", "cut", "paste"]) {
    table.addEventListener(type, (event) => event.target.closest("td") && !sheet.editor.isOpen && sheet[type](event));
  }
  watchCommands(page, sheet);
  offerUnsaved(queue);
  for (const { dataset } of model.months) {
    notices.offer(dataset.month, config.offers.filter(({ month }) => month === dataset.month));
  }
  restore(queue, model, notices, config.words);
  begin(model, selection);
  page.querySelector("[data-without-script]").hidden = true;
  document.documentElement.dataset.grid = "ready";
}

/** What was typed in the other unit and not saved is shown in the unit it was typed in. */
function movedToOtherScale(config) {
  const here = new Queue(config).store;
  const scale = config.scale === 1 ? 10_000 : 1;
  const there = new Queue({ ...config, scale }).store;
  if (here.all().length || there.all().length === 0) return false;
  const address = new URL(window.location.href);
  address.searchParams.set("scale", scale);
  window.location.replace(address);
  return true;
}

function watchQueue({ queue, model, status, notices }) {
  queue.addEventListener("cell", ({ detail: { key, state, answer, entry } }) => {
    if (model.find(key) === undefined) return;
    if (state === "saved") model.accept(key, answer);
    if (state === "refused" || state === "locked") {
      const cell = model.find(key);
      cell.complaints = answer.complaints.length ? answer.complaints : [{ message: answer.reason }];
      if (cell.el) model.render(cell);
      notices.refused(key, answer);
    } else if (state === "conflict") notices.conflict(key, entry, answer);
    else notices.clear(key);
    status.mark(key, state);
  });
  queue.addEventListener("months", ({ detail }) => {
    for (const [month, now] of Object.entries(detail)) takeMonth(month, now, { queue, model, notices });
    status.show();
  });
  queue.addEventListener("told", ({ detail }) => notices.say(detail.sentence));
}

/** Take over what else became of a month: what others wrote, what the rules find, whether it is shut. */
function takeMonth(month, now, { queue, model, notices }) {
  const head = model.months.find((one) => one.dataset.month === month);
  head.dataset.why = now.why;
  head.classList.toggle("is-locked", now.why !== "");
  for (const [name, held] of Object.entries(now.stored)) {
    const key = keyOf(month, name);
    const cell = model.find(key);
    const isUntouched = cell && !queue.entries.has(key) && cell.text === cell.stored;
    if (isUntouched && cell.stored !== held.text) model.accept(key, held);
  }
  notices.offer(month, now.offers);
  for (const cell of model.cells.flat()) {
    if (cell.month !== month || cell.key === null) continue;
    cell.el.toggleAttribute("aria-readonly", false);
    if (now.why) cell.el.setAttribute("aria-readonly", "true");
    const found = (now.found[cell.name.split(".")[1]] ?? []).filter((one) => one.severity !== "I" && !one.explanation);
    const isFirst = model.at(cell.row - 1, cell.col)?.name?.split(".")[1] !== cell.name.split(".")[1];
    if (found.length && isFirst && cell.stored !== "") {
      cell.el.dataset.severity = found.map((one) => one.severity).sort()[0];
      cell.el.dataset.found = found.map((one) => one.message).join(" ");
    } else {
      delete cell.el.dataset.severity;
      delete cell.el.dataset.found;
    }
  }
}

function askAboutPaste(lines) {
  const dialog = document.querySelector("[data-ask=paste]");
  dialog.querySelector("[data-paste-lines]").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "land"), { once: true });
  });
}

function watchCommands(page, sheet) {
  const commands = page.querySelector("[data-commands]");
  commands.hidden = false;
  commands.addEventListener("click", (event) => {
    const { command } = event.target.closest("[data-command]")?.dataset ?? {};
    if (command === undefined) return;
    sheet.selection.show();
    sheet[command]();
  });
}

/** Bring back what an earlier visit could not save. */
function restore(queue, model, notices, words) {
  const kept = queue.store.all().filter(({ key }) => model.find(key) !== undefined);
  if (kept.length === 0) return;
  for (const { key, text } of kept) model.write(key, text);
  queue.restore();
  notices.tell(say(words.restored, { n: kept.length }));
}

/** Begin in the newest month that may be filled in, in its first empty cell. */
function begin(model, selection) {
  const cols = model.months.map((_, col) => col).reverse();
  const col = cols.find((one) => !model.months[one].dataset.why) ?? 0;
  const column = model.cells.map((row) => row[col]);
  const cell = column.find((one) => !model.whyNot(one) && one.text === "") ?? column[0];
  selection.go(cell.row, cell.col, { focus: false });
  cell.el.scrollIntoView({ block: "nearest", inline: "nearest" });
}

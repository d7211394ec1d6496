// The bar above and the sums below: where one is, what the number is in words, what the selection adds up to.

import { isCanonical, summary } from "./decimals.js";

const SAVING = { waiting: "saving", saving: "saving", refused: "unsaved", locked: "unsaved", conflict: "conflict" };

export class Status {
  constructor(page, model, selection, queue) {
    this.places = Object.fromEntries(["where", "echo", "sum"].map((name) => [name, page.querySelector(`[data-${name}]`)]));
    this.places.report = page.querySelector("[data-to-report]");
    Object.assign(this, { model, selection, queue });
    selection.addEventListener("change", () => this.show());
  }

  show() {
    const cell = this.selection.active;
    const why = this.model.whyNot(cell);
    const word = cell.key === null ? "" : cell.el.dataset.saving ? this.model.words[cell.el.dataset.saving] : "";
    const said = [this.model.where(cell), cell.unit, word, why, ...cell.complaints.map((one) => one.message), ...cell.notes];
    this.places.where.textContent = [...said, cell.el.dataset.found].filter(Boolean).join(" · ");
    this.places.echo.textContent = cell.echo ? `= ${cell.echo}` : "";
    this.places.sum.textContent = this.sums();
    this.lead(cell);
  }

  /** Lead on to the report of the month one stands in. */
  lead(cell) {
    const month = this.model.months[cell.col].querySelector("a");
    if (this.places.report === null) return;
    this.places.report.href = `${month.href}#milestones`;
    this.places.report.querySelector("[data-to-month]").textContent = month.textContent;
  }

  echo(text) {
    this.places.echo.textContent = text ? `= ${text}` : "";
  }

  sums() {
    const { words } = this.model;
    const filled = this.selection.cells.filter((cell) => cell.numeric !== null && isCanonical(cell.numeric));
    if (this.selection.isOne || filled.length === 0) return "";
    const count = `${words.count} ${filled.length}`;
    const [{ unit }] = filled;
    if (filled.some((cell) => cell.unit !== unit)) return `${count} · ${words.unitsDiffer}`;
    const { sum, mean } = summary(filled.map((cell) => cell.numeric));
    return `${words.sum} ${sum} ${unit} · ${count} · ${words.mean} ${mean} ${unit}`;
  }

  /** Show on a cell how far its saving is: a word, a shape and a colour. */
  mark(key, state) {
    const cell = this.model.byKey.get(key);
    if (cell === undefined) return;
    const shown = state === "saved" ? "saved" : SAVING[state];
    cell.el.dataset.saving = shown;
    cell.el.dataset.word = this.model.words[shown];
    if (cell === this.selection.active) this.show();
  }
}

// The cells of the page: which there are, what they hold, what may be typed where. Knows no keys and no network.

import { keyOf } from "../autosave/queue.js";
import { isCanonical } from "./decimals.js";

export class Model {
  constructor(table, words) {
    this.words = words;
    this.table = table;
    this.months = [...table.querySelectorAll("thead [data-month]")];
    this.rows = [...table.tBodies[0].rows];
    this.cells = this.rows.map((tr, row) => [...tr.cells].slice(1).map((el, col) => this.take(el, tr, row, col)));
    this.byKey = new Map(this.cells.flat().filter((cell) => cell.key).map((cell) => [cell.key, cell]));
    /** State and note of each row and month: cells without a place of their own. */
    this.hidden = new Map();
    this.cells.flat().forEach((cell) => cell.key && this.takeHidden(cell));
  }

  take(el, tr, row, col) {
    const { month } = this.months[col].dataset;
    const { name = null, text = "" } = el.dataset;
    const cell = {
      el, row, col, month, name, text,
      key: name === null ? null : keyOf(month, name),
      stored: text,
      shown: el.textContent.trim(),
      numeric: isCanonical(text) ? text : null,
      complaints: [],
      notes: [],
      echo: "",
      unit: tr.dataset.unit,
      decimals: Number(tr.dataset.decimals),
      label: tr.dataset.label,
    };
    el.cell = cell;
    return cell;
  }

  takeHidden(cell) {
    for (const [part, text] of [["state", cell.el.dataset.state ?? ""], ["note", cell.el.dataset.note ?? ""]]) {
      const name = this.sibling(cell, part);
      const key = keyOf(cell.month, name);
      if (!this.hidden.has(key) || text) this.hidden.set(key, { key, month: cell.month, name, text, stored: text });
    }
  }

  sibling(cell, part) {
    return `${cell.name.slice(0, cell.name.lastIndexOf("."))}.${part}`;
  }

  stateOf(cell) {
    return this.hidden.get(keyOf(cell.month, this.sibling(cell, "state")));
  }

  get nRows() {
    return this.cells.length;
  }

  get nCols() {
    return this.months.length;
  }

  at(row, col) {
    return this.cells[row]?.[col];
  }

  find(key) {
    return this.byKey.get(key) ?? this.hidden.get(key);
  }

  /** Return why nothing may be typed in a cell, "" where it may. */
  whyNot(cell) {
    return cell.key === null ? this.words.notDue : this.months[cell.col].dataset.why;
  }

  /** Name a cell for a sentence. */
  where(cell) {
    return `${cell.label} · ${this.monthOf(cell)}`;
  }

  /** Name the month of a cell, shown or not. */
  monthOf(cell) {
    const head = this.months.find((month) => month.dataset.month === cell.month);
    return head?.querySelector("a").textContent ?? cell.month;
  }

  /** Return every cell between two corners, row by row. */
  between(one, other) {
    const [top, bottom] = [Math.min(one.row, other.row), Math.max(one.row, other.row)];
    const [left, right] = [Math.min(one.col, other.col), Math.max(one.col, other.col)];
    return this.cells.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }

  /** Put a text into a cell as the person wrote it; what it means the server will say. */
  write(key, text) {
    const cell = this.find(key);
    cell.text = text;
    if (cell.el === undefined) {
      this.rowMates(cell).forEach((mate) => this.render(mate));
      return;
    }
    const isStored = text === cell.stored;
    cell.shown = isStored ? cell.storedShown ?? text : text;
    cell.numeric = isStored && isCanonical(text) ? text : null;
    cell.complaints = [];
    cell.notes = [];
    this.render(cell);
  }

  /** Take over what the server holds now. */
  accept(key, { text, shown = text, notes = [], echo = "" }) {
    const cell = this.find(key);
    if (cell === undefined) return;
    Object.assign(cell, { text, stored: text, complaints: [], notes, echo, shown, storedShown: shown });
    if (cell.el === undefined) this.rowMates(cell).forEach((mate) => this.render(mate));
    else {
      cell.numeric = isCanonical(text) ? text : null;
      this.render(cell);
    }
  }

  rowMates(hidden) {
    const row = hidden.name.slice(0, hidden.name.lastIndexOf(".") + 1);
    return this.cells.flat().filter((cell) => cell.month === hidden.month && cell.name?.startsWith(row));
  }

  render(cell) {
    const { el } = cell;
    const state = cell.text === "" ? this.stateWord(cell) : "";
    if (state) {
      const word = document.createElement("span");
      word.className = "sheet__state";
      word.textContent = state;
      el.replaceChildren(word);
    } else el.textContent = cell.shown;
    el.toggleAttribute("aria-invalid", false);
    if (cell.complaints.length) el.setAttribute("aria-invalid", "true");
    el.classList.toggle("is-cleaned", cell.notes.length > 0);
  }

  stateWord(cell) {
    const state = this.stateOf(cell)?.text;
    return { NOT_REPORTED: this.words.notReported, NOT_APPLICABLE: this.words.notApplicable }[state] ?? "";
  }
}

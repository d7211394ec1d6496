// The grid as it is worked with: every command on a key, a button or the clipboard ends in a method here.

import { say } from "../autosave/told.js";
import * as clipboard from "./clipboard.js";
import { Editor } from "./editor.js";
import { commandFor } from "./keys.js";
import * as paste from "./paste.js";
import { History } from "./undo.js";

export class Sheet {
  constructor({ model, selection, queue, notices, ask, typing }) {
    Object.assign(this, { model, selection, queue, notices, ask });
    this.history = new History();
    this.isReleased = false;
    this.editor = new Editor({
      commit: (cell, text) => this.commitOne(cell, text),
      leave: ([rows, cols], { isReleased }) => {
        this.selection.step(rows, cols);
        this.isReleased = isReleased;
      },
      typing,
    });
  }

  // Changing ---------------------------------------------------------------------------------

  commitOne(cell, text) {
    this.model.render(cell);
    this.apply([{ key: cell.key, text }]);
  }

  /** Write changes as one step that can be undone, and hand them to the queue. */
  apply(changes, { isStep = true } = {}) {
    const all = changes.flatMap((change) => [change, ...this.follows(change)]);
    const real = all.filter(({ key, text }) => this.model.find(key).text !== text);
    if (real.length === 0) return 0;
    const step = real.map(({ key, text }) => ({ key, before: this.model.find(key).text, after: text }));
    const sent = real.map(({ key, text }) => {
      const { month, name, stored } = this.model.find(key);
      return { month, name, text, seen: stored };
    });
    real.forEach(({ key, text }) => this.model.write(key, text));
    if (isStep) this.history.add(step);
    this.queue.put(sent);
    this.selection.mark();
    return real.length;
  }

  /** A number typed where "not reported" stood takes that word back. */
  follows({ key, text }) {
    const cell = this.model.find(key);
    if (text === "" || cell.el === undefined) return [];
    const state = this.model.stateOf(cell);
    return state?.text ? [{ key: state.key, text: "" }] : [];
  }

  undo() {
    const n = this.apply(this.history.undo(), { isStep: false });
    if (n) this.notices.say(say(this.model.words.undone, { n }));
  }

  redo() {
    const n = this.apply(this.history.redo(), { isStep: false });
    if (n) this.notices.say(say(this.model.words.redone, { n }));
  }

  clear() {
    this.apply(this.typable().map((cell) => ({ key: cell.key, text: "" })));
  }

  typable() {
    return this.selection.cells.filter((cell) => !this.model.whyNot(cell));
  }

  /** Fill the selection from its first row; a single row takes what stands above it. */
  fill() {
    const { block } = this.selection;
    const from = block.length > 1 ? block[0] : block[0].map((cell) => this.model.at(cell.row - 1, cell.col));
    const into = block.length > 1 ? block.slice(1).flat() : block[0];
    const changes = into
      .map((cell) => ({ cell, source: from.find((one) => one?.col === cell.col) }))
      .filter(({ cell, source }) => source?.key && !this.model.whyNot(cell))
      .map(({ cell, source }) => ({ key: cell.key, text: source.text }));
    this.apply(changes);
  }

  // Editing ----------------------------------------------------------------------------------

  edit() {
    this.open({});
  }

  type(character) {
    this.open({ text: character, isOverwriting: true });
  }

  /** An input method begins: give it an empty input, its keys stay its own. */
  compose() {
    this.open({ text: "", isOverwriting: true });
    return "native";
  }

  open(how) {
    const cell = this.selection.active;
    const why = this.model.whyNot(cell);
    if (why) this.notices.say(say(this.model.words.readOnly, { reason: why }));
    else {
      this.selection.go(cell.row, cell.col, { focus: false });
      this.editor.open(cell, how);
    }
  }

  // Moving -----------------------------------------------------------------------------------

  step(rows, cols, extend) {
    this.selection.step(rows, cols, { extend });
  }

  edge(col, extend) {
    const from = extend ? this.selection.focus : this.selection.anchor;
    this.selection.go(from.row, col, { extend });
  }

  corner(row, col, extend) {
    this.selection.go(row, col, { extend });
  }

  selectAll() {
    this.selection.go(0, 0);
    this.selection.go(Infinity, Infinity, { extend: true, focus: false });
  }

  /** Tab goes along the rows, and out of the grid after Esc and at either end. */
  tab(direction) {
    const { row, col } = this.selection.anchor;
    const next = row * this.model.nCols + col + direction;
    if (this.isReleased || next < 0 || next >= this.model.nRows * this.model.nCols) return "native";
    this.selection.go(Math.floor(next / this.model.nCols), next % this.model.nCols);
    return null;
  }

  release() {
    this.selection.go(this.selection.anchor.row, this.selection.anchor.col);
    this.isReleased = true;
    this.notices.say(this.model.words.released);
  }

  about() {
    this.panel.open(this.selection.active);
  }

  // Events -----------------------------------------------------------------------------------

  key(event) {
    const command = commandFor(event);
    if (command === null) return;
    const [name, ...values] = command;
    const answer = this[name](...values);
    if (name !== "release") this.isReleased = false;
    if (answer !== "native") event.preventDefault();
  }

  copy(event) {
    clipboard.write(event.clipboardData, this.selection.block.map((row) => row.map((cell) => cell.text)));
    event.preventDefault();
  }

  cut(event) {
    this.copy(event);
    this.clear();
  }

  async paste(event) {
    event.preventDefault();
    const rows = clipboard.read(event.clipboardData);
    if (rows === null) {
      this.notices.say(this.model.words.pasteNothing);
      return;
    }
    const told = paste.plan(rows, this.selection, this.model);
    if (!paste.fits(told) && !(await this.ask(paste.previewLines(told, this.model.words)))) return;
    const corner = this.selection.block[0][0];
    this.apply(told.changes);
    this.selection.spread(corner, told.nRows, told.nCols);
    paste.afterLines(told, this.model.words).forEach((line) => this.notices.tell(line));
  }
}

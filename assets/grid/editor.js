// The input that opens in a cell. Typing opens it empty (arrows then move on), F2 with the value (arrows move the
// caret). Keys that belong to an input method stay its own.

const MOVES = {
  Enter: (event) => [event.shiftKey ? -1 : 1, 0],
  Tab: (event) => [0, event.shiftKey ? -1 : 1],
  ArrowUp: () => [-1, 0],
  ArrowDown: () => [1, 0],
  ArrowLeft: () => [0, -1],
  ArrowRight: () => [0, 1],
};

export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

export class Editor {
  /** `commit(cell, text)` takes a text, `leave(move)` goes on, `typing(cell, text)` hears every change. */
  constructor({ commit, leave, typing }) {
    Object.assign(this, { commit, leave, typing });
    this.cell = null;
    this.input = document.createElement("input");
    this.input.type = "text";
    this.input.inputMode = "decimal";
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    this.input.className = "sheet__input";
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("input", () => this.typing(this.cell, this.input.value));
    this.input.addEventListener("blur", () => this.close({ isKept: true }));
  }

  get isOpen() {
    return this.cell !== null;
  }

  open(cell, { text = cell.text, isOverwriting = false } = {}) {
    this.cell = cell;
    this.isOverwriting = isOverwriting;
    this.input.value = text;
    this.input.setAttribute("aria-label", `${cell.label} ${cell.month} ${cell.unit}`);
    cell.el.replaceChildren(this.input);
    cell.el.classList.add("is-edited");
    this.input.focus({ preventScroll: true });
    this.input.setSelectionRange(text.length, text.length);
    this.typing(cell, text);
  }

  /** Close the input; what it holds is committed or let go. */
  close({ isKept }) {
    const { cell } = this;
    if (cell === null) return;
    this.cell = null;
    cell.el.classList.remove("is-edited");
    this.commit(cell, isKept ? this.input.value.trim() : cell.text);
  }

  key(event) {
    event.stopPropagation();
    if (isComposing(event)) return;
    if (event.key === "Escape") this.finish(event, false, [0, 0]);
    else if (event.key === "F2") {
      event.preventDefault();
      this.isOverwriting = !this.isOverwriting;
    } else if (event.key in MOVES && (!event.key.startsWith("Arrow") || this.isOverwriting)) {
      this.finish(event, true, MOVES[event.key](event));
    }
  }

  finish(event, isKept, move) {
    event.preventDefault();
    this.close({ isKept });
    this.leave(move, { isReleased: !isKept });
  }
}

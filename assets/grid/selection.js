// Which cell is current and which are selected. One cell at a time is reachable by Tab (roving tabindex).

export class Selection extends EventTarget {
  constructor(model) {
    super();
    this.model = model;
    this.anchor = this.focus = model.at(0, 0);
    this.marked = [];
  }

  /** The selected cells, row by row. */
  get block() {
    return this.model.between(this.anchor, this.focus);
  }

  get cells() {
    return this.block.flat();
  }

  get isOne() {
    return this.anchor === this.focus;
  }

  /** The cell that typing goes to: the one the selection began with. */
  get active() {
    return this.anchor;
  }

  go(row, col, { extend = false, focus = true } = {}) {
    const target = this.model.at(
      Math.max(0, Math.min(row, this.model.nRows - 1)),
      Math.max(0, Math.min(col, this.model.nCols - 1)),
    );
    this.focus = target;
    if (!extend) this.anchor = target;
    this.mark();
    if (focus) this.show();
  }

  step(rows, cols, options = {}) {
    const from = options.extend ? this.focus : this.anchor;
    this.go(from.row + rows, from.col + cols, options);
  }

  /** Select a block by its corner and size; the corner stays current. */
  spread(cell, nRows, nCols) {
    this.go(cell.row, cell.col);
    this.go(cell.row + nRows - 1, cell.col + nCols - 1, { extend: true, focus: false });
  }

  mark() {
    for (const cell of this.marked) {
      cell.el.removeAttribute("aria-selected");
      cell.el.classList.remove("is-active");
      cell.el.tabIndex = -1;
    }
    this.marked = this.cells;
    for (const cell of this.marked) cell.el.setAttribute("aria-selected", "true");
    this.anchor.el.classList.add("is-active");
    this.anchor.el.tabIndex = 0;
    this.dispatchEvent(new Event("change"));
  }

  show() {
    this.anchor.el.focus({ preventScroll: true });
    this.focus.el.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

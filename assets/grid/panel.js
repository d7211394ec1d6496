// The context of a cell, on Ctrl+Enter: read from the server, written through the queue. Esc leads back to the cell.

import { keyOf } from "../autosave/queue.js";

export class Panel {
  constructor(dialog, config, { queue, model, selection, apply, say }) {
    Object.assign(this, { dialog, config, queue, model, selection, apply, say });
    dialog.addEventListener("close", () => selection.show());
    dialog.addEventListener("change", (event) => this.keep(event.target));
    dialog.addEventListener("click", (event) => this.restore(event.target.closest("[data-restore]")));
    queue.addEventListener("cell", ({ detail }) => this.tell(detail));
  }

  async open(cell) {
    if (cell.key === null) {
      this.say(this.model.whyNot(cell));
      return;
    }
    const query = new URLSearchParams({
      month: cell.month, indicator: cell.name.split(".")[1], scale: this.config.scale,
    });
    try {
      const answer = await fetch(`${this.config.panelUrl}?${query}`, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      this.dialog.innerHTML = await answer.text();
    } catch {
      this.say(this.config.words.offline);
      return;
    }
    this.month = cell.month;
    this.isLocked = this.model.whyNot(cell) !== "";
    this.dialog.querySelectorAll("[data-cell]").forEach((input) => { input.disabled = this.isLocked; });
    this.dialog.querySelectorAll("[data-restore]").forEach((button) => { button.hidden = this.isLocked; });
    this.dialog.showModal();
  }

  keep(input) {
    const { cell: name, seen } = input.dataset;
    if (name === undefined) return;
    const key = keyOf(this.month, name);
    if (this.model.find(key)) this.apply([{ key, text: input.value.trim() }]);
    else this.queue.put([{ month: this.month, name, text: input.value.trim(), seen }]);
  }

  restore(button) {
    if (!button) return;
    this.apply([{ key: keyOf(this.month, button.dataset.restore), text: button.dataset.text }]);
    this.dialog.close();
  }

  tell({ key, state, answer }) {
    const place = this.dialog.open && this.dialog.querySelector("[data-panel-error]");
    if (!place || !key.startsWith(`${this.month}|`)) return;
    place.textContent = state === "refused" ? answer.complaints[0]?.message ?? "" : "";
  }
}

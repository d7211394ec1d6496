// What waits for the person: cells that cannot be saved, conflicts, and what a paste has to tell.

import { say } from "../autosave/told.js";

export class Notices {
  constructor(place, voice, { queue, model, show, apply }) {
    Object.assign(this, { place, voice, queue, model, show, apply });
    this.byKey = new Map();
    /** What the rules suggest, by the cell it would go into. */
    this.offers = new Map();
  }

  /** Say something in passing: aloud and beside the sums. */
  say(sentence) {
    this.voice.say(sentence);
  }

  /** Keep a sentence on the page until it is put away. */
  tell(sentence) {
    const line = this.line(null, "info");
    line.append(sentence, this.button("×", () => line.remove()));
    this.voice.say(sentence);
  }

  clear(key) {
    this.byKey.get(key)?.remove();
    this.byKey.delete(key);
  }

  refused(key, answer) {
    const [first] = answer.complaints;
    const line = this.line(key, "error");
    line.append(this.link(key), ` ${answer.reason || first?.message || ""} `);
    const target = first?.name ? `${key.split("|")[0]}|${first.name}` : key;
    if (first?.suggestion && this.model.find(target)) {
      const text = say(this.model.words.useSuggestion, { text: first.suggestion });
      line.append(this.button(text, () => this.use(target, first.suggestion)));
    }
  }

  conflict(key, entry, answer) {
    const { words } = this.model;
    const line = this.line(key, "warning");
    const sentence = say(words.conflictBoth, {
      mine: entry.text || words.empty,
      theirs: answer.text || words.empty,
      by: answer.changed?.by ?? "",
      at: answer.changed?.at ?? "",
    });
    const settle = (isMine) => {
      this.clear(key);
      if (isMine) this.queue.takeMine(key, answer.text);
      else {
        this.queue.forget(key);
        this.model.accept(key, answer);
      }
      this.show(key);
    };
    line.append(this.link(key), ` ${sentence} `);
    line.append(this.button(words.takeMine, () => settle(true)), " ", this.button(words.takeTheirs, () => settle(false)));
  }

  /** Offer what was probably meant in a month, a line a cell; what is no longer suspected goes. */
  offer(month, offers) {
    for (const [key, line] of this.offers) {
      if (!key.startsWith(`${month}|`)) continue;
      line.remove();
      this.offers.delete(key);
    }
    for (const { name, text, message } of offers) {
      const key = `${month}|${name}`;
      const cell = this.model.find(key);
      if (cell === undefined || this.model.whyNot(cell)) continue;
      const line = this.line(null, "error");
      const words = say(this.model.words.useSuggestion, { text });
      line.append(this.link(key, this.model.monthOf(cell)), ` ${message} `, this.button(words, () => this.use(key, text)));
      this.offers.set(key, line);
    }
  }

  use(key, text) {
    this.apply([{ key, text }]);
    this.show(key);
  }

  line(key, tone) {
    if (key !== null) this.clear(key);
    const line = document.createElement("p");
    line.className = `notice notice--${tone}`;
    this.place.append(line);
    if (key !== null) this.byKey.set(key, line);
    return line;
  }

  /** Lead to a cell, by its name unless other words say enough beside the sentence. */
  link(key, words = null) {
    const cell = this.model.find(key);
    const link = document.createElement("a");
    link.href = "#";
    if (words !== null && cell?.label) link.setAttribute("aria-label", this.model.where(cell));
    link.textContent = words ?? (cell?.label ? this.model.where(cell) : key.replace("|", " "));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.show(key);
    });
    return link;
  }

  button(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }
}

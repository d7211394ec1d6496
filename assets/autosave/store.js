// What was typed and not yet acknowledged, kept in this browser: one item per cell, so that two tabs never
// overwrite each other, under the person, the unit and the typing unit it was written in.

const PREFIX = "workplan.unsaved";

export class Store {
  constructor({ person, unit, scale }, storage = window.localStorage) {
    this.storage = storage;
    this.prefix = `${PREFIX}.${person}.${unit}.${scale}.`;
  }

  /** Keep an entry; say whether it could be kept. */
  put(key, entry) {
    try {
      this.storage.setItem(this.prefix + key, JSON.stringify(entry));
      return true;
    } catch {
      return false;
    }
  }

  /** Forget an entry, unless another tab has written something newer there. */
  drop(key, text) {
    if (this.get(key)?.text === text) this.storage.removeItem(this.prefix + key);
  }

  get(key) {
    try {
      return JSON.parse(this.storage.getItem(this.prefix + key));
    } catch {
      return null;
    }
  }

  /** Return what was kept, oldest first. */
  all() {
    const kept = [];
    for (let index = 0; index < this.storage.length; index += 1) {
      const name = this.storage.key(index);
      if (!name.startsWith(this.prefix)) continue;
      const key = name.slice(this.prefix.length);
      const entry = this.get(key);
      if (typeof entry?.text === "string" && typeof entry?.seen === "string") kept.push({ key, ...entry });
    }
    return kept.sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
  }
}

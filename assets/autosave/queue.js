// The queue of cells on their way to the server: nothing leaves it before the server has said what became of it.
//
// An entry is waiting, saving, refused (it cannot be stored), conflict (somebody else wrote there) or locked (the
// report takes nothing any more); all of them are kept in this browser. What happens is told by events:
// "cell" (detail: key, state, answer), "months", "told" (a sentence), "signed-out", "counted".

import { send } from "./send.js";
import { Store } from "./store.js";

const SHORTLY = 120;
const RETRY_FIRST = 2_000;
const RETRY_MOST = 30_000;
/** Well below what the server reads at once, however the characters are written. */
const MOST_CHARACTERS = 200_000;

export function keyOf(month, name) {
  return `${month}|${name}`;
}

function rowOf(key) {
  return key.slice(0, key.lastIndexOf("."));
}

export class Queue extends EventTarget {
  constructor(config) {
    super();
    this.config = config;
    this.store = new Store(config);
    this.entries = new Map();
    this.savedAt = null;
    this.isSending = false;
    this.isSignedOut = false;
    this.isOffline = false;
    /** Something could not even be kept in this browser. */
    this.isUnkept = false;
    this.wait = RETRY_FIRST;
    this.timer = null;
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("pageshow", (event) => event.persisted && this.hurry());
    document.addEventListener("resume", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
  }

  /** Take cells in: [{month, name, text, seen}]. Parts of a row that were refused go along with what now changed. */
  put(cells) {
    for (const { month, name, text, seen } of cells) {
      const key = keyOf(month, name);
      const before = this.entries.get(key);
      const entry = { month, name, text, seen: before?.seen ?? seen, at: Date.now(), isUncertain: before?.isUncertain };
      this.keep(key, entry);
      for (const [other, one] of this.entries) {
        if (other !== key && rowOf(other) === rowOf(key) && one.state === "refused") this.become(other, one, "waiting");
      }
    }
    this.soon(SHORTLY);
  }

  keep(key, entry) {
    this.entries.set(key, entry);
    if (!this.store.put(key, entry)) {
      this.isUnkept = true;
      this.tell(this.config.words.storageFull);
    }
    this.become(key, entry, "waiting");
  }

  /** Take up what an earlier visit left behind; return its entries. */
  restore() {
    const kept = this.store.all();
    for (const { key, ...entry } of kept) {
      this.entries.set(key, { ...entry, isUncertain: true });
      this.become(key, this.entries.get(key), "waiting");
    }
    if (kept.length) this.soon(SHORTLY);
    return kept;
  }

  /** Settle a conflict: the person's own text is sent again on top of what they have now seen. */
  takeMine(key, theirs) {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.keep(key, { ...entry, seen: theirs });
    this.soon(0);
  }

  /** Give an entry up: what is stored stands. */
  forget(key) {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.store.drop(key, entry.text);
    this.count();
  }

  hurry() {
    if (this.isSignedOut) return;
    this.wait = RETRY_FIRST;
    this.soon(0);
  }

  /** Go on after somebody signed in again. */
  resume() {
    this.isSignedOut = false;
    this.wait = RETRY_FIRST;
    return this.flush();
  }

  soon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
  }

  async flush() {
    if (this.isSending || this.isSignedOut) return;
    const batch = this.batch();
    if (batch.length === 0) return;
    this.isSending = true;
    batch.forEach(({ key, entry }) => this.become(key, entry, "saving"));
    const result = await send(
      this.config,
      batch.map(({ entry: { month, name, text, seen } }) => ({ month, name, text, seen })),
    );
    this.isSending = false;
    this.settle(result, batch);
  }

  batch() {
    const batch = [];
    let characters = 0;
    for (const [key, entry] of this.entries) {
      if (entry.state !== "waiting") continue;
      characters += entry.text.length + entry.seen.length;
      if (batch.length === this.config.mostCells || (batch.length && characters > MOST_CHARACTERS)) break;
      batch.push({ key, entry, text: entry.text });
    }
    return batch;
  }

  settle(result, batch) {
    if (result.kind === "answer") {
      this.wait = RETRY_FIRST;
      this.isOffline = false;
      this.accept(result.body, new Map(batch.map((one) => [one.key, one])));
      this.soon(0);
      return;
    }
    for (const { key } of batch) {
      const entry = this.entries.get(key);
      if (entry === undefined) continue;
      entry.isUncertain = result.kind !== "refused";
      this.store.put(key, entry);
      this.become(key, entry, result.kind === "refused" ? "refused" : "waiting", {
        complaints: [{ message: result.message, suggestion: null }],
      });
    }
    if (result.kind === "signed-out") {
      this.isSignedOut = true;
      this.emit("signed-out", { message: result.message });
    } else if (result.kind !== "refused") {
      this.isOffline = true;
      this.tell(result.kind === "offline" ? this.config.words.offline : this.config.words.serverBusy);
      this.soon(this.wait);
      this.wait = Math.min(this.wait * 2, RETRY_MOST);
    }
    this.count();
  }

  accept(body, sent) {
    for (const answer of body.cells) {
      const key = keyOf(answer.month, answer.name);
      const entry = this.entries.get(key);
      if (entry === undefined) continue;
      if (entry.text !== sent.get(key)?.text) {
        // Typed over while it was on its way: what was stored is what the new text now stands on.
        if (answer.outcome === "saved") this.keep(key, { ...entry, seen: answer.text, isUncertain: false });
        else this.become(key, entry, "waiting");
      } else this.acceptOne(key, entry, answer);
    }
    this.savedAt = body.saved_at;
    this.emit("months", body.months);
    this.count();
  }

  acceptOne(key, entry, answer) {
    if (answer.outcome === "saved") {
      this.entries.delete(key);
      this.store.drop(key, entry.text);
      this.emit("cell", { key, state: "saved", answer });
    } else if (answer.outcome === "conflict" && entry.isUncertain && answer.changed?.is_mine) {
      // An answer was lost on the way: what stands there is what this page had sent.
      this.keep(key, { ...entry, seen: answer.text, isUncertain: false });
    } else this.become(key, entry, answer.outcome, answer);
  }

  become(key, entry, state, answer = null) {
    entry.state = state;
    this.emit("cell", { key, state, answer, entry });
    this.count();
  }

  tell(sentence) {
    this.emit("told", { sentence });
  }

  count() {
    const states = [...this.entries.values()].map((entry) => entry.state);
    const isUnderWay = (state) => state === "saving" || (state === "waiting" && !this.isOffline && !this.isSignedOut);
    const nSaving = states.filter(isUnderWay).length;
    this.emit("counted", { nSaving, nUnsaved: states.length - nSaving, savedAt: this.savedAt });
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

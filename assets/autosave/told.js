// The one place that says whether everything is saved, and the voice that says it aloud, not more often than every
// two seconds.

const BREATH = 2_000;

/** Fill the {names} of a sentence. */
export function say(sentence, words = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
}

export class Voice {
  constructor(region) {
    this.region = region;
    this.next = null;
    this.last = 0;
  }

  say(sentence) {
    const isPending = this.next !== null;
    this.next = sentence;
    if (!isPending) setTimeout(() => this.speak(), Math.max(0, this.last + BREATH - Date.now()));
  }

  speak() {
    this.region.textContent = this.next;
    this.last = Date.now();
    this.next = null;
  }
}

/** Keep the fixed place up to date with the queue. */
export function follow(queue, place, voice) {
  const { words } = queue.config;
  queue.addEventListener("counted", ({ detail: { nSaving, nUnsaved, savedAt } }) => {
    const text = nUnsaved
      ? say(words.someUnsaved, { n: nUnsaved })
      : nSaving
        ? say(words.someSaving, { n: nSaving })
        : savedAt && say(words.allSaved, { time: savedAt });
    if (!text || place.textContent === text) return;
    place.textContent = text;
    place.dataset.tone = nUnsaved ? "unsaved" : nSaving ? "saving" : "saved";
    if (!nSaving) voice.say(text);
  });
  // What is kept in this browser comes back by itself; only what could not be kept is worth a question.
  window.addEventListener("beforeunload", (event) => {
    if (queue.isUnkept && queue.entries.size) event.preventDefault();
  });
}

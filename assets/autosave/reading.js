// What a typed number is, asked of the server when typing pauses. No number that a person types is read in the
// browser: there is one grammar, and it is the server's.

import { send } from "./send.js";

const PAUSE = 250;

/**
 * Return a listener for typing: `hear({month, name, text, seen})`. `show(cell, answer)` gets what the server read,
 * null while it has not said so yet or where it reads nothing. `hear.settle(name)`: this cell has been answered
 * otherwise, what was asked about it is not told any more.
 */
export function asking(config, show) {
  let timer = null;
  let asked = 0;
  let current = null;
  const hear = (cell) => {
    clearTimeout(timer);
    show(cell, null);
    current = cell.name;
    asked += 1;
    const mine = asked;
    if (cell.text.trim() === "") return;
    timer = setTimeout(async () => {
      const result = await send(config, [cell], { isDryRun: true });
      if (mine !== asked || result.kind !== "answer") return;
      const [answer] = result.body.cells;
      show(cell, answer.outcome === "read" ? answer : null);
    }, PAUSE);
  };
  hear.settle = (name) => {
    if (name !== current) return;
    clearTimeout(timer);
    asked += 1;
  };
  return hear;
}

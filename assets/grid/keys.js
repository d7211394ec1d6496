// Which key does what while no cell is being edited. Each command is a method of the sheet (sheet.js).

import { isComposing } from "./editor.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const CONTROL = { z: "undo", y: "redo", d: "fill", a: "selectAll" };

/** Return the command for a key press: [name, …arguments], null where the key is not the grid's. */
export function commandFor(event) {
  const control = event.ctrlKey || event.metaKey;
  if (isComposing(event)) return ["compose"];
  if (event.altKey) return null;
  if (control) return withControl(event);
  if (event.key in ARROWS) return ["step", ...ARROWS[event.key], event.shiftKey];
  return plain(event);
}

function withControl(event) {
  if (event.key === "Home") return ["corner", 0, 0, event.shiftKey];
  if (event.key === "End") return ["corner", Infinity, Infinity, event.shiftKey];
  if (event.key === "Enter") return ["about"];
  const letter = event.key.toLowerCase();
  if (letter === "z" && event.shiftKey) return ["redo"];
  return letter in CONTROL ? [CONTROL[letter]] : null;
}

function plain(event) {
  switch (event.key) {
    case "Enter":
      return ["step", event.shiftKey ? -1 : 1, 0, false];
    case "Tab":
      return ["tab", event.shiftKey ? -1 : 1];
    case "Home":
      return ["edge", 0, event.shiftKey];
    case "End":
      return ["edge", Infinity, event.shiftKey];
    case "PageUp":
    case "PageDown":
      return ["step", event.key === "PageUp" ? -10 : 10, 0, event.shiftKey];
    case "F2":
      return ["edit"];
    case "Escape":
      return ["release"];
    case "Delete":
    case "Backspace":
      return ["clear"];
    default:
      return event.key.length === 1 ? ["type", event.key] : null;
  }
}

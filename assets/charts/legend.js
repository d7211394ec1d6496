// The legend as buttons: each shows its line's dash and symbol, and puts it away or brings it back.
const NS = "http://www.w3.org/2000/svg";

function part(name, attributes) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const SHAPES = {
  none: () => [],
  circle: (color) => [part("circle", { cx: 16, cy: 7, r: 4, fill: color })],
  emptyCircle: (color) => [part("circle", { cx: 16, cy: 7, r: 3.5, fill: "none", stroke: color, "stroke-width": 2 })],
  rect: (color) => [part("rect", { x: 12.5, y: 3.5, width: 7, height: 7, fill: color })],
  triangle: (color) => [part("path", { d: "M16 2l5 9h-10z", fill: color })],
  tick: (color) => [part("rect", { x: 14.5, y: 0, width: 3, height: 14, fill: color })],
  diamond: (color) => [part("path", { d: "M16 2l5 5-5 5-5-5z", fill: color })],
};

/** Return a sample of a line. */
function sample({ color, width, dash, symbol }) {
  const svg = part("svg", { width: 32, height: 14, viewBox: "0 0 32 14", "aria-hidden": "true" });
  const line = { x1: 0, x2: 32, y1: 7, y2: 7, stroke: color, "stroke-width": width };
  svg.append(part("line", Array.isArray(dash) ? { ...line, "stroke-dasharray": dash.join(" ") } : line));
  svg.append(...SHAPES[symbol](color));
  return svg;
}

/** Return a sample of a bar, with the shape that stands for its verdict everywhere. */
function swatch({ color }) {
  const svg = part("svg", { width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": "true" });
  svg.append(part("rect", { width: 14, height: 14, rx: 2, fill: color }));
  return svg;
}

function keyButton(key, isShown, toggle) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "chart__key";
  button.setAttribute("aria-pressed", isShown);
  button.append(sample(key), key.name);
  button.addEventListener("click", () => {
    const shows = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", shows);
    toggle(key.name, shows);
  });
  return button;
}

function still(key) {
  const item = document.createElement("span");
  item.className = "chart__key chart__key--still";
  item.append(swatch(key), key.name);
  return item;
}

export function legend(element, keys, hidden, toggle) {
  element.replaceChildren(
    ...keys.map((key) => (key.tone === undefined ? keyButton(key, !hidden.has(key.name), toggle) : still(key))),
  );
}

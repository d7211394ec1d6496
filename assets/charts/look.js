// How charts look: colours come from the stylesheet (--chart-…), so that they follow the theme; dashes and symbols
// tell the lines apart without colour.
const DASHES = { solid: "solid", dashed: [8, 5], dotted: [2, 4], dashdot: [9, 4, 2, 4], long: [16, 5] };

/** Line styles by the name that the page gives a line. */
const LINES = {
  actual: { color: "actual", width: 3, dash: "solid", symbol: "circle", size: 8 },
  proRata: { color: "path", width: 2, dash: "dashed", symbol: "none", size: 0 },
  seasonal: { color: "season", width: 2, dash: "dotted", symbol: "none", size: 0 },
  previous: { color: "past", width: 1.5, dash: "dashdot", symbol: "diamond", size: 7 },
  unit1: { color: "1", width: 2.5, dash: "solid", symbol: "circle", size: 8 },
  unit2: { color: "2", width: 2.5, dash: "dashed", symbol: "rect", size: 7 },
  unit3: { color: "3", width: 2.5, dash: "dotted", symbol: "triangle", size: 9 },
  unit4: { color: "4", width: 2.5, dash: "dashdot", symbol: "diamond", size: 9 },
  unit5: { color: "5", width: 2.5, dash: "long", symbol: "emptyCircle", size: 8 },
};

/** Patterns of bars, one per tone of a verdict: readable in grey. */
const PATTERNS = {
  completed: { symbol: "none" },
  "on-schedule": { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: -Math.PI / 4 },
  lagging: { symbol: "circle", symbolSize: 0.7, dashArrayX: [[7, 7], [0, 7, 7, 0]], dashArrayY: [7, 0] },
  behind: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: Math.PI / 4 },
  breached: { symbol: "rect", symbolSize: 1, dashArrayX: [[4, 4], [0, 4, 4, 0]], dashArrayY: [4, 0] },
};

const NAMES = ["ink", "soft", "grid", "paper", "tip", "tip-ink", "actual", "path", "season", "past", "pattern", "none"];
const TONES = Object.keys(PATTERNS);

/** Return every colour of the theme that holds at the element, and its font. */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const names = [...NAMES, ...TONES, "1", "2", "3", "4", "5"];
  const colors = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--chart-${name}`).trim()]));
  return { colors, font: style.fontFamily };
}

export function lineLook(key, theme) {
  const { color, width, dash, symbol, size } = LINES[key];
  return { color: theme.colors[color], width, dash: DASHES[dash], symbol, size };
}

export function barLook(tone, theme) {
  const color = theme.colors[tone] || theme.colors.none;
  return { color, decal: { color: theme.colors.pattern, ...(PATTERNS[tone] ?? { symbol: "none" }) } };
}

// What each kind of chart is drawn from: the same on the page, in a file of it, and on paper.
import { barsKeys, barsOption, barsSentence } from "./bars.js";
import { curveKeys, curveOption, curveSentence } from "./curve.js";

export const KINDS = {
  curve: { option: curveOption, keys: curveKeys, sentence: curveSentence },
  bars: { option: barsOption, keys: barsKeys, sentence: barsSentence },
};

/** Return what every kind of chart has in common; what is on paper has no tooltip and no legend of its own. */
export function common(kind, data, theme, isNarrow) {
  const { ink, tip } = theme.colors;
  return {
    textStyle: { fontFamily: theme.font, color: ink },
    animation: false,
    grid: { left: isNarrow ? 4 : 12, right: data.kind === "bars" ? 64 : 20, top: 20, bottom: 12, containLabel: true },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: tip,
      borderWidth: 0,
      textStyle: { color: theme.colors["tip-ink"], fontFamily: theme.font, fontSize: 13, width: 260, overflow: "break" },
      formatter: ([first]) => kind.sentence(data, Math.max(0, data.months.indexOf(first.axisValue))),
    },
    ...kind.option(data, theme),
  };
}

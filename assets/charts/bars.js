// Horizontal bars, one per unit or region, patterned by verdict, with the mark of what was expected.
import { barLook } from "./look.js";

/** Return the verdicts that the bars show, and the mark of what was expected where any bar has one. */
export function barsKeys(data, theme) {
  const verdicts = data.keys.map(({ name, tone }) => ({ name, tone, ...barLook(tone, theme) }));
  const isMarked = data.bars.some(({ expected }) => expected !== null);
  return isMarked ? [...verdicts, { name: data.mark, color: theme.colors.ink, width: 0, dash: "solid", symbol: "tick" }] : verdicts;
}

export function barsOption(data, theme) {
  const { ink, soft, grid } = theme.colors;
  const axis = { axisLabel: { color: soft, fontFamily: theme.font } };
  return {
    xAxis: { type: "value", min: 0, splitLine: { lineStyle: { color: grid } }, ...axis },
    yAxis: {
      type: "category",
      inverse: true,
      data: data.months,
      axisPointer: { show: true, type: "shadow", label: { show: false } },
      axisLine: { lineStyle: { color: soft } },
      axisTick: { show: false },
      ...axis,
    },
    series: [
      {
        name: data.name,
        type: "bar",
        barMaxWidth: 22,
        data: data.bars.map(({ value, tone }) => {
          const { color, decal } = barLook(tone, theme);
          return { value, itemStyle: { color, decal } };
        }),
        label: { show: true, position: "right", color: ink, fontFamily: theme.font, formatter: ({ dataIndex }) => data.bars[dataIndex].text },
      },
      {
        name: data.mark,
        type: "scatter",
        symbol: "rect",
        symbolSize: [3, 26],
        z: 5,
        itemStyle: { color: ink },
        data: data.bars.map(({ expected }) => expected),
      },
    ],
  };
}

export const barsSentence = (data, index) => data.sentences[index];

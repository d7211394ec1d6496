// Lines over the months: one indicator against its paths, or several units. All words come from the page.
import { lineLook } from "./look.js";

const hasValues = (line) => line.values.some((value) => value !== null);

/** Return the lines that have something to draw, by the name of their look. */
export function shownLines(data) {
  return Object.entries(data.lines).filter(([, line]) => hasValues(line));
}

/** Return one line; a gap in the middle is bridged, since quarters have months between them. */
function lineSeries(key, line, theme) {
  const { color, width, dash, symbol, size } = lineLook(key, theme);
  return {
    name: line.name,
    type: "line",
    data: line.values,
    connectNulls: true,
    symbol,
    symbolSize: size,
    showSymbol: symbol !== "none",
    z: key === "actual" ? 5 : 3,
    itemStyle: { color },
    lineStyle: { color, width, type: dash },
  };
}

/** Return where the forecast starts: the newest month with a figure of its own. */
function lastPoint(values) {
  const index = values.reduce((last, value, month) => (value === null ? last : month), -1);
  return index < 0 ? null : [index, values[index]];
}

/** Return the dashed way to December and the band around it. */
function forecastSeries(data, theme) {
  const start = data.forecast && lastPoint(data.lines.actual.values);
  if (!start) return [];
  const { color } = lineLook("actual", theme);
  const december = data.months.length - 1;
  const { name, value, low, high } = data.forecast;
  const band = {
    name,
    type: "custom",
    silent: true,
    z: 2,
    clip: true,
    data: [[december, low, high]],
    encode: { x: 0, y: [1, 2] }, // so that the axis reaches as far as the band
    renderItem: (_params, api) => ({
      type: "polygon",
      shape: { points: [api.coord(start), api.coord([december, low]), api.coord([december, high])] },
      style: { fill: color, opacity: 0.15, stroke: color, lineWidth: 1, lineDash: [2, 3] },
    }),
    itemStyle: { color },
  };
  const way = {
    name,
    type: "line",
    data: [start, [december, value]],
    symbol: "emptyCircle",
    symbolSize: (_value, { dataIndex }) => (dataIndex === 1 ? 9 : 0),
    z: 4,
    itemStyle: { color },
    lineStyle: { color, width: 2, type: [6, 5] },
  };
  return high > low ? [way, band] : [way];
}

/** Return the entries of the legend, each with what its sample line is drawn with. */
export function curveKeys(data, theme) {
  const keys = shownLines(data).map(([key, line]) => ({ name: line.name, ...lineLook(key, theme) }));
  if (forecastSeries(data, theme).length) {
    keys.push({ name: data.forecast.name, ...lineLook("actual", theme), width: 2, dash: [6, 5], symbol: "emptyCircle" });
  }
  return keys;
}

export function curveOption(data, theme) {
  const { soft, grid } = theme.colors;
  return {
    xAxis: {
      type: "category",
      data: data.months,
      boundaryGap: false,
      axisPointer: { show: true, type: "line", snap: true, label: { show: false }, lineStyle: { color: soft } },
      axisLine: { lineStyle: { color: soft } },
      axisLabel: { color: soft, fontFamily: theme.font },
    },
    yAxis: {
      type: "value",
      min: data.fromZero ? 0 : undefined,
      scale: !data.fromZero,
      splitLine: { lineStyle: { color: grid } },
      axisLabel: { color: soft, fontFamily: theme.font },
    },
    series: [...shownLines(data).map(([key, line]) => lineSeries(key, line, theme)), ...forecastSeries(data, theme)],
  };
}

/** Say what stands in one month; in December also where the year is expected to end. */
export function curveSentence(data, index) {
  const isDecember = index === data.months.length - 1;
  return isDecember && data.forecast ? `${data.sentences[index]}\n${data.forecast.sentence}` : data.sentences[index];
}

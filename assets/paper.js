// The charts of the pages, drawn on the server for Word and PDF: no browser, no clock, no network.
import { echarts } from "./charts/echarts.js";
import { KINDS, common } from "./charts/options.js";

const SMALL = 16;

/** Return one chart as SVG; what the page says around it stands in a legend below. */
function paperChart(data, theme, width, height) {
  const kind = KINDS[data.kind];
  const option = common(kind, data, theme, false);
  const keys = kind.keys(data, theme);
  const text = { color: theme.colors.ink, fontFamily: theme.font, fontSize: SMALL };
  const scale = (axis) => ({ ...axis, axisLabel: { ...axis.axisLabel, color: theme.colors.ink, fontSize: SMALL } });
  if (data.kind === "bars") Object.assign(option.series[0].label, { distance: 18, fontSize: 14 }); // clear of the mark
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height, locale: "ZH" });
  chart.setOption({
    ...option,
    tooltip: undefined,
    xAxis: scale(option.xAxis),
    yAxis: { ...scale(option.yAxis), name: data.kind === "curve" ? data.unit : undefined, nameTextStyle: { ...text, align: "right" } },
    legend: { data: data.kind === "bars" ? [data.mark] : keys.map((key) => key.name), bottom: 0, itemGap: 24, itemWidth: 40, textStyle: text },
    grid: { ...option.grid, left: 12, right: data.kind === "bars" ? 200 : 30, top: data.kind === "curve" ? 44 : 12, bottom: 44 },
  });
  const drawn = chart.renderToSVGString();
  chart.dispose();
  return drawn;
}

globalThis.paperChart = (json, width, height) => {
  const { data, theme } = JSON.parse(json);
  return paperChart(data, theme, width, height);
};

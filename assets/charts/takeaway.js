// A chart as a file: drawn anew at a fixed size with its title, its keys and where it comes from.
import { echarts, pageLocale } from "./echarts.js";

const SIZE = { width: 1200, height: 675 };
const SHARP = 2;

const TICK = "path://M0 0h3v14h-3z";
const isVerdict = (key) => key.tone !== undefined;

/** Name a key in the legend of the file; what a mark looks like there, its series does not say. */
const entry = ({ name, symbol }) => (symbol === "tick" ? { name, icon: TICK } : { name });

/** Return a series of no bars, for the legend to take the look of a verdict from. */
const sample = ({ name, color, decal }) => ({ name, type: "bar", barGap: "-100%", data: [], itemStyle: { color, decal } });

/** Return the option with everything that the page around the chart says. */
function complete(data, option, keys, theme) {
  const { ink, soft, paper } = theme.colors;
  const small = { color: soft, fontSize: 13, fontWeight: "normal", fontFamily: theme.font };
  return {
    ...option,
    series: [...option.series, ...keys.filter(isVerdict).map(sample)],
    backgroundColor: paper,
    title: [
      { text: data.title, subtext: data.note, left: 24, top: 16, textStyle: { color: ink, fontSize: 22, fontFamily: theme.font }, subtextStyle: small },
      { text: data.source, left: 24, bottom: 12, textStyle: small },
    ],
    legend: { data: keys.map(entry), bottom: 44, itemGap: 22, itemWidth: 36, textStyle: { color: ink, fontSize: 14, fontFamily: theme.font } },
    grid: { ...option.grid, left: 24, right: 72, top: 96, bottom: 92 },
  };
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Hand out the chart as png or svg. */
export function download(data, option, keys, theme, format) {
  const isSvg = format === "svg";
  const base = { locale: pageLocale(), ...SIZE };
  const chart = isSvg
    ? echarts.init(null, null, { ...base, renderer: "svg", ssr: true })
    : echarts.init(document.createElement("div"), null, { ...base, renderer: "canvas" });
  chart.setOption(complete(data, option, keys, theme));
  if (isSvg) {
    save(new Blob([chart.renderToSVGString()], { type: "image/svg+xml" }), `${data.file}.svg`);
    chart.dispose();
    return;
  }
  chart.renderToCanvas({ pixelRatio: SHARP, backgroundColor: theme.colors.paper }).toBlob((blob) => {
    save(blob, `${data.file}.png`);
    chart.dispose();
  });
}

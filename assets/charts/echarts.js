// ECharts, cut to the portal's charts. Drawn on the page as SVG: sharp in print; as canvas only into a PNG file.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  CustomChart,
  GridComponent,
  LegendComponent,
  LineChart,
  ScatterChart,
  SVGRenderer,
  TitleComponent,
  TooltipComponent,
]);

/** Return ECharts' name for the language of the page. */
export function pageLocale() {
  return document.documentElement.lang.startsWith("zh") ? "ZH" : "EN";
}

export { echarts };

// One chart as a page declares it: drawn, told, toggled, walked through by keyboard, and taken away.
import { echarts, pageLocale } from "./echarts.js";
import { legend } from "./legend.js";
import { themeOf } from "./look.js";
import { KINDS, common } from "./options.js";
import { download } from "./takeaway.js";

const PRINTED = { width: 1000, height: 180 };
const NARROW = 480;

/** A chart on the page: its plot, its keys and the sentence on the month that is pointed at. */
class Figure {
  constructor(element) {
    this.element = element;
    this.data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    this.kind = KINDS[this.data.kind];
    this.plot = element.querySelector("[data-plot]");
    this.said = element.querySelector("[data-said]");
    this.at = this.data.focus;
    this.hidden = new Set();
    this.chart = echarts.init(this.plot, null, { renderer: "svg", locale: pageLocale() });
    this.draw();
    this.listen();
    this.tell(this.at);
  }

  /** Draw anew in the colours that hold now. */
  draw() {
    this.theme = themeOf(this.element);
    this.paint();
    const toggle = (name, isShown) => {
      this.hidden[isShown ? "delete" : "add"](name);
      this.paint();
    };
    legend(this.element.querySelector("[data-keys]"), this.kind.keys(this.data, this.theme), this.hidden, toggle);
  }

  /** Draw in the colours of paper, as wide as a sheet, and at once: nothing painted later is printed. */
  toPaper() {
    this.element.dataset.bsTheme = "light";
    this.chart.resize(PRINTED);
    this.draw();
    this.chart.getZr().flush();
  }

  toScreen() {
    delete this.element.dataset.bsTheme;
    this.chart.resize({ width: "auto", height: "auto" });
    this.draw();
  }

  paint() {
    this.chart.setOption(this.option(this.plot.clientWidth < NARROW), { notMerge: true });
  }

  option(isNarrow) {
    const option = common(this.kind, this.data, this.theme, isNarrow);
    return { ...option, series: option.series.filter((one) => !this.hidden.has(one.name)) };
  }

  keys() {
    return this.kind.keys(this.data, this.theme).filter((key) => !this.hidden.has(key.name));
  }

  listen() {
    this.chart.on("updateAxisPointer", ({ axesInfo }) => axesInfo?.length && this.tell(axesInfo[0].value));
    this.plot.addEventListener("keydown", (event) => this.walk(event));
    this.plot.addEventListener("focus", () => this.point(this.at));
    this.plot.addEventListener("blur", () => this.chart.dispatchAction({ type: "hideTip" }));
    this.element.querySelectorAll("[data-take]").forEach((button) => {
      button.addEventListener("click", () => download(this.data, this.option(false), this.keys(), this.theme, button.dataset.take));
    });
    new ResizeObserver(() => this.chart.resize()).observe(this.plot);
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    addEventListener("beforeprint", () => this.toPaper());
    addEventListener("afterprint", () => this.toScreen());
  }

  walk(event) {
    const last = this.data.months.length - 1;
    const steps = { ArrowLeft: this.at - 1, ArrowUp: this.at - 1, ArrowRight: this.at + 1, ArrowDown: this.at + 1, Home: 0, End: last };
    if (event.key === "Escape") this.chart.dispatchAction({ type: "hideTip" });
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.point(Math.min(Math.max(steps[event.key], 0), last));
  }

  /** Point at a month as the mouse would. */
  point(at) {
    this.tell(at);
    const isCurve = this.data.kind === "curve";
    const along = this.chart.convertToPixel(isCurve ? { xAxisIndex: 0 } : { yAxisIndex: 0 }, at);
    const [x, y] = isCurve ? [along, this.plot.clientHeight / 2] : [this.plot.clientWidth / 2, along];
    this.chart.dispatchAction({ type: "showTip", x, y });
  }

  /** Say under the chart, and to screen readers, what stands in a month. */
  tell(at) {
    this.at = at;
    const sentence = this.kind.sentence(this.data, at);
    this.said.textContent = sentence;
    this.plot.setAttribute("aria-valuenow", at + 1);
    this.plot.setAttribute("aria-valuetext", sentence);
  }
}

export const figure = (element) => new Figure(element);

// Draws every chart a page declares: <figure data-chart="id of its JSON">.
import { figure } from "./figure.js";

document.querySelectorAll("[data-chart]").forEach(figure);

import { start } from "./grid/main.js";

document.querySelectorAll("[data-grid-page]").forEach(start);

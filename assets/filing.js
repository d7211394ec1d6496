import { start } from "./filing/autosave.js";

document.querySelectorAll("[data-filing]").forEach(start);

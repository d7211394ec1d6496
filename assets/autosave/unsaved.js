// What could not be saved, to be taken away as a workbook.

/** Offer the button while there is anything, and hand every such cell over when it is pressed. */
export function offerUnsaved(queue) {
  const form = document.getElementById("unsaved");
  const button = document.querySelector("[data-take-unsaved]");
  queue.addEventListener("counted", ({ detail: { nUnsaved } }) => { button.hidden = nUnsaved === 0; });
  form.addEventListener("submit", () => {
    const { person, scale } = queue.config;
    const cells = [...queue.entries.values()].map(({ month, name, text, seen }) => ({ month, name, text, seen }));
    if (cells.length) form.elements.patch.value = JSON.stringify({ person, scale, cells });
  });
}

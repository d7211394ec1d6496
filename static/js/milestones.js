// Milestones: what the address points at is unfolded; the new title is asked for only where one was renamed.

/** Unfold what an address points at: an item, or one milestone of it. */
function unfold() {
  const aim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (aim === null || aim.closest(".milestones") === null) return;
  for (let folded = aim.closest("details"); folded !== null; folded = folded.parentElement.closest("details")) folded.open = true;
  aim.scrollIntoView();
}

window.addEventListener("hashchange", unfold);
unfold();

/** Tick every milestone that can be reported again as it stands; each can still be changed, nothing is sent yet. */
function offerSameForAll(offer) {
  const ticks = () => [...document.querySelectorAll(".step__same input")].filter((tick) => !tick.checked);
  offer.hidden = ticks().length === 0;
  offer.querySelector("button").addEventListener("click", () => {
    const ticked = ticks();
    ticked.forEach((tick) => {
      tick.checked = true;
      tick.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const said = offer.querySelector("[data-said]");
    said.textContent = said.dataset.said.replace("{n}", ticked.length);
  });
}

document.querySelectorAll("[data-same-all]").forEach(offerSameForAll);

document.querySelectorAll("[data-step]").forEach((step) => {
  const state = step.querySelector("[data-step-state]");
  const title = step.querySelector("[data-step-renamed]");
  if (title === null) return;
  const follow = () => { title.hidden = state.value !== "RENAMED" && title.querySelector("input").value === ""; };
  state.addEventListener("change", follow);
  follow();
});

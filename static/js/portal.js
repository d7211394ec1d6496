// What every page needs: a choice that takes effect when it is made. Without this script a button does it.
document.querySelectorAll("form[data-autosubmit]").forEach((form) => {
  form.classList.add("is-automatic");
  form.addEventListener("change", () => form.requestSubmit());
});

// Bring the current entry of a sideways-scrolling navigation into view.
document.querySelector(".mainnav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// Say on paper when it was printed, by the clock of whoever prints.
addEventListener("beforeprint", () => {
  const now = new Date();
  const moment = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace("T", " ");
  document.querySelectorAll("[data-printed-at]").forEach((place) => { place.textContent = moment; });
});

// What every page needs: a choice that takes effect when it is made. Without this script a button does it.
document.querySelectorAll("form[data-autosubmit]").forEach((form) => {
  form.classList.add("is-automatic");
  form.addEventListener("change", () => form.requestSubmit());
});

// Bring the current entry of a sideways-scrolling navigation into view.
document.querySelector(".mainnav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

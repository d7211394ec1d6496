// Before anything is drawn: without a choice of the person's own, the page follows the system's light or dark.
{
  const page = document.documentElement;
  if (!page.dataset.bsTheme) {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => (page.dataset.bsTheme = dark.matches ? "dark" : "light");
    dark.addEventListener("change", follow);
    follow();
  }
}

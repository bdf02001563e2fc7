// The theme before the first paint, so that nothing flashes: what was chosen here last, or else the system's. A classic script.
(() => {
  const root = document.documentElement;
  const wantsDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (wantsDark.matches ? "dark" : "light")) === "dark";
  try {
    const kept = localStorage.getItem("impasto-theme");
    if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  } catch { /* storage may be forbidden; then the system's theme holds */ }

  function show(button) {
    const label = isDark() ? "Light theme" : "Dark theme";
    button.setAttribute("aria-label", label);
    button.title = label;
    button.querySelector("use").setAttribute("href", `assets/img/icons.svg#${isDark() ? "sun" : "moon"}`);
  }

  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    show(button);
    wantsDark.addEventListener("change", () => show(button));
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      try { localStorage.setItem("impasto-theme", root.dataset.theme); } catch { /* it holds until the page is closed */ }
      show(button);
    });
  });
})();

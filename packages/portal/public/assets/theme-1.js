// Runs before the first paint: a person's choice of theme must not flash past as the other one.
// Its name carries a number because assets are cached for good; raise it with every change.
(() => {
  try {
    const chosen = localStorage.getItem("causeway.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden; the system's preference holds then.
  }
})();

// Ticks of a list: all of the page at once, and the bar above the head that says how many.
export function selections(root) {
  for (const form of root.querySelectorAll("[data-selection]")) {
    const ticks = [...form.querySelectorAll("input[data-tick]")];
    const all = form.querySelector("input[data-tick-all]");
    const bar = form.querySelector(".jl-bulk");
    const count = form.querySelector("[data-ticked]");
    const show = () => {
      const on = ticks.filter((tick) => tick.checked);
      for (const tick of ticks) tick.closest("tr").classList.toggle("on", tick.checked);
      if (all) {
        all.checked = on.length > 0 && on.length === ticks.length;
        all.indeterminate = on.length > 0 && on.length < ticks.length;
      }
      if (count) count.textContent = on.length;
      if (bar && !bar.dataset.stay) bar.hidden = on.length === 0;
    };
    if (all) {
      all.hidden = false;
      all.addEventListener("change", () => {
        for (const tick of ticks) tick.checked = all.checked;
        show();
      });
    }
    form.querySelector("[data-untick]")?.addEventListener("click", (event) => {
      event.preventDefault();
      for (const tick of ticks) tick.checked = false;
      show();
    });
    form.addEventListener("change", show);
    show();
  }
}

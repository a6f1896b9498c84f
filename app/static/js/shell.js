// The bar: "/" jumps into the search, menus close on Escape and on a press elsewhere.
export function search() {
  const box = document.querySelector(".jl-bar input[type=search]");
  if (!box) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

export function menus() {
  const open = () => document.querySelectorAll("details.jl-menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// A table wider than its panel scrolls; then the keyboard must be able to reach it.
export function wraps(root) {
  const boxes = root.querySelectorAll(".jl-wrap");
  const mark = () => {
    for (const box of boxes) {
      const wide = box.scrollWidth > box.clientWidth;
      if (!wide) {
        for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
        continue;
      }
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      const heading = box.closest("section")?.querySelector("h2, h3, h4") ?? document.querySelector("h1");
      box.setAttribute("aria-label", heading?.textContent.trim() ?? "");
    }
  };
  mark();
  addEventListener("resize", mark);
  root.addEventListener("toggle", mark, true);
}

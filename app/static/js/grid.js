// A table of inputs filled like a sheet: paste a block from Excel, move with the arrow keys and Enter.
export function grids(root) {
  for (const table of root.querySelectorAll("table[data-grid]")) {
    const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("[data-cell]")]).filter((row) => row.length);
    const place = (input) => {
      for (let r = 0; r < rows.length; r++) {
        const c = rows[r].indexOf(input);
        if (c >= 0) return [r, c];
      }
      return null;
    };
    table.addEventListener("paste", (event) => paste(event, rows, place(event.target)));
    table.addEventListener("keydown", (event) => move(event, rows, place(event.target)));
    table.addEventListener("change", (event) => {
      if (place(event.target)) mark(event.target);
    });
  }
}

function paste(event, rows, at) {
  const text = event.clipboardData.getData("text/plain");
  if (!at || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  const block = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  block.forEach((values, dr) => values.forEach((value, dc) => {
    const cell = rows[at[0] + dr]?.[at[1] + dc];
    if (!cell || cell.readOnly || cell.disabled) return;
    cell.value = value.trim();
    mark(cell);
    cell.dispatchEvent(new Event("input", { bubbles: true }));
  }));
}

function mark(cell) {
  cell.classList.toggle("jl-changed", cell.value !== cell.defaultValue);
}

function move(event, rows, at) {
  if (!at || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const atEnd = event.target.selectionStart === event.target.value.length;
  const atStart = event.target.selectionEnd === 0;
  const step = {
    ArrowDown: [1, 0], ArrowUp: [-1, 0], Enter: [1, 0],
    ArrowRight: atEnd && [0, 1], ArrowLeft: atStart && [0, -1],
  }[event.key];
  if (!step) return;
  const next = rows[at[0] + step[0]]?.[at[1] + step[1]];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select?.();
}

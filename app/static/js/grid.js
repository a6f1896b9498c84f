// A table of inputs filled like a sheet: paste a block from Excel, move with the arrow keys and Enter.
// A block whose first column holds the names (or codes) of rows goes to those rows, in whatever order.
export function grids(root) {
  for (const table of root.querySelectorAll("table[data-grid]")) {
    const lines = [...table.tBodies[0].rows].map((tr) => ({ names: (tr.dataset.names ?? "").split("|").filter(Boolean).map(plain), cells: [...tr.querySelectorAll("[data-cell]")] })).filter((line) => line.cells.length);
    const rows = lines.map((line) => line.cells);
    const place = (input) => {
      for (let r = 0; r < rows.length; r++) {
        const c = rows[r].indexOf(input);
        if (c >= 0) return [r, c];
      }
      return null;
    };
    table.addEventListener("paste", (event) => paste(event, lines, place(event.target)));
    table.addEventListener("keydown", (event) => move(event, rows, place(event.target)));
    table.addEventListener("change", (event) => {
      if (place(event.target)) mark(event.target);
    });
  }
}

const plain = (text) => text.normalize("NFKC").replace(/\s/g, "").toLowerCase();

// What a spreadsheet puts on the clipboard: tabs between cells, line ends between rows, quotes round
// a cell that holds either, doubled quotes inside such a cell.
export function block(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/gy;
  for (let end = null; end !== ""; ) {
    const found = cell.exec(text);
    rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    end = found[3];
    if (end && end !== "\t") rows.push([]);
    if (cell.lastIndex >= text.length && end !== "\t") break;
  }
  if (rows.length > 1 && !rows.at(-1).length) rows.pop();
  return rows;
}

function paste(event, lines, at) {
  const text = event.clipboardData.getData("text/plain");
  if (!at || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  const values = block(text);
  const find = (name) => lines.findIndex((line) => line.names.includes(plain(name)));
  const named = values.some((row) => find(row[0]) >= 0);
  let put = 0;
  let lost = 0;
  values.forEach((row, dr) => {
    const r = named ? find(row[0]) : at[0] + dr;
    (named ? row.slice(1) : row).forEach((value, dc) => {
      const cell = lines[r]?.cells[at[1] + dc];
      if (!cell || cell.readOnly || cell.disabled) {
        lost += value.trim() ? 1 : 0;
        return;
      }
      cell.value = value.trim();
      mark(cell);
      cell.dispatchEvent(new Event("input", { bubbles: true }));
      put += 1;
    });
  });
  tell(event.currentTarget, put, lost);
}

function tell(table, put, lost) {
  const note = table.closest("form")?.querySelector("[data-pasted]");
  if (!note) return;
  note.textContent = (lost ? note.dataset.lost : note.dataset.pasted).replace("{n}", put).replace("{m}", lost);
  note.hidden = false;
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

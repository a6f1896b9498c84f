// File drop zone: the box around a file input takes dropped files and lists what was chosen.
export function drops(root) {
  for (const zone of root.querySelectorAll("[data-drop]")) {
    const input = zone.querySelector("input[type=file]");
    const list = zone.querySelector("[data-files]");
    zone.classList.add("live");
    const show = () => list.replaceChildren(...[...input.files].map(line));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    for (const end of ["dragleave", "drop"]) zone.addEventListener(end, () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      const all = new DataTransfer();
      const kept = input.multiple ? [...input.files] : [];
      const fresh = [...event.dataTransfer.files];
      for (const file of input.multiple ? [...kept, ...fresh] : fresh.slice(0, 1)) all.items.add(file);
      input.files = all.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("change", show);
  }
}

function line(file) {
  const item = document.createElement("li");
  const size = file.size < 1024 * 1024 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1024 / 1024).toFixed(1)} MB`;
  item.textContent = `${file.name} · ${size}`;
  return item;
}

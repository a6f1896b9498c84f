// Buttons that only make sense with a script are sent hidden and shown here.
export function copies(root) {
  for (const button of root.querySelectorAll("[data-copy], [data-copy-from]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
      const text = source ? (source.value ?? source.textContent).trim() : button.dataset.copy;
      await navigator.clipboard.writeText(text);
      const word = button.querySelector("[data-word]") ?? button;
      const before = word.textContent;
      word.textContent = button.dataset.done;
      setTimeout(() => { word.textContent = before; }, 1600);
    });
  }
}

export function prints(root) {
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

// <form data-confirm="sentence">: asks in the page's own dialog before it is sent.
export function confirms() {
  const dialog = document.getElementById("jl-confirm");
  if (!dialog) return;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const presser = event.submitter;
    const sentence = presser?.dataset.confirm ?? form.dataset.confirm;
    if (!sentence || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("[data-text]").textContent = sentence;
    const go = dialog.querySelector("[value=yes]");
    go.textContent = presser?.textContent.trim() || go.dataset.word;
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return presser?.focus();
      form.dataset.confirmed = "1";
      form.requestSubmit(presser ?? undefined);
      delete form.dataset.confirmed;
    };
    dialog.showModal();
  }, true);
}

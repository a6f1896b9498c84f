import { download } from "./downloads.js";

// Fields that belong to a choice: <div data-when="kind=financing ip"> shows while `kind` has one of the values.
// A hidden part is also switched off, so that nothing unseen is sent. Without scripts all parts are shown.
export function forms(root) {
  for (const form of root.querySelectorAll("form")) {
    const parts = [...form.querySelectorAll("[data-when]")];
    if (parts.length) {
      const refresh = () => parts.forEach((part) => toggle(form, part));
      form.addEventListener("change", refresh);
      refresh();
    }
    for (const field of form.querySelectorAll("[data-submit-on-change]")) {
      field.addEventListener("change", () => form.requestSubmit());
    }
  }
  for (const button of root.querySelectorAll("[data-no-script]")) button.hidden = true;
  once(root);
}

function toggle(form, part) {
  const shown = part.dataset.when.split(";").every((rule) => {
    const [name, values] = rule.trim().split("=");
    const field = form.elements[name];
    const now = field instanceof RadioNodeList ? field.value : field?.type === "checkbox" ? (field.checked ? "on" : "") : field?.value ?? "";
    return values.split(" ").includes(now);
  });
  part.hidden = !shown;
  for (const input of part.querySelectorAll("input, select, textarea, button")) {
    if (shown && !input.dataset.off) continue;
    if (!shown) input.dataset.off = "1";
    else delete input.dataset.off;
    input.disabled = !shown;
  }
}

// One press, one post: a second press while the first is under way is swallowed. A download leaves the page as it
// is: only the same button pressed again is.
function once(root) {
  for (const form of root.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if ("download" in form.dataset) return download(event);
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "1";
      setTimeout(() => delete form.dataset.sent, 8000);
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

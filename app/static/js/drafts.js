// A form with data-draft="name" keeps what was typed in this tab until it has been sent and accepted,
// so that an ended session or a closed lid loses nothing. Never kept: passwords, files, hidden fields.
const PREFIX = "jl-draft:";
const owner = document.body.dataset.reader ?? "";

export function drafts(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) keep(form);
}

// A page of the frame without a fault on it means that what was sent has arrived. The sign-in page
// or a refusal means that it has not: it waits for the form to be opened again.
export function settle() {
  const arrived = document.querySelector(".jl-app") && !document.querySelector("[data-focus], .jl-refusal");
  for (const key of Object.keys(sessionStorage).filter((k) => k.startsWith(PREFIX))) {
    const held = JSON.parse(sessionStorage.getItem(key));
    if (owner && held.owner !== owner) sessionStorage.removeItem(key);
    else if (held.sent && arrived) sessionStorage.removeItem(key);
    else if (held.sent) sessionStorage.setItem(key, JSON.stringify({ ...held, sent: false }));
  }
}

function keep(form) {
  const key = `${PREFIX}${location.pathname}#${form.dataset.draft}`;
  const fields = () => [...form.elements].filter((e) => e.name && !/^(hidden|password|file|submit|button)$/.test(e.type));
  const values = () => fields().map((e) => [e.name, e.value, "checked" in e && /radio|checkbox/.test(e.type) ? e.checked : null]);
  const store = (sent) => sessionStorage.setItem(key, JSON.stringify({ owner, sent, values: values() }));
  restore(form, key, fields());
  form.addEventListener("input", () => store(false));
  form.addEventListener("change", () => store(false));
  form.addEventListener("submit", () => store(true));
}

function restore(form, key, fields) {
  const held = JSON.parse(sessionStorage.getItem(key) ?? "null");
  const note = form.querySelector("[data-draft-note]");
  if (!held || held.values.length !== fields.length) return;
  let differs = false;
  held.values.forEach(([name, value, checked], k) => {
    const field = fields[k];
    if (field.name !== name) return;
    if (checked !== null) {
      differs ||= field.checked !== checked;
      field.checked = checked;
    } else {
      differs ||= field.value !== value;
      field.value = value;
    }
  });
  if (!differs || !note) return;
  note.hidden = false;
  note.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(key);
    form.reset();
    note.hidden = true;
    form.dispatchEvent(new Event("change"));
    sessionStorage.removeItem(key);
  });
}

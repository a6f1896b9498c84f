// What was typed into a form stays in this tab until it has been sent and accepted, so that an ended
// session or a closed lid loses nothing. Only boxes that were changed are kept, so that what others
// saved meanwhile is not undone; never passwords, files or hidden fields.
const PREFIX = "jl-draft:";
const owner = document.body.dataset.reader ?? "";
const template = document.getElementById("jl-draft-note");

export function drafts(root) {
  if (!owner || !template) return;
  const forms = [...root.querySelectorAll("form.jl-fields[method=post], form[data-draft]")];
  const kept = (form) => form.dataset.draft !== "off" && !form.querySelector("[type=password]");
  forms.filter(kept).forEach(keep);
}

const held = (key) => JSON.parse(sessionStorage.getItem(key) ?? "null");
const all = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
const forget = () => all().forEach((key) => sessionStorage.removeItem(key));

// A page of the frame without a fault on it means that what was sent has arrived. The sign-in page
// or a refusal means that it has not: it waits for the form to be opened again.
export function settle() {
  const arrived = document.querySelector(".jl-app") && !document.querySelector("[data-focus], .jl-refusal");
  for (const key of all()) {
    const draft = held(key);
    if (owner && draft.owner !== owner) sessionStorage.removeItem(key);
    else if (draft.sent && arrived) sessionStorage.removeItem(key);
    else if (draft.sent) sessionStorage.setItem(key, JSON.stringify({ ...draft, sent: false }));
  }
  document.addEventListener("click", (event) => event.target.closest("[data-forget]") && forget());
}

const ticked = (field) => /^(radio|checkbox)$/.test(field.type);
const typed = (field) => field.name && !/^(hidden|password|file|submit|button)$/.test(field.type);

function changed(field) {
  if (ticked(field)) return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return field.value !== field.defaultValue;
}

// One draft for each form by the address it is sent to, and by its kind or
// `data-draft` where it comes in several (a sheet of another period is another form); "off" keeps none.
function keep(form) {
  const key = `${PREFIX}${new URL(form.action).pathname}#${form.dataset.draft ?? form.querySelector("[type=hidden][name=kind]")?.value ?? ""}`;
  const name = (field) => (ticked(field) ? `${field.name}=${field.value}` : field.name);
  const fields = () => [...form.elements].filter(typed);
  const store = (sent) => {
    const values = { ...held(key)?.values };
    for (const field of fields()) {
      if (changed(field) || name(field) in values) values[name(field)] = ticked(field) ? field.checked : field.value;
    }
    sessionStorage.setItem(key, JSON.stringify({ owner, sent, values }));
  };
  restore(form, key, fields().filter((field) => name(field) in (held(key)?.values ?? {})), name);
  form.addEventListener("input", () => store(false));
  form.addEventListener("change", () => store(false));
  form.addEventListener("submit", () => store(true));
}

function restore(form, key, fields, name) {
  let differs = false;
  for (const field of fields) {
    const value = held(key).values[name(field)];
    const part = ticked(field) ? "checked" : "value";
    differs ||= field[part] !== value;
    field[part] = value;
  }
  if (!differs) return;
  const note = template.content.firstElementChild.cloneNode(true);
  form.prepend(note);
  note.querySelector("button").addEventListener("click", () => {
    form.reset();
    note.remove();
    form.dispatchEvent(new Event("change"));
    sessionStorage.removeItem(key);
  });
}

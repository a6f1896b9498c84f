// <form data-download>: its answer is a file. It is fetched, so that two files can be made at once: a second post of
// the page itself would break the first one off. The same button pressed again meanwhile is swallowed.
const SPAN = 800;

export async function download(event) {
  const form = event.target;
  const presser = event.submitter ?? form.querySelector("[type=submit]") ?? form;
  event.preventDefault();
  if (presser.dataset.sent) return;
  presser.dataset.sent = "1";
  presser.setAttribute("aria-busy", "true");
  const pause = new Promise((done) => { setTimeout(done, SPAN); });
  try {
    const data = new FormData(form);
    if (presser.name) data.append(presser.name, presser.value);
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(data) });
    const name = file(answer);
    if (!name) return plainly(form, presser);
    save(name, await answer.blob());
  } catch {
    plainly(form, presser);
  } finally {
    await pause;
    delete presser.dataset.sent;
    presser.removeAttribute("aria-busy");
  }
}

// The name of the file in an answer; "" when it is a page (a refusal, a session that has ended).
function file(answer) {
  const told = answer.headers.get("Content-Disposition") ?? "";
  return answer.ok && told.startsWith("attachment") ? decodeURIComponent(told.split("UTF-8''")[1] ?? "export") : "";
}

function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// As without a script: the answer takes the place of the page.
function plainly(form, presser) {
  const field = document.createElement("input");
  field.type = "hidden";
  [field.name, field.value] = [presser.name || "_", presser.value || ""];
  form.append(field);
  form.submit();
  field.remove();
}

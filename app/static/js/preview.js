// <div data-preview="address"> inside a form: says what the form would do, while it is filled in.
const WAIT = 500;

export function previews(root) {
  for (const place of root.querySelectorAll("[data-preview]")) {
    const form = place.closest("form");
    let timer = 0;
    let last = 0;
    const ask = async () => {
      const turn = ++last;
      const data = new FormData(form);
      for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name);
      const answer = await fetch(place.dataset.preview, { method: "POST", body: data, redirect: "error" });
      const text = answer.ok ? await answer.text() : "";
      const parts = new DOMParser().parseFromString(text, "text/html").body.childNodes;
      if (turn === last) place.replaceChildren(...parts);
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask().catch(() => place.replaceChildren()), WAIT);
    });
  }
}

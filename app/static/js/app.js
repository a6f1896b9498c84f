// Entry: every enhancement is optional; pages work without this file.
import { menus, search, wraps } from "./shell.js";
import { confirms, copies, prints } from "./actions.js";
import { drafts, settle } from "./drafts.js";
import { drops } from "./drop.js";
import { grids } from "./grid.js";
import { forms } from "./forms.js";
import { previews } from "./preview.js";
import { selections } from "./select.js";

function enhance(root) {
  for (const part of [copies, prints, drops, grids, drafts, forms, previews, selections, wraps]) part(root);
  if (root.querySelector("[data-chart]")) {
    import("./charts.js").then((module) => module.charts(root));
  }
}

search();
menus();
confirms();
settle();
enhance(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) enhance(event.target);
});

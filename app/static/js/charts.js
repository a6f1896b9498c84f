// Charts: data in <script type="application/json">, colours and type from the theme's tokens.
import * as echarts from "../echarts.js";
import { flow, stacked, steps } from "./charts-kinds.js";
import { bullets, bars, lines } from "./charts-plain.js";

const kinds = { flow, stacked, steps, bars, lines, bullets };

export function charts(root) {
  for (const box of root.querySelectorAll("[data-chart]")) draw(box);
}

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.src).textContent);
  const chart = echarts.getInstanceByDom(box) ?? echarts.init(box, null, { renderer: "canvas" });
  const paint = () => chart.setOption(option(box, data), true);
  paint();
  new ResizeObserver(() => chart.resize()).observe(box);
  matchMedia("print").addEventListener("change", () => chart.resize());
  chart.on("click", (point) => {
    const href = point.data?.href;
    if (href) location.assign(href);
  });
}

function option(box, data) {
  const css = getComputedStyle(box);
  const v = (name) => css.getPropertyValue("--jl-" + name).trim();
  const text = { color: v("ink-2"), fontSize: 12, fontFamily: css.fontFamily };
  const axis = {
    axisLine: { lineStyle: { color: v("line-2") } }, axisTick: { show: false },
    axisLabel: { ...text, color: v("ink-3") }, splitLine: { lineStyle: { color: v("line") } },
    nameTextStyle: { ...text, color: v("ink-3") },
  };
  const base = {
    animation: false, textStyle: text,
    // The box itself carries role and sentence; the patterns keep series apart without colour.
    aria: { enabled: true, label: { enabled: false }, decal: { show: data.decal ?? false } },
    tooltip: {
      renderMode: "richText", backgroundColor: v("surface"), borderColor: v("line-2"), padding: [6, 10],
      textStyle: { ...text, color: v("ink") },
    },
  };
  return { ...base, ...kinds[box.dataset.chart](data, { v, text, axis }) };
}

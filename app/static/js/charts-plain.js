// Bars side by side or lying down, lines, and bullets against a target.
import { hatch } from "./charts-kinds.js";

const DASHES = ["solid", [6, 4], [2, 3], [8, 3, 2, 3], [1, 2], [12, 4]];

// {labels, series: [{name, values, hrefs?, open?: bool}], lying?: bool}
export function bars(data, { v, text, axis }) {
  const names = { ...axis, type: "category", data: data.labels, inverse: !!data.lying, axisLabel: { ...axis.axisLabel, interval: 0 } };
  const values = { ...axis, type: "value", axisLine: { show: false }, splitNumber: 4, min: 0 };
  return {
    legend: data.series.length > 1 ? { top: 0, left: 8, itemWidth: 14, itemHeight: 10, textStyle: { ...text, color: v("ink") } } : undefined,
    grid: { left: 8, right: 32, top: data.series.length > 1 ? 30 : 12, bottom: 4, containLabel: true },
    xAxis: data.lying ? values : names,
    yAxis: data.lying ? names : values,
    series: data.series.map((s, k) => ({
      name: s.name, type: "bar", barMaxWidth: data.lying ? 14 : 26,
      data: s.values.map((value, i) => ({ value, href: s.hrefs?.[i] })),
      itemStyle: s.open
        ? { color: v("surface"), borderColor: v("c2"), borderWidth: 1, decal: hatch(v("c2")) }
        : { color: v("c" + (k + 1)) },
      label: { show: data.labels.length * data.series.length < 40, position: data.lying ? "right" : "top", ...text },
    })),
  };
}

// {labels, unit?, series: [{name, values}]}; a missing value leaves a gap, it is never 0
export function lines(data, { v, text, axis }) {
  return {
    grid: { left: 8, right: 120, top: 14, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: v("surface"), borderColor: v("line-2"), textStyle: { ...text, color: v("ink") } },
    xAxis: { ...axis, type: "category", data: data.labels, boundaryGap: false },
    yAxis: { ...axis, type: "value", axisLine: { show: false }, splitNumber: 4, axisLabel: { ...axis.axisLabel, formatter: `{value}${data.unit ?? ""}` } },
    series: data.series.map((s, k) => ({
      name: s.name, type: "line", data: s.values, connectNulls: false, symbol: "circle", symbolSize: 5,
      lineStyle: { width: 2, type: DASHES[k], color: v("c" + (k + 1)) }, itemStyle: { color: v("c" + (k + 1)) },
      endLabel: { show: true, ...text, color: v("ink"), formatter: (p) => `${s.name} ${p.value ?? "—"}` },
      labelLayout: { moveOverlap: "shiftY" },
    })),
  };
}

// {rows: [{name, value, target, pace?}]}: a bar, a tick for the target, a thin one for the pace of the year
export function bullets(data, { v, text, axis }) {
  const tick = (key, width, color) => ({
    type: "custom", silent: true, data: data.rows.map((row, k) => [row[key], k]),
    renderItem: (_, api) => {
      if (api.value(0) == null || Number.isNaN(api.value(0))) return null;
      const [x, y] = api.coord([api.value(0), api.value(1)]);
      return { type: "rect", shape: { x: x - width / 2, y: y - 11, width, height: 22 }, style: { fill: color } };
    },
  });
  return {
    grid: { left: 8, right: 24, top: 8, bottom: 4, containLabel: true },
    xAxis: { ...axis, type: "value", min: 0, splitNumber: 4, axisLine: { show: false } },
    yAxis: { ...axis, type: "category", inverse: true, data: data.rows.map((row) => `${row.name} ${row.value?.toLocaleString() ?? "—"}`), axisLabel: { ...axis.axisLabel, color: v("ink") } },
    series: [
      { type: "bar", barWidth: 12, data: data.rows.map((row) => ({ value: row.value, href: row.href })), itemStyle: { color: v("c1") } },
      tick("target", 3, v("ink")),
      tick("pace", 1, v("ink-3")),
    ],
  };
}

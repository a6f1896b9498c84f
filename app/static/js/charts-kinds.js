// Flow, stacked years and cumulative steps.
export function flow(data, { v, text }) {
  const tone = Object.fromEntries(data.nodes.map((n) => [n.name, v("c" + n.tone)]));
  const sums = {};
  for (const link of data.links) {
    for (const end of [link.source, link.target]) sums[end] ??= { in: 0, out: 0 };
    sums[link.target].in += link.value;
    sums[link.source].out += link.value;
  }
  const total = (name) => Math.max(sums[name]?.in ?? 0, sums[name]?.out ?? 0).toLocaleString();
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${text.fontFamily}`;
  const last = Math.max(...data.nodes.map((n) => n.depth));
  const room = Math.max(...data.nodes.filter((n) => n.depth === last).map((n) => pen.measureText(`${n.name} ${total(n.name)}`).width));
  return { series: [{
    type: "sankey", left: 4, right: Math.ceil(room) + 16, top: 6, bottom: 8, nodeWidth: 10, nodeGap: 13, layoutIterations: 0, draggable: false,
    emphasis: { focus: "adjacency" },
    data: data.nodes.map((n) => ({ name: n.name, depth: n.depth, href: n.href, itemStyle: { color: tone[n.name], borderWidth: 0 } })),
    links: data.links.map((l) => ({
      ...l, lineStyle: { color: tone[l.target], opacity: tone[l.target] === v("c1") ? 0.38 : 0.2, curveness: 0.5 },
    })),
    label: { ...text, color: v("ink"), position: "right", distance: 8, formatter: (p) => `${p.name} ${total(p.name)}` },
  }] };
}

export function hatch(color) {
  return { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4, color };
}

// {labels, series: [{name, values}]}: the first solid, the second hatched because it is not certain yet.
export function stacked(data, { v, text, axis }) {
  const [sure, open] = data.series;
  const total = data.labels.map((_, k) => sure.values[k] + (open?.values[k] ?? 0));
  const point = (series) => series.values.map((value, k) => ({ value, href: series.hrefs?.[k] }));
  const series = [{
    name: sure.name, type: "bar", stack: "a", barMaxWidth: 26, data: point(sure), itemStyle: { color: v("c1") },
    label: { show: data.labels.length < 16, position: "insideTop", ...text, color: v("on-accent") },
  }];
  if (open) series.push({
    name: open.name, type: "bar", stack: "a", data: point(open),
    itemStyle: { color: v("surface"), borderColor: v("c2"), borderWidth: 1, decal: hatch(v("c2")) },
    label: { show: true, position: "top", ...text, formatter: (p) => total[p.dataIndex].toLocaleString() },
  });
  return {
    grid: { left: 8, right: 8, top: 24, bottom: 4, containLabel: true },
    xAxis: { ...axis, type: "category", data: data.labels, axisLabel: { ...axis.axisLabel, lineHeight: 16, interval: data.labels.length < 16 ? 0 : "auto" } },
    yAxis: { ...axis, type: "value", splitNumber: 4, axisLine: { show: false }, minInterval: 1 },
    series,
  };
}

// {x, max, series: [{name, n, points: [[x, value, low, high]]}]}: share in per cent with its band.
export function steps(data, { v, text, axis }) {
  const style = [{ type: "solid", color: v("c1") }, { type: [6, 4], color: v("c3") }, { type: [2, 3], color: v("c4") }];
  const series = [];
  const legend = [];
  data.series.forEach((s, k) => {
    const band = { type: "line", stack: "b" + k, step: "end", symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } };
    legend.push(s.name);
    series.push({ ...band, data: s.points.map((p) => [p[0], p[2]]) });
    series.push({ ...band, data: s.points.map((p) => [p[0], +(p[3] - p[2]).toFixed(2)]), areaStyle: { color: style[k].color, opacity: 0.14 } });
    series.push({
      name: s.name, type: "line", step: "end", data: s.points.map((p) => [p[0], p[1]]), showSymbol: false,
      lineStyle: { width: 2, ...style[k] }, itemStyle: { color: style[k].color },
    });
  });
  return {
    legend: { data: legend, orient: "vertical", left: 44, top: 4, itemWidth: 28, itemHeight: 8, itemGap: 6, textStyle: { ...text, color: v("ink") } },
    grid: { left: 8, right: 16, top: 14, bottom: 22, containLabel: true },
    xAxis: { ...axis, type: "value", min: 0, max: data.max ?? 60, interval: 12, name: data.x, nameLocation: "middle", nameGap: 24, splitLine: { show: false } },
    yAxis: { ...axis, type: "value", axisLine: { show: false }, splitNumber: 4, axisLabel: { ...axis.axisLabel, formatter: "{value}%" } },
    series,
  };
}

"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  // Okabe and Ito's colours, told apart by every kind of eye; the dashes also in print.
  const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c", "#b8a800"];
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [12, 4], [1, 3], [6, 2, 1, 2]];
  const style = getComputedStyle(document.documentElement);
  const css = name => style.getPropertyValue(name).trim();
  const short = n => {
    const units = ["", "k", "M", "G", "T"];
    let i = 0;
    while (Math.abs(n) >= 1000 && i + 1 < units.length) { n /= 1000; i++; }
    return (Math.abs(n) >= 100 || Number.isInteger(n) ? n.toFixed(0) : n.toPrecision(3)) + units[i];
  };
  const axis = (label, size, values) => ({
    label, size, stroke: css("--ink"), grid: { stroke: css("--line"), width: 1 }, ticks: { stroke: css("--line") },
    values: values || ((u, ticks) => ticks.map(t => t == null ? "" : short(t)))
  });
  const charts = [];
  function chart(id, title, columns, names, x, y, logarithmic) {
    const place = document.getElementById(id);
    if (!place || columns[0].length < 2) return;
    const options = {
      title, width: place.clientWidth, height: 280,
      scales: { x: { time: false }, y: logarithmic ? { distr: 3 } : { range: (u, low, high) => [0, high * 1.05 || 1] } },
      axes: [x, y],
      series: [{ label: x.label, value: (u, v) => v == null ? "" : x.format ? x.format(v) : short(v) }].concat(names.map((name, i) => ({
        label: name, stroke: colours[i % colours.length], dash: dashes[i % dashes.length], width: 2, spanGaps: true,
        points: { show: false }, value: (u, v) => v == null ? "" : short(v)
      })))
    };
    charts.push([place, new uPlot(options, columns, place)]);
  }
  data.forEach((input, n) => {
    const names = input.runs.map(run => run.strategy);
    const operations = [...new Set(input.runs.flatMap(run => run.operations))].sort((a, b) => a - b);
    const bytes = input.runs.map(run => {
      const at = new Map(run.operations.map((operation, i) => [operation, run.bytes[i]]));
      return operations.map(operation => at.has(operation) ? at.get(operation) : null);
    });
    chart("bytes-" + n, "Bytes of all slabs", [operations, ...bytes], names, axis("operations", 40), axis("bytes", 60), false);
    const shares = input.quantiles.map((q, i) => i);
    const x = axis("share of all walks", 40, (u, ticks) => ticks.map(t => Number.isInteger(t) && t < input.quantiles.length ? input.quantiles[t] * 100 + "%" : ""));
    x.format = v => input.quantiles[v] * 100 + "%";
    x.incrs = [1, 2, 4];
    x.space = 40;
    chart("walks-" + n, "Candidates that a walk visits at most", [shares, ...input.runs.map(run => run.visited.map(v => Math.max(v, 1)))], names, x, axis("candidates", 60), true);
  });
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      charts.forEach(([place, plot]) => plot.setSize({ width: place.clientWidth, height: 280 }));
    }
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload());
})();

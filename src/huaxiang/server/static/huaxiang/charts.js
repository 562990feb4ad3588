// Draws the charts of a page from the options that the server put into it as JSON. The table of the same numbers is
// always in the page, so a chart that cannot be drawn loses nothing.
(() => {
  const drawn = new Map();

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // The charts' palette fixes colours for paper; on a page the custom properties that stand for them follow the theme.
  const properties = {
    "#2F5D8C": "--el-basic",
    "#B97A1E": "--el-purchasing",
    "#2E8B7A": "--el-behaviour",
    "#7B5EA7": "--el-social",
    "#A23B72": "--el-psychological",
    "#1F2328": "--ink",
    "#5A6067": "--muted",
    "#E6E2DA": "--line",
    "#FBFAF7": "--paper",
    "#9AA0A6": "--base-grey",
    "#C4452F": "--accent",
  };

  const themed = (part) => {
    if (Array.isArray(part)) return part.map(themed);
    if (part && typeof part === "object") return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, themed(each)]));
    return properties[part] ? colour(properties[part]) : part;
  };

  const theme = () => ({
    color: ["--el-basic", "--el-purchasing", "--el-behaviour", "--el-social", "--el-psychological"].map(colour),
    backgroundColor: "transparent",
    textStyle: { color: colour("--ink"), fontFamily: getComputedStyle(document.body).fontFamily },
    title: { textStyle: { color: colour("--ink") } },
    legend: { textStyle: { color: colour("--ink") } },
    categoryAxis: axis(),
    valueAxis: axis(),
    timeAxis: axis(),
    logAxis: axis(),
  });

  const axis = () => ({
    axisLine: { lineStyle: { color: colour("--line-strong") } },
    axisTick: { lineStyle: { color: colour("--line-strong") } },
    axisLabel: { color: colour("--muted") },
    splitLine: { lineStyle: { color: colour("--line") } },
  });

  // The tooltip is drawn on the canvas: one made of HTML would need inline styles, which the page forbids.
  const withPageRules = (option) => ({
    ...option,
    // Patterns beside colour tell series apart; a single series needs none. What is read aloud is the sentence that the
    // server wrote, and the table: the label that the library makes would take the sentence's place.
    aria: { enabled: true, label: { enabled: false }, decal: { show: [option.series].flat().length > 1 }, ...option.aria },
    tooltip: option.tooltip && {
      backgroundColor: colour("--surface"),
      borderColor: colour("--line-strong"),
      textStyle: { color: colour("--ink") },
      confine: true,
      ...option.tooltip,
      renderMode: "richText",
    },
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches && option.animation !== false,
  });

  const draw = (figure) => {
    const canvas = figure.querySelector("[data-chart-canvas]");
    const option = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    drawn.get(figure)?.dispose();
    try {
      const chart = echarts.init(canvas, theme(), { renderer: "canvas", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
      chart.setOption(withPageRules(themed(option)));
      // A mark leads where its datum says; the table under the chart has the same links for the keyboard.
      chart.on("click", (event) => { if (event.data?.address) location.assign(event.data.address); });
      drawn.set(figure, chart);
    } catch (error) {
      figure.querySelector("[data-chart-failed]").hidden = false;
      canvas.hidden = true;
      console.error(error);
    }
  };

  const drawAll = (root) => root.querySelectorAll("[data-chart]").forEach((figure) => { if (!drawn.has(figure)) draw(figure); });

  const forgetGone = () => drawn.forEach((chart, figure) => {
    if (!figure.isConnected) { chart.dispose(); drawn.delete(figure); }
  });

  // A graph that is laid out while nothing of it can be seen has no lines to draw afterwards.
  const fit = (chart) => { if (chart.getDom().clientWidth) chart.resize(); };

  new ResizeObserver(() => drawn.forEach(fit)).observe(document.documentElement);
  new MutationObserver(() => [...drawn.keys()].forEach(draw))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  document.addEventListener("htmx:after:swap", () => { forgetGone(); drawAll(document); });
  drawAll(document);
})();

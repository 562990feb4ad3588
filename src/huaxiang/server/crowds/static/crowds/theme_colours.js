// Charts follow the theme: the colours that the charts' palette fixes are replaced, whenever a chart is drawn, by the
// custom properties of the style sheet that stand for them.
(() => {
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
  };

  const themed = (part, style) => {
    if (Array.isArray(part)) return part.map((each) => themed(each, style));
    if (part && typeof part === "object") return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, themed(each, style)]));
    return properties[part] ? style.getPropertyValue(properties[part]).trim() : part;
  };

  const init = echarts.init;
  echarts.init = (...given) => {
    const chart = init(...given);
    const setOption = chart.setOption.bind(chart);
    chart.setOption = (option, ...rest) => setOption(themed(option, getComputedStyle(document.documentElement)), ...rest);
    return chart;
  };
})();

"""One module per chart: each turns numbers that are already worded into an ECharts option, a plain dictionary.

The same option is drawn by the browser in pages and by :func:`huaxiang.present.charts.svg.render_svg` in documents.
Titles, units and sample sizes stand beside the chart, where they can be read and selected.
"""

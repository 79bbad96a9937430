// Draws each month line from the numbers the page brings; the same numbers are printed as a table.
(function () {
  'use strict';
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  var all = [];

  // The newest year in full colour, the ones before it paler: the eye goes to what is now.
  function bars(chart, data) {
    var scale = parseFloat(colour('--scale')) || 1;
    var words = { color: colour('--ink-2'), fontSize: 13 * scale };
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      legend: { right: 0, top: 0, textStyle: words, selectedMode: false },
      grid: { left: 44 * scale, right: 18, top: 34 * scale, bottom: 30 * scale },
      xAxis: { type: 'category', data: data.labels, axisLabel: Object.assign({ interval: 0, width: 90 * scale, overflow: 'break' }, words), axisTick: { show: false } },
      yAxis: { type: 'value', axisLabel: words, splitLine: { lineStyle: { color: colour('--line') } } },
      series: data.bars.map(function (one, place) {
        return {
          type: 'bar', name: one.name, data: one.values, silent: true, barMaxWidth: 26,
          itemStyle: { color: colour('--brand'), opacity: 1 - 0.32 * (data.bars.length - 1 - place), borderRadius: [3, 3, 0, 0] },
          label: { show: roomy(), position: 'top', color: colour('--ink-2'), fontSize: 12 * scale }
        };
      })
    });
    all.push(chart);
  }
  function roomy() { return window.innerWidth > 700; }

  function draw(box) {
    var data = JSON.parse(box.dataset.chart);
    var chart = window.echarts.init(box, null, { renderer: 'canvas' });
    if (data.bars) { bars(chart, data); return; }
    var scale = parseFloat(colour('--scale')) || 1;
    var words = { color: colour('--ink-2'), fontSize: 13 * scale };
    var known = data.values.filter(function (value) { return value !== null; });
    var low = Math.min.apply(null, known.concat(data.target === null ? [] : [data.target]));
    var series = [{
      type: 'line', data: data.values, symbolSize: 8, connectNulls: false, silent: true,
      lineStyle: { width: 3, color: colour('--brand') }, itemStyle: { color: colour('--brand') },
      label: { show: true, position: 'top', color: colour('--ink'), fontSize: 13 * scale, fontWeight: 600 }
    }];
    if (data.target !== null) {
      series.push({
        type: 'line', data: data.labels.map(function () { return data.target; }), symbol: 'none', silent: true,
        lineStyle: { width: 2, type: 'dashed', color: colour('--wait') }
      });
    }
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 44 * scale, right: 18, top: 26, bottom: 30 * scale },
      xAxis: { type: 'category', data: data.labels, axisLabel: words, axisTick: { show: false } },
      yAxis: { type: 'value', min: low > 30 ? Math.max(0, Math.floor((low - 15) / 10) * 10) : 0, max: low > 30 ? 100 : null, axisLabel: words, splitLine: { lineStyle: { color: colour('--line') } } },
      series: series
    });
    all.push(chart);
  }

  document.addEventListener('DOMContentLoaded', function () {
    // A canvas asks for no font: it draws with what is there, so the page's own letters come first.
    document.fonts.ready.then(function () { document.querySelectorAll('[data-chart]').forEach(draw); });
    document.querySelectorAll('[data-print]').forEach(function (button) {
      button.addEventListener('click', function () { window.print(); });
    });
  });
  window.addEventListener('resize', function () { all.forEach(function (chart) { chart.resize(); }); });
})();

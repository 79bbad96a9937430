// Draws each month line from the numbers the page brings; the same numbers are printed as a table.
(function () {
  'use strict';
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  var all = [];

  // The newest year in full colour, the ones before it paler: the eye goes to what is now.
  function paler(place, count) {
    var strength = Math.max(0.3, 1 - 0.35 * (count - 1 - place)), brand = colour('--brand').replace('#', '');
    var part = function (at) { return Math.round(255 - strength * (255 - parseInt(brand.substr(at, 2), 16))); };
    return 'rgb(' + [part(0), part(2), part(4)].join(',') + ')';
  }
  function bars(chart, data) {
    var scale = parseFloat(colour('--scale')) || 1;
    var words = { color: colour('--ink-2'), fontSize: 13 * scale };
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 44 * scale, right: 18, top: 26, bottom: (roomy() ? 30 : 52) * scale },
      xAxis: { type: 'category', data: data.labels, axisLabel: Object.assign({ interval: 0, width: (roomy() ? 150 : 52) * scale, overflow: 'break' }, words), axisTick: { show: false } },
      yAxis: { type: 'value', axisLabel: words, splitLine: { lineStyle: { color: colour('--line') } } },
      series: data.bars.map(function (one, place) {
        return {
          type: 'bar', data: one.values, silent: true, barMaxWidth: 26,
          itemStyle: { color: paler(place, data.bars.length), borderRadius: [3, 3, 0, 0] },
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

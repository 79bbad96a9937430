// Live: a hint that something changed makes the list ask anew. Without the stream it asks every twenty seconds.
(function () {
  'use strict';
  var POLL_MS = 20000, AGAIN_MS = 60000, CALM_MS = 400;
  var poll = null, calm = null, settling = false, missed = false;

  function refresh() {
    clearTimeout(calm);
    calm = setTimeout(function () {
      if (document.querySelector('[data-live]')) window.htmx.trigger(document.body, 'refresh');
    }, CALM_MS);
  }
  // Between its swap and its settling a list hears nothing: what comes then is told when it has settled.
  function ofList(event) { return event.detail.target && event.detail.target.id === 'list'; }
  function hint() { missed = missed || settling; }
  function swapped(event) { settling = settling || ofList(event); }
  function settled(event) {
    if (!settling || !ofList(event)) return;
    settling = false;
    if (missed) { missed = false; window.htmx.trigger(document.body, 'refresh'); }
  }
  function startPolling() { if (!poll) poll = setInterval(refresh, POLL_MS); document.body.dataset.stream = 'polling'; }
  function stopPolling() { clearInterval(poll); poll = null; document.body.dataset.stream = 'live'; }

  async function listen() {
    try {
      var answer = await fetch('/desk/live', {
        method: 'POST',
        headers: { 'X-Guard-Word': document.querySelector('meta[name="guard-word"]').content, 'Idempotency-Key': crypto.randomUUID() },
      });
      if (!answer.ok || answer.redirected) throw new Error('no ticket');
      var ticket = await answer.json();
      var source = new EventSource(ticket.events_url + '?ticket=' + encodeURIComponent(ticket.ticket));
      source.onopen = function () { stopPolling(); refresh(); };
      source.addEventListener('hint', refresh);  // hints have a name: onmessage hears only what has none
      source.onerror = function () { source.close(); startPolling(); setTimeout(listen, AGAIN_MS); };
    } catch (error) {
      startPolling();
      setTimeout(listen, AGAIN_MS);
    }
  }
  document.addEventListener('DOMContentLoaded', function () {
    if (!document.querySelector('[data-live]')) return;
    document.body.addEventListener('refresh', hint);
    document.body.addEventListener('htmx:afterSwap', swapped);
    document.body.addEventListener('htmx:afterSettle', settled);
    startPolling();
    listen();
  });
})();

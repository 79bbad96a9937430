// Hands on the keyboard: every deed has its key shown on its button; the list keeps its place, whatever arrives.
(function () {
  'use strict';
  var IDLE_MS = 15 * 60 * 1000;
  // Stepping through the list asks for the case only where one rests; a case that came by itself is looked at first.
  var REST_MS = 120, LOOK_MS = 500;
  var doc = document;
  // What outlives a swap of the list: the chosen row, its place, and which rows are marked.
  var at = null, index = 0, marked = new Set();
  // The case that was asked for: until it stands beside the list, no key may do anything to the one before.
  var wanted = null, rest = null, unseenUntil = 0;

  function list() { return doc.getElementById('list'); }
  function rows() { return list() ? Array.prototype.slice.call(list().querySelectorAll('tr[data-id]')) : []; }
  function chosen() { return list() && list().querySelector('tr[aria-selected="true"]'); }
  function typing(target) { return target.closest && target.closest('input,select,textarea,[contenteditable]'); }

  function choose(row, open) {
    rows().forEach(function (one) { one.setAttribute('aria-selected', String(one === row)); });
    if (!row) return;
    at = row.dataset.id;
    index = rows().indexOf(row);
    row.scrollIntoView({ block: 'nearest' });
    if (open !== false && row.dataset.open) openCase(row);
  }

  function openCase(row) {
    wait(row.dataset.open);
    clearTimeout(rest);
    rest = setTimeout(function () {
      // One request at a time (hx-sync on the box): a slow answer never covers the case of a later choice.
      window.htmx.ajax('GET', row.dataset.open, { target: '#case', swap: 'innerHTML', source: '#case' })
        .catch(function () { /* given up for a later choice; a failure is told by the events below */ });
    }, REST_MS);
  }
  function wait(path) {
    wanted = path;
    doc.getElementById('case').setAttribute('aria-busy', String(Boolean(path)));
  }
  function noCase() { wait(null); doc.getElementById('case').innerHTML = ''; }
  function mayAct() { return !wanted && Date.now() >= unseenUntil; }

  // After every swap of the list: the same row again, else the one that took its place.
  function keepPlace(again) {
    var all = rows();
    all.forEach(function (row) { if (marked.has(row.dataset.id)) mark(row, true); });
    marked = new Set(all.filter(isMarked).map(function (row) { return row.dataset.id; }));
    var same = all.find(function (row) { return row.dataset.id === at; });
    // Still there after a deed that leaves it in the list: the case beside it is of before the deed.
    if (same) { choose(same, again); return; }
    if (!list() || list().hasAttribute('data-still')) return;
    if (all.length) {
      // The next patient came by himself: a hurried second press was meant for the one before.
      unseenUntil = Date.now() + LOOK_MS;
      choose(all[Math.min(index, all.length - 1)]);
      return;
    }
    var box = doc.getElementById('case'), nothing = doc.getElementById('nothing');
    if (box) box.innerHTML = nothing ? nothing.innerHTML : '';
  }

  function press(key) {
    var scope = doc.getElementById('case') || doc;
    var button = scope.querySelector('[data-key="' + key + '"]:not([disabled])') || doc.querySelector('main [data-key="' + key + '"]:not([disabled])');
    if (!button) return false;
    button.click();
    return true;
  }

  function step(by) {
    var all = rows();
    if (!all.length) return;
    // By its name, not by its mark: a list that has just come has none yet.
    var here = all.findIndex(function (row) { return row.dataset.id === at; });
    choose(all[Math.max(0, Math.min(all.length - 1, here < 0 ? index : here + by))]);
  }

  function box(row) { return row && row.querySelector('input[name="many"]'); }
  function isMarked(row) { return Boolean(box(row) && box(row).checked); }

  function mark(row, on) {
    if (!box(row)) return;
    box(row).checked = on === undefined ? !box(row).checked : on;
    noteMark(row);
  }

  function noteMark(row) {
    row.classList.toggle('many', isMarked(row));
    if (isMarked(row)) marked.add(row.dataset.id); else marked.delete(row.dataset.id);
  }

  doc.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape') {
      closeNotes();
      if (typing(event.target)) event.target.blur();
      return;
    }
    if (leads(event)) return;
    if (asksNothing(event)) event.preventDefault();
    else if (typing(event.target)) return;
    if (event.target.closest('button,a,summary') && (event.key === 'Enter' || event.key === ' ')) return;
    var done = true;
    if (event.key === 'ArrowDown') step(1);
    else if (event.key === 'ArrowUp') step(-1);
    else if (event.key === ' ') mark(chosen());
    else if (event.key === '/') { var find = doc.querySelector('.find input'); if (find) find.select(); }
    else done = !event.repeat && mayAct() && press(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (done) event.preventDefault();
  });

  // From a search box down into what it found: Enter takes the first, and never sends a form that is half filled in.
  function leads(event) {
    var names = event.target.dataset && event.target.dataset.leads;
    if (!names || (event.key !== 'Enter' && event.key !== 'ArrowDown')) return false;
    event.preventDefault();
    var first = doc.getElementById(names).querySelector('input');
    if (first) { first.checked = true; first.focus(); }
    return true;
  }

  // The box at the door, empty: it is where the hands are all day, and its keys are the list's.
  function asksNothing(event) {
    var box = event.target.closest('[data-door] input');
    return Boolean(box) && !box.value.trim() && ['Enter', 'ArrowDown', 'ArrowUp'].indexOf(event.key) >= 0;
  }

  function closeNotes() { var box = doc.getElementById('problem'); if (box) box.innerHTML = ''; }

  doc.addEventListener('click', function (event) {
    var target = event.target;
    if (target.closest('[data-close]')) return closeNotes();
    if (target.closest('[data-print]')) return window.print();
    var opener = target.closest('[data-opens]');
    if (opener) {
      var part = doc.getElementById(opener.dataset.opens);
      part.hidden = !part.hidden;
      var field = part.querySelector('input:not([type=hidden]),select,button');
      if (!part.hidden && field) field.focus();
      return;
    }
    if (target.name === 'many') { noteMark(target.closest('tr')); return; }
    var row = target.closest('#list tr[data-id]');
    if (row && !target.closest('a,button')) choose(row);
  });

  // A choice that is the whole question: asked at once.
  doc.addEventListener('change', function (event) {
    if (event.target.hasAttribute && event.target.hasAttribute('data-submits')) event.target.form.submit();
  });

  doc.addEventListener('htmx:configRequest', function (event) {
    var detail = event.detail;
    if (detail.verb === 'get') return;
    detail.headers['X-Guard-Word'] = doc.querySelector('meta[name="guard-word"]').content;
    // One key a press; a repeat of the same request after a broken line carries the same one.
    detail.headers['Idempotency-Key'] = detail.elt.dataset.idempotencyKey || (detail.elt.dataset.idempotencyKey = crypto.randomUUID());
    if (detail.elt.hasAttribute('data-many')) {
      var many = rows().filter(isMarked);
      if (many.length) detail.parameters.many = many.map(function (row) { return row.dataset.id; }).join(',');
    }
  });
  doc.addEventListener('htmx:afterRequest', function (event) {
    if (event.detail.xhr && event.detail.xhr.status) delete event.detail.elt.dataset.idempotencyKey;
    if (event.detail.successful && event.detail.requestConfig.verb !== 'get') closeNotes();
  });
  // At the door: scan, see, Enter; then the box is free for the next one.
  doc.addEventListener('htmx:afterSettle', function (event) {
    var asked = event.detail.requestConfig && event.detail.requestConfig.elt;
    var door = doc.querySelector('[data-door] input');
    if (!door || !asked || !asked.closest) return;
    if (asked.closest('[data-door]') && event.detail.target.id === 'list') {
      door.value = '';
      door.focus();
    } else if (asked.closest('[data-door]')) {
      var next = doc.querySelector('#case .btn.primary');
      if (next) { door.value = ''; next.focus(); }
    } else if (asked.closest('#case') && event.detail.requestConfig.verb === 'post' && event.detail.target.id === 'list') {
      doc.getElementById('case').innerHTML = '';
      door.focus();
    }
  });
  // A refusal stands on top: whoever pressed far below it is taken there.
  doc.addEventListener('htmx:afterSettle', function (event) {
    if (event.detail.target.id === 'problem') event.detail.target.scrollIntoView({ block: 'nearest' });
  });
  // Settled: htmx has bound its buttons. A case that could not be had leaves none standing that a key could act on.
  doc.addEventListener('htmx:afterSettle', function (event) {
    if (event.detail.target.id === 'case' && event.detail.pathInfo.requestPath === wanted) wait(null);
  });
  doc.addEventListener('htmx:responseError', function (event) {
    if (event.detail.pathInfo.requestPath === wanted) noCase();
  });
  doc.addEventListener('htmx:sendError', function (event) {
    if (event.detail.elt.id === 'case') noCase();
    doc.getElementById('problem').innerHTML = '<section class="card problem"><p class="h">网络断了，刚才这一步还没有办。</p><p>网络好了再按一次就行，不会办两遍。</p></section>';
  });
  doc.addEventListener('htmx:afterSettle', function (event) {
    if (event.detail.target && (event.detail.target.id === 'list' || event.detail.target.closest('#list'))) keepPlace(staysOpen(event));
  });
  function staysOpen(event) {
    var asked = event.detail.requestConfig && event.detail.requestConfig.elt;
    return Boolean(asked && asked.hasAttribute('data-again'));
  }
  doc.body.addEventListener('said', function (event) {
    var box = doc.getElementById('said');
    var line = doc.createElement('p');
    line.textContent = event.detail.value;
    box.replaceChildren(line);
    clearTimeout(box.dataset.timer);
    box.dataset.timer = setTimeout(function () { box.replaceChildren(); }, 6000);
  });

  // Nobody at the desk: the page leaves by itself.
  var idle;
  function stay() { clearTimeout(idle); idle = setTimeout(leave, IDLE_MS); }
  function leave() { var form = doc.querySelector('form[data-leave]'); if (form) form.submit(); }
  ['keydown', 'pointerdown', 'wheel'].forEach(function (name) { doc.addEventListener(name, stay, { passive: true }); });

  doc.addEventListener('DOMContentLoaded', function () {
    stay();
    var first = chosen() || rows()[0];
    if (first && list() && !list().hasAttribute('data-still')) choose(first);
  });
})();

// Large letters, before anything is drawn; the choice stays on this machine.
(function () {
  'use strict';
  var root = document.documentElement;
  function apply() { root.dataset.text = localStorage.getItem('desk-text') === 'large' ? 'large' : 'normal'; }
  apply();
  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-larger]');
    if (!button) return;
    localStorage.setItem('desk-text', root.dataset.text === 'large' ? 'normal' : 'large');
    apply();
    button.setAttribute('aria-pressed', String(root.dataset.text === 'large'));
  });
})();

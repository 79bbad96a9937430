// A demonstration only: counts the dynamic code down and asks for the next one; whatever somebody typed stays.
(function () {
  'use strict';
  var field = document.querySelector('[data-play]');
  if (!field) return;
  var says = document.getElementById('code-left');
  var given = field.value;
  var left = Number(field.dataset.left);
  function say() { says.textContent = '试用：动态码 ' + left + ' 秒后自动换成新的'; }
  function next() {
    fetch('/desk/sign-in/code?play=' + encodeURIComponent(field.dataset.play))
      .then(function (answer) { if (!answer.ok) throw new Error(); return answer.json(); })
      .then(function (now) {
        if (field.value === given) field.value = now.code;
        given = now.code;
        left = now.left;
        say();
      })
      .catch(function () { left = 5; says.textContent = '换动态码没有成功，几秒后再试'; });
  }
  say();
  setInterval(function () {
    left -= 1;
    if (left === 0) next();
    else if (left > 0) say();
  }, 1000);
})();

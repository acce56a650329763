// Runs before the page, in browsers that may not understand it: old syntax only. Shows a sentence instead of a blank page.
(function () {
  var root = document.documentElement;
  var TEXTS = {
    en: {
      old: 'This browser is too old for this page. Please update it, or use another browser: Safari 15.4, Chrome 100, Firefox 100 or later.',
      failed: 'The page could not be loaded. It tries again by itself; your place is not lost.',
    },
    ko: {
      old: '이 브라우저에서는 이 페이지를 사용할 수 없습니다. 브라우저를 업데이트하거나 Safari 15.4, Chrome 100, Firefox 100 이상을 사용해 주세요.',
      failed: '페이지를 불러오지 못했습니다. 자동으로 다시 시도합니다. 순서는 그대로입니다.',
    },
  };
  var texts = TEXTS[(navigator.language || '').slice(0, 2)] || TEXTS.en;
  var isOld = false;
  root.className = '';

  function show(text) {
    function write() {
      document.getElementById('title').textContent = text;
      document.getElementById('lead').textContent = '';
    }
    if (document.getElementById('lead')) write();
    else document.addEventListener('DOMContentLoaded', write);
  }
  function isStarted() {
    return root.getAttribute('data-started') !== null;
  }
  function tooOld(missing) {
    if (missing) console.error(missing);
    isOld = true;
    show(texts.old);
  }
  function supported() {
    return (
      'noModule' in document.createElement('script') &&
      typeof fetch === 'function' &&
      typeof AbortController === 'function' &&
      'throwIfAborted' in AbortSignal.prototype &&
      'getReader' in ReadableStream.prototype &&
      'showModal' in HTMLDialogElement.prototype
    );
  }
  try {
    if (!supported()) tooOld();
  } catch (missing) {
    tooOld(missing);
  }
  // In the capture phase, which also sees scripts that fail to load.
  addEventListener(
    'error',
    function (event) {
      if (isStarted() || isOld) return;
      if (event.message && event.message.indexOf('SyntaxError') >= 0) tooOld();
      else {
        show(texts.failed);
        setTimeout(function () {
          if (!isStarted()) location.reload();
        }, 5000 + Math.random() * 10000);
      }
    },
    true,
  );
})();

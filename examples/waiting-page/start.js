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
    ja: {
      old: 'このブラウザーは古いため、このページを表示できません。更新するか、Safari 15.4、Chrome 100、Firefox 100 以降をご利用ください。',
      failed: 'ページを読み込めませんでした。自動的に再試行します。順番は保たれています。',
    },
    es: {
      old: 'Este navegador es demasiado antiguo para esta página. Actualícelo o use otro: Safari 15.4, Chrome 100, Firefox 100 o posterior.',
      failed: 'No se pudo cargar la página. Lo intenta de nuevo sola; su lugar no se pierde.',
    },
    de: {
      old: 'Dieser Browser ist zu alt für diese Seite. Bitte aktualisieren Sie ihn oder nutzen Sie einen anderen: Safari 15.4, Chrome 100, Firefox 100 oder neuer.',
      failed: 'Die Seite konnte nicht geladen werden. Sie versucht es von selbst noch einmal; Ihr Platz geht nicht verloren.',
    },
    fr: {
      old: 'Ce navigateur est trop ancien pour cette page. Mettez-le à jour ou utilisez-en un autre : Safari 15.4, Chrome 100, Firefox 100 ou plus récent.',
      failed: 'La page n’a pas pu être chargée. Elle réessaie d’elle-même ; votre place n’est pas perdue.',
    },
    ar: {
      old: 'هذا المتصفح قديم جدًا لهذه الصفحة. حدّثه أو استخدم متصفحًا آخر: Safari 15.4 أو Chrome 100 أو Firefox 100 أو أحدث.',
      failed: 'تعذر تحميل الصفحة. ستحاول مرة أخرى تلقائيًا، ومكانك لم يُفقد.',
    },
  };
  var texts = TEXTS[(navigator.language || '').slice(0, 2)] || TEXTS.en;
  var isOld = false;
  root.className = '';

  function show(text) {
    function write() {
      document.getElementById('title').textContent = text;
      document.getElementById('title').setAttribute('dir', 'auto');
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

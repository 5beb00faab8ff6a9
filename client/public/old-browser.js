// biome-ignore-all format: a comma after the last argument is newer than 2009.
// biome-ignore-all lint/complexity/useArrowFunction: as above.
/*
 * For browsers that cannot run the page, which would show nothing but its name: this file is in the JavaScript of 2009.
 * It says so in the browser's language.
 */
(function () {
  var OLD = 0;
  var FAILED = 1;
  var TEXTS = {
    en: [
      'Your browser is too old for Doodle Derby. Update it, or open this page in another one.',
      'Doodle Derby didn’t load. Check your connection, then reload the page.'
    ],
    de: [
      'Dein Browser ist zu alt für Doodle Derby. Aktualisiere ihn oder öffne die Seite in einem anderen.',
      'Doodle Derby konnte nicht geladen werden. Prüf deine Verbindung und lade die Seite neu.'
    ],
    fr: [
      'Ton navigateur est trop ancien pour Doodle Derby. Mets-le à jour ou ouvre cette page dans un autre.',
      'Doodle Derby ne s’est pas chargé. Vérifie ta connexion, puis recharge la page.'
    ],
    es: [
      'Tu navegador es demasiado antiguo para Doodle Derby. Actualízalo o abre esta página en otro.',
      'Doodle Derby no se ha cargado. Revisa tu conexión y vuelve a cargar la página.'
    ],
    pt: [
      'Seu navegador é antigo demais para o Doodle Derby. Atualize-o ou abra esta página em outro.',
      'O Doodle Derby não carregou. Confira sua conexão e recarregue a página.'
    ],
    ja: [
      'お使いのブラウザーは古いため、Doodle Derby を遊べません。更新するか、別のブラウザーで開いてください。',
      'Doodle Derby を読み込めませんでした。接続を確認して、ページを再読み込みしてください。'
    ],
    zh: [
      '你的浏览器版本太旧，无法运行 Doodle Derby。请更新浏览器，或换一个浏览器打开本页。',
      'Doodle Derby 没能加载。请检查网络连接，然后重新加载页面。'
    ],
    ar: [
      'متصفحك أقدم من أن يشغّل Doodle Derby. حدّثه أو افتح هذه الصفحة في متصفح آخر.',
      'تعذّر تحميل Doodle Derby. تحقّق من اتصالك ثم أعد تحميل الصفحة.'
    ]
  };
  var wish = (navigator.language || navigator.userLanguage || 'en').slice(0, 2).toLowerCase();
  var language = TEXTS[wish] ? wish : 'en';

  function tell(which, before) {
    if (document.getElementById('trouble')) return;
    var text = document.createElement('p');
    text.id = 'trouble';
    text.className = 'trouble';
    text.lang = language;
    text.dir = language === 'ar' ? 'rtl' : 'ltr';
    text.setAttribute('role', 'alert');
    text.appendChild(document.createTextNode(TEXTS[language][which]));
    before.parentNode.insertBefore(text, before);
  }

  /** What every screen needs. The syntax need not be tested: it is an error of the page's script. */
  function isNew() {
    return (
      'noModule' in document.createElement('script') &&
      window.CSS &&
      CSS.supports('width', '1cqw') &&
      CSS.supports('height', '1dvh') &&
      window.ResizeObserver &&
      window.PointerEvent &&
      window.HTMLDialogElement &&
      Object.hasOwn &&
      [].at
    );
  }

  var app = document.getElementById('app');
  if (!isNew()) tell(OLD, app);
  else
    window.addEventListener(
      'error',
      function (event) {
        // Once the page is there, it speaks for itself.
        var splash = document.querySelector('.splash');
        if (!splash) return;
        var isOurs = String(event.filename).indexOf(location.origin) === 0;
        if (event.target && event.target.nodeName === 'SCRIPT') tell(FAILED, splash.nextSibling);
        else if (isOurs) tell(OLD, splash.nextSibling);
      },
      true
    );
})();

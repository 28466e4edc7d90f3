// The script tag: defines <housing-complaint> and brings the widget into it.
//
// The build puts this file into one classic script, after `wasm_bindgen` (the glue) and
// `HC_BUILD` {version, wasm: {file, integrity}, css, messages, locales: {lang: {file, integrity}}}.
// Until the widget is there, and whenever it can't be, the element's own children stay visible.
(function () {
  'use strict';

  var TAG = 'housing-complaint';
  var ATTRIBUTES = [
    'landlord', 'endpoint', 'service', 'lang', 'start', 'source', 'drafts', 'heading-level', 'mode',
    'history', 'theme',
  ];
  var OMBUDSMAN = {
    phone: '0300 111 3000',
    web: 'www.housing-ombudsman.org.uk',
    url: 'https://www.housing-ombudsman.org.uk/residents/make-a-complaint/',
  };

  var script = document.currentScript;
  var base = new URL('.', script ? script.src : document.baseURI).href;

  // --- What is fetched, once for all elements of the page -------------------------------------

  function get(file) {
    return fetch(base + file.file, { integrity: file.integrity });
  }

  var wasm;
  function loadWasm() {
    wasm = wasm || wasm_bindgen({ module_or_path: get(HC_BUILD.wasm) });
    return wasm;
  }

  function loadMessages(language) {
    var file = language !== 'en' && HC_BUILD.locales[language];
    return file ? get(file).then(function (it) { return it.json(); }) : Promise.resolve(HC_BUILD.messages);
  }

  // A landlord's file that is not there is not an error here: the widget says so, with the rights.
  function loadLandlord(url) {
    if (!url) return undefined;
    return fetch(url).then(
      function (it) { return it.ok ? it.text() : undefined; },
      function () { return undefined; }
    );
  }

  function resolve(url) {
    try { return url && new URL(url, document.baseURI).href; } catch (error) { return url; }
  }

  // Where this element's answers are kept: two elements for the same landlord keep theirs apart.
  function draftOf(element, landlord) {
    var first = [TAG, element.id, landlord].join(':');
    var taken = Array.from(mounted, function (it) { return it !== element && it.draft; });
    var own = element.draft;
    if (own && own.indexOf(first) === 0 && !taken.includes(own)) return own;
    var free = first;
    for (var at = 2; taken.includes(free); at++) free = first + ':' + at;
    return free;
  }

  // --- The element ----------------------------------------------------------------------------

  var mounted = new Set();

  class HousingComplaint extends HTMLElement {
    static get observedAttributes() { return ATTRIBUTES; }

    connectedCallback() {
      if (!this.shadowRoot) {
        this.attachShadow({ mode: 'open' });
        fill(this, document.createElement('slot'));
        warnOfUnknown(this);
        // Colours of the host page are meant for one of the two themes; without a word, the light one.
        if (!this.hasAttribute('theme') && hasOwnColours(this)) this.setAttribute('theme', 'light');
      }
      if (!mounted.has(this)) this.open();
    }

    // Moving an element in the page disconnects it for a moment, and must lose nothing.
    disconnectedCallback() {
      var element = this;
      Promise.resolve().then(function () { if (!element.isConnected) element.close(); });
    }

    attributeChangedCallback(name, before, after) {
      if (name === 'theme' || before === after || !mounted.has(this)) return;
      this.close();
      this.open();
    }

    open() {
      var element = this;
      var turn = (this.turn = {});
      var language = this.getAttribute('lang') || document.documentElement.lang || 'en';
      language = HC_BUILD.locales[language] ? language : 'en';
      var landlord = resolve(this.getAttribute('landlord') || '');
      this.draft = draftOf(this, landlord);
      mounted.add(this);
      var landlordFile = loadLandlord(landlord);
      Promise.all([loadWasm(), loadMessages(language), landlordFile]).then(function (got) {
        if (element.turn !== turn) return;
        var options = {
          version: HC_BUILD.version,
          language: language,
          messages: got[1],
          landlordText: got[2],
          storageKey: element.draft,
        };
        ATTRIBUTES.forEach(function (name) {
          var value = element.getAttribute(name);
          if (value !== null) options[name] = value;
        });
        options.landlord = landlord;
        if (options.endpoint) options.ownEndpoint = 'yes';
        else options.endpoint = serviceOf(element) + 'v1/submissions';
        // What was typed before an attribute changed or the element was taken out for a while.
        if (element.before && element.before.draft === element.draft) options.before = element.before.text;
        var root = document.createElement('div');
        fill(element, root);
        element.widget = wasm_bindgen.mount(root, element, options);
      }).catch(function (error) {
        // The widget's own reasons are texts: a code and a line for the web team.
        var text = typeof error === 'string' ? error : 'wasm_failed ' + error;
        return Promise.resolve(landlordFile).then(function (landlordText) {
          if (element.turn === turn) rescue(element, text, landlordText);
        });
      });
    }

    close() {
      mounted.delete(this);
      this.turn = null;
      if (this.widget) {
        var widget = this.widget;
        this.widget = null;
        try { this.before = { draft: this.draft, text: widget.unmount() }; } catch (error) { /* it had stopped already */ }
      }
      fill(this, document.createElement('slot'));
    }
  }

  ATTRIBUTES.forEach(function (name) {
    var property = name.replace(/-(.)/g, function (_, letter) { return letter.toUpperCase(); });
    if (property in HTMLElement.prototype) return;
    Object.defineProperty(HousingComplaint.prototype, property, {
      get: function () { return this.getAttribute(name); },
      set: function (value) { set(this, name, value); },
    });
  });

  function set(element, name, value) {
    if (value === null || value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }

  function serviceOf(element) {
    var service = element.getAttribute('service');
    var url = service ? new URL(service, document.baseURI).href : new URL('/', base).href;
    return url.replace(/\/?$/, '/');
  }

  function hasOwnColours(element) {
    var style = getComputedStyle(element);
    return ['brand', 'text', 'link', 'focus', 'error', 'surface'].some(function (name) {
      return style.getPropertyValue('--hc-color-' + name);
    });
  }

  // Puts one node into the element's shadow root, with the styles.
  function fill(element, node) {
    var root = element.shadowRoot;
    try {
      if (!root.adoptedStyleSheets.length) {
        var sheet = new CSSStyleSheet();
        sheet.replaceSync(HC_BUILD.css);
        root.adoptedStyleSheets = [sheet];
      }
      root.replaceChildren(node);
    } catch (error) {
      // Before Safari 16.4.
      var style = document.createElement('style');
      style.textContent = HC_BUILD.css;
      root.replaceChildren(style, node);
    }
  }

  // --- When it can't run ----------------------------------------------------------------------

  // The last resort: no WebAssembly, no framework, only nodes. The host's own words stay in the
  // slot; the landlord's telephone numbers are shown where its file can be read at all.
  function rescue(element, text, landlordText) {
    console.warn(TAG + ': ' + text);
    element.widget = null;
    var hadFocus = document.activeElement === element;
    var code = text.split(' ')[0];
    var level = /^[1-5]$/.test(element.getAttribute('heading-level')) ? Number(element.getAttribute('heading-level')) : 2;
    var t = function (key) { return HC_BUILD.messages[key]; };
    var button = function (action, press) {
      var it = node('button', { type: 'button', class: 'button', part: 'button', 'data-action': action }, [t('action.' + action)]);
      it.addEventListener('click', press);
      return it;
    };
    var phone = function (number) {
      return node('p', {}, [node('a', { href: 'tel:' + number.replace(/ /g, '') }, [number])]);
    };
    var heading = node('h' + level, { class: 'title', part: 'heading', tabindex: '-1' }, [t('failed.title')]);
    var answers = keptAnswers(element);
    var ways = [button('retry', function () { location.reload(); })];
    if (answers) ways.push(button('download', function () { download(t('copy.file') + '.txt', answers); }));
    fill(element, node('div', { class: 'widget' }, [
      node('div', { class: 'screen failed', 'data-screen': 'failed', lang: 'en', dir: t('language.direction') }, [
        heading,
        node('p', { class: 'lead' }, [t('failed.lead')]),
      ].concat(phonesIn(landlordText).map(phone), [
        node('slot', { dir: getComputedStyle(element).direction }, []),
        node('div', { class: 'ways' }, ways),
        node('section', { class: 'rights', part: 'rights', 'data-rights': '', 'aria-labelledby': 'rights-title' }, [
          node('h' + (level + 1), { id: 'rights-title', class: 'rights-title' }, [t('rights.title')]),
          node('p', {}, [t('rights.failed')]),
          phone(OMBUDSMAN.phone),
          node('p', {}, [node('a', { href: OMBUDSMAN.url, target: '_blank', rel: 'noopener noreferrer' }, [OMBUDSMAN.web])]),
        ]),
        node('p', { class: 'small' }, [t('failed.detail').replace('{detail}', function () { return text; })]),
      ])),
    ]));
    if (hadFocus) heading.focus();
    element.dispatchEvent(new CustomEvent('hc-error', { bubbles: true, composed: true, detail: { code: code } }));
  }

  function node(name, attributes, children) {
    var it = document.createElement(name);
    Object.keys(attributes).forEach(function (key) { it.setAttribute(key, attributes[key]); });
    it.append.apply(it, children);
    return it;
  }

  function phonesIn(landlordText) {
    try {
      return JSON.parse(landlordText).channels
        .filter(function (it) { return it.kind === 'phone' && typeof it.value === 'string'; })
        .map(function (it) { return it.value; });
    } catch (error) {
      return [];
    }
  }

  // What was typed, as it is kept in the tab, for a resident who needs it elsewhere.
  function keptAnswers(element) {
    try {
      var answers = JSON.parse(sessionStorage.getItem(element.draft)).draft.answers;
      return Object.keys(answers).map(function (key) {
        var title = HC_BUILD.messages['question.' + key + '.title'] || HC_BUILD.messages['field.' + key + '.label'] || key;
        return title + '\n' + answers[key].join(', ') + '\n';
      }).join('\n');
    } catch (error) {
      return '';
    }
  }

  function download(name, text) {
    var link = node('a', { href: URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' })), download: name }, []);
    link.click();
  }

  // A trap ends the module: every widget of the page says so, and what was typed is in the tab's
  // storage for when the page is opened again. A trap in wasm of the host's is none of ours.
  window.addEventListener('error', function (event) {
    if (typeof WebAssembly !== 'object' || !(event.error instanceof WebAssembly.RuntimeError)) return;
    var stack = String(event.error.stack);
    if (stack.indexOf('.wasm') >= 0 && stack.indexOf(HC_BUILD.wasm.file) < 0) return;
    mounted.forEach(function (element) { if (element.widget) rescue(element, 'trap ' + event.message); });
  });

  // --- Helping the web team -------------------------------------------------------------------

  var GLOBAL = /^(aria-|data-|on)|^(id|class|style|title|hidden|slot|part|role|tabindex|dir|translate|inert)$/;

  function warnOfUnknown(element) {
    element.getAttributeNames().forEach(function (name) {
      if (ATTRIBUTES.includes(name) || GLOBAL.test(name)) return;
      console.warn(TAG + ': unknown attribute "' + name + '". Did you mean "' + nearest(name) + '"?');
    });
  }

  function nearest(name) {
    return ATTRIBUTES.slice().sort(function (a, b) { return distance(name, a) - distance(name, b); })[0];
  }

  // Levenshtein's distance, on one row.
  function distance(a, b) {
    var row = Array.from({ length: b.length + 1 }, function (_, at) { return at; });
    for (var i = 1; i <= a.length; i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j <= b.length; j++) {
        var above = row[j];
        row[j] = Math.min(row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
        diagonal = above;
      }
    }
    return row[b.length];
  }

  // --- The tag itself, and the call from a script ---------------------------------------------

  function mount(target, options) {
    var element = document.createElement(TAG);
    var update = function (changes) {
      Object.keys(changes || {}).forEach(function (key) {
        set(element, key.replace(/[A-Z]/g, function (letter) { return '-' + letter.toLowerCase(); }), changes[key]);
      });
    };
    update(options);
    (typeof target === 'string' ? document.querySelector(target) : target).append(element);
    return { update: update, unmount: function () { element.remove(); } };
  }

  // One tag is enough: its data-* attributes go to an element that is there, or to a new one.
  if (script && script.dataset.landlord) {
    var element = document.querySelector(TAG + ':not([landlord])') || document.createElement(TAG);
    Array.from(script.attributes).forEach(function (it) {
      var name = it.name.replace(/^data-/, '');
      if (name === it.name) return;
      if (ATTRIBUTES.includes(name)) set(element, name, it.value);
      else console.warn(TAG + ': unknown attribute "' + it.name + '". Did you mean "data-' + nearest(name) + '"?');
    });
    if (!element.isConnected) script.after(element);
  }

  if (!customElements.get(TAG)) {
    customElements.define(TAG, HousingComplaint);
    window.HousingComplaint = { version: HC_BUILD.version, mount: mount };
  }
})();

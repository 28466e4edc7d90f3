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
    return fetch(url).then(
      function (it) { return it.ok ? it.text() : undefined; },
      function () { return undefined; }
    );
  }

  // --- The element ----------------------------------------------------------------------------

  var mounted = new Set();

  class HousingComplaint extends HTMLElement {
    static get observedAttributes() { return ATTRIBUTES; }

    connectedCallback() {
      if (!this.shadowRoot) {
        adoptStyles(this.attachShadow({ mode: 'open' }));
        this.shadowRoot.append(document.createElement('slot'));
        warnOfUnknown(this);
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
      var landlord = new URL(this.getAttribute('landlord') || '', document.baseURI).href;
      mounted.add(this);
      Promise.all([loadWasm(), loadMessages(language), loadLandlord(landlord)]).then(function (got) {
        if (element.turn !== turn) return;
        var options = {
          version: HC_BUILD.version,
          language: language,
          messages: got[1],
          landlordText: got[2],
          storageKey: TAG + ':' + (element.id || '') + ':' + landlord,
        };
        ATTRIBUTES.forEach(function (name) {
          var value = element.getAttribute(name);
          if (value !== null) options[name] = value;
        });
        options.landlord = landlord;
        options.endpoint = options.endpoint || new URL('v1/submissions', new URL(options.service || '/', base)).href;
        var root = document.createElement('div');
        element.shadowRoot.replaceChildren(root);
        element.widget = wasm_bindgen.mount(root, element, options);
      }).catch(function (error) {
        // The widget's own reasons are texts: a code and a line for the web team.
        var text = typeof error === 'string' ? error : 'wasm_failed ' + error;
        if (element.turn === turn) rescue(element, text);
      });
    }

    close() {
      mounted.delete(this);
      this.turn = null;
      if (this.widget) {
        var widget = this.widget;
        this.widget = null;
        try { widget.unmount(); } catch (error) { /* it had stopped already */ }
      }
      this.shadowRoot.replaceChildren(document.createElement('slot'));
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

  function adoptStyles(root) {
    try {
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(HC_BUILD.css);
      root.adoptedStyleSheets = [sheet];
    } catch (error) {
      var style = document.createElement('style');
      style.textContent = HC_BUILD.css;
      root.append(style);
    }
  }

  // --- When it can't run ----------------------------------------------------------------------

  // The last resort: no WebAssembly, no framework, only nodes. The host's own words stay in the slot.
  function rescue(element, text) {
    console.warn(TAG + ': ' + text);
    element.widget = null;
    var code = text.split(' ')[0];
    var t = function (key) { return HC_BUILD.messages[key]; };
    var retry = node('button', { type: 'button', class: 'button', part: 'button', 'data-action': 'retry' }, [t('action.retry')]);
    retry.addEventListener('click', function () { location.reload(); });
    element.shadowRoot.replaceChildren(node('div', { class: 'widget' }, [
      node('div', { class: 'screen failed', 'data-screen': 'failed', lang: 'en' }, [
        node('h2', { class: 'title', part: 'heading' }, [t('failed.title')]),
        node('p', { class: 'lead' }, [t('failed.lead')]),
        node('slot', {}, []),
        retry,
        node('section', { class: 'rights', part: 'rights', 'data-rights': '', 'aria-labelledby': 'rights-title' }, [
          node('h3', { id: 'rights-title', class: 'rights-title' }, [t('rights.title')]),
          node('p', {}, [t('rights.failed')]),
          node('p', {}, [node('a', { href: 'tel:' + OMBUDSMAN.phone.replace(/ /g, '') }, [OMBUDSMAN.phone])]),
          node('p', {}, [node('a', { href: OMBUDSMAN.url }, [OMBUDSMAN.web])]),
        ]),
        node('p', { class: 'small' }, [t('failed.detail').replace('{detail}', function () { return text; })]),
      ]),
    ]));
    element.dispatchEvent(new CustomEvent('hc-error', { bubbles: true, composed: true, detail: { code: code } }));
  }

  function node(name, attributes, children) {
    var it = document.createElement(name);
    Object.keys(attributes).forEach(function (key) { it.setAttribute(key, attributes[key]); });
    it.append.apply(it, children);
    return it;
  }

  // A trap ends the module: every widget of the page says so, and what was typed is in the tab's
  // storage for when the page is opened again.
  window.addEventListener('error', function (event) {
    if (typeof WebAssembly === 'object' && event.error instanceof WebAssembly.RuntimeError) {
      mounted.forEach(function (element) { rescue(element, 'trap ' + event.message); });
    }
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

  if (!customElements.get(TAG)) {
    customElements.define(TAG, HousingComplaint);
    window.HousingComplaint = { version: HC_BUILD.version, mount: mount };
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
})();

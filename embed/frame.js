// The other end of frame mode: frame.html, from the widget's origin, inside a page whose policy has no room
// for WebAssembly. It answers nobody but the window around it, at the origin that is named in its address.
(() => {
  const host = new URLSearchParams(location.search).get('host');
  const EVENTS = ['hc-ready', 'hc-step', 'hc-submitted', 'hc-submit-failed', 'hc-error'];
  const tell = (message) => parent.postMessage(Object.assign({ hc: 1 }, message), host);
  let element;

  // The frame is as high as what is in it: nothing here scrolls.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('html{overflow:clip}body{margin:0}');
  document.adoptedStyleSheets = [sheet];

  function open({ attributes, tokens, landlordText, started, hasFocus }) {
    element = document.createElement('housing-complaint');
    Object.keys(attributes).forEach((name) => element.setAttribute(name, attributes[name]));
    Object.keys(tokens).forEach((name) => element.style.setProperty(name, tokens[name]));
    // The landlord's file, where only the page around can read it.
    element.landlordGiven = landlordText;
    element.holdsFocus = hasFocus;
    // The page around has that button, where it can stay in sight.
    element.tellAround = tell;
    element.dataset.framed = '';
    element.uncover = ({ top, bottom }) => tell({ type: 'show', top, bottom });
    EVENTS.forEach((name) => element.addEventListener(name, ({ detail }) => tell({ type: 'event', name, detail })));
    document.documentElement.lang = attributes.lang;
    document.body.replaceChildren(element);
    new ResizeObserver(() => tell({ type: 'height', height: element.offsetHeight })).observe(element);
    if (started) start();
  }

  // *Start* was pressed in the page around, before this was there.
  function start() {
    const button = element.shadowRoot.querySelector('[data-action=start]');
    if (button) button.click();
    else element.wasStarted = true;
  }

  if (!host || parent === window) return;
  addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== host || !event.data || event.data.hc !== 1) return;
    if (event.data.type === 'open' && !element) open(event.data);
    else if (event.data.type === 'start' && element) start();
    else if (event.data.type === 'theme' && element) element.theme = event.data.theme;
    else if (event.data.type === 'hide' && element) element.hide();
  });
  customElements.whenDefined('housing-complaint').then(() => tell({ type: 'ready' }));
})();

// Part of the script (see loader.js): frame mode, where the page's policy has no room for WebAssembly. The
// other end is frame.js, in frame.html.

// What of the page's look goes into the frame.
const TOKENS = COLOURS.map((name) => 'color-' + name)
  .concat('color-on-brand', 'font-family', 'font-size', 'space', 'radius', 'max-width');

function openFrame(element, turn, language, landlordFile) {
  const { origin } = new URL(base);
  const frame = node('iframe', {
    class: 'frame',
    title: element.words.messages['frame.title'],
    sandbox: 'allow-scripts allow-same-origin allow-forms allow-downloads allow-modals allow-popups allow-popups-to-escape-sandbox',
    referrerpolicy: 'strict-origin',
    height: '0',
    src: base + 'frame.html?host=' + encodeURIComponent(location.origin),
  });
  const tell = (message) => frame.contentWindow.postMessage(Object.assign({ hc: 1 }, message), origin);
  const give = () => {
    element.closeFrame();
    if (element.turn === turn) fail(element, 'frame_blocked');
  };
  const refused = (event) => {
    const isBlocked = event.disposition === 'enforce' && /^(frame|child|default)-src/.test(event.effectiveDirective);
    if (isBlocked && event.blockedURI.indexOf(origin) === 0) give();
  };
  let isReady = false;
  let patience = setTimeout(give, PATIENCE);
  const heard = (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin || !event.data || event.data.hc !== 1) return;
    const { type, name, detail, top, bottom, height, isOffered } = event.data;
    if (type === 'ready') {
      clearTimeout(patience);
      isReady = true;
      landlordFile.then(() => { if (element.turn === turn) openIn(element, tell, language); });
    } else if (type === 'height' && height > 0) {
      frame.height = Math.ceil(height);
      const hadFocus = focusIn(element) && element.shadowRoot.activeElement !== frame;
      const own = element.shadowRoot.querySelector('.first');
      if (own) own.remove();
      if (own && hadFocus) frame.focus();
    } else if (type === 'event' && /^hc-[a-z-]+$/.test(name)) {
      hcTell(element, name, detail);
    } else if (type === 'hides') {
      hcHide(element, Boolean(isOffered));
      offerHide(element);
    } else if (type === 'hide') {
      hide();
    } else if (type === 'hidden' && element.frameIsHidden) {
      element.frameIsHidden();
    } else if (type === 'show') {
      const { left, right, top: from } = frame.getBoundingClientRect();
      uncover(element, { left, right, top: from + top, bottom: from + bottom });
    }
  };
  element.closeFrame = () => {
    clearTimeout(patience);
    removeEventListener('message', heard);
    document.removeEventListener('securitypolicyviolation', refused);
    frame.remove();
    element.closeFrame = element.tellFrame = null;
  };
  addEventListener('message', heard);
  document.addEventListener('securitypolicyviolation', refused);
  // A frame that is refused loads an error page.
  frame.addEventListener('load', () => {
    if (isReady || !element.closeFrame) return;
    clearTimeout(patience);
    patience = setTimeout(give, 5000);
  });
  element.shadowRoot.append(frame);
}

// Tells the frame what to show: once it listens, and the landlord's file is there or can't be had.
function openIn(element, tell, language) {
  const attributes = {};
  ATTRIBUTES.forEach((it) => { if (element.hasAttribute(it)) attributes[it] = element.getAttribute(it); });
  ['landlord', 'endpoint', 'service'].forEach((it) => { if (attributes[it]) attributes[it] = resolve(attributes[it]); });
  // The name of its draft here keeps its draft there apart from those of others.
  Object.assign(attributes, { id: element.instance, lang: language, mode: 'inline' });
  const style = getComputedStyle(element);
  const tokens = {};
  TOKENS.forEach((it) => { tokens['--hc-' + it] = style.getPropertyValue('--hc-' + it); });
  element.tellFrame = tell;
  tell({ type: 'open', attributes, tokens, landlordText: element.landlordText, started: element.wasStarted, hasFocus: focusIn(element) });
}

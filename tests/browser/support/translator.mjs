// A browser's page translation, as Chrome's works: each text node is taken out, and another one with other
// words comes in its place, inside <font><font>; and so with all text that comes later. What this one says can be
// read back: every letter is the one 13 places further, and so is every letter of its own translation.

/** The text that a translated text was, and the other way round. */
export function translated(text) {
  return text.replace(/[a-z]/gi, (letter) => {
    const first = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
  });
}

/** Translates everything in this page from now on, as soon as it is there; or after so many milliseconds. */
export async function translate(page, after = 0) {
  await page.addInitScript(`(${translator})(${translated}, ${after})`);
}

/** Runs in the page. */
function translator(translated, after) {
  const IS_LEFT_ALONE = 'font, script, style, textarea, [translate=no]';
  const options = { childList: true, characterData: true, subtree: true };
  window.translations = 0;

  const replace = (text) => {
    if (!text.isConnected || !text.data.trim() || text.parentElement?.closest(IS_LEFT_ALONE)) return;
    const [outer, inner] = [document.createElement('font'), document.createElement('font')];
    inner.textContent = translated(text.data);
    outer.append(inner);
    text.replaceWith(outer);
    window.translations += 1;
  };
  const all = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts = root.nodeType === Node.TEXT_NODE ? [root] : [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.forEach(replace);
  };
  const watch = (root) => {
    new MutationObserver((changes) => {
      const come = changes.flatMap((it) => (it.type === 'characterData' ? [it.target] : [...it.addedNodes]));
      if (after) setTimeout(() => come.forEach(all), after);
      else come.forEach(all);
    }).observe(root, options);
  };
  watch(document);
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    watch(root);
    return root;
  };
}

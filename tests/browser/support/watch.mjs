// Listens on every page of a context. Events of the widget are kept in `window.heard`.

const EVENTS = ['hc-ready', 'hc-step', 'hc-submitted', 'hc-submit-failed', 'hc-language', 'hc-error'];

/** The list of what went wrong, filled as it happens. A dialog is trouble, unless `trouble.answer` has its
 * words: `{[words]: true}` says yes to it. */
export async function watch(context) {
  const trouble = [];
  trouble.answer = {};
  context.on('weberror', (it) => trouble.push(`page error: ${it.error()}`));
  context.on('dialog', (dialog) => {
    const answer = trouble.answer[dialog.message()];
    if (answer === undefined) trouble.push(`dialog: ${dialog.message()}`);
    return answer ? dialog.accept() : dialog.dismiss();
  });
  await context.exposeBinding('hcViolation', (_, text) => trouble.push(`policy violation: ${text}`));
  await context.addInitScript((names) => {
    window.heard = [];
    for (const name of names) {
      document.addEventListener(name, (event) => {
        window.heard.push({ name, on: event.target.id || event.target.localName, detail: { ...event.detail } });
      });
    }
    // Whether the form has what words mean, which nobody waits for but a program that types a story in no time.
    window.meaning = 'none';
    const { json, text } = Response.prototype;
    Response.prototype.json = async function () {
      const it = await json.call(this);
      if (it?.model?.file && window.meaning === 'none') window.meaning = 'due';
      return it;
    };
    Response.prototype.text = async function () {
      const it = await text.call(this);
      if (this.url.includes('-model.')) setTimeout(() => { window.meaning = 'there'; });
      return it;
    };
    document.addEventListener('securitypolicyviolation', (event) => {
      window.hcViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  }, EVENTS);
  return trouble;
}

/** What the host page has heard so far; with a name, only the details of those events. */
export async function heard(page, name) {
  const all = await page.evaluate(() => window.heard);
  return name ? all.filter((it) => it.name === name).map((it) => it.detail) : all;
}

// WebKitGTK by its own driver, which speaks W3C WebDriver over HTTP. It draws on a screen of its own
// that nobody sees.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

import { until } from './until.mjs';

const DRIVER = process.env.HC_WEBKIT_DRIVER || '/usr/bin/WebKitWebDriver';
const SCREEN = process.env.HC_XVFB || '/usr/bin/Xvfb';

/** Keys without a character, as WebDriver writes them. */
const KEYS = { Enter: '\uE007', Tab: '\uE004' };

export class WebKit {
  name = 'WebKitGTK';
  #screen;
  #display;
  #driver;
  #url;

  async start() {
    // Also where the run itself breaks off.
    process.once('exit', () => this.close());
    this.#screen = spawn(SCREEN, ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [number] = await once(createInterface({ input: this.#screen.stdout }), 'line');
    this.#display = `:${number}`;
    await this.#startDriver();
  }

  async #startDriver() {
    const port = await freePort();
    this.#driver = spawn(DRIVER, [`--port=${port}`], {
      env: { ...process.env, DISPLAY: this.#display, GDK_BACKEND: 'x11' },
      stdio: 'ignore',
    });
    this.#url = `http://127.0.0.1:${port}`;
    await this.#isReady();
  }

  async #isReady() {
    for (let tries = 0; tries < 100; tries++) {
      const isReady = await this.call('GET', '/status').then((it) => it.ready, () => false);
      if (isReady) return;
      await new Promise((later) => { setTimeout(later, 100); });
    }
    throw new Error(`${DRIVER} does not answer`);
  }

  async call(method, path, body) {
    const response = await fetch(this.#url + path, {
      method,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebKitGTK: ${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }

  /** A page with storage of its own: each session of the driver is a browser of its own. */
  async newPage() {
    try {
      return await this.#newSession();
    } catch {
      // A browser that did not start keeps its driver from starting another.
      this.#driver.kill();
      await this.#startDriver();
      return this.#newSession();
    }
  }

  async #newSession() {
    // With any other strategy it waits, before each call, for a page that is held back.
    const capabilities = { alwaysMatch: { pageLoadStrategy: 'none' } };
    const { sessionId, capabilities: has } = await this.call('POST', '/session', { capabilities });
    this.version = `${has.browserName}/${has.browserVersion}`;
    return new WebKitPage((method, path, body) => this.call(method, `/session/${sessionId}${path}`, body));
  }

  async close() {
    this.#driver?.kill();
    this.#screen?.kill();
  }
}

class WebKitPage {
  #call;
  #place;
  #pressed;

  constructor(call) {
    this.#call = call;
  }

  async open(url) {
    await this.#arrives('/url', { url });
  }

  async reload() {
    await this.#arrives('/refresh', {});
  }

  /** Goes to a page, and waits until all of its own words are there. */
  async #arrives(path, body) {
    await this.evaluate(() => { window.isBefore = true; });
    await this.#call('POST', path, body);
    await until(async () => {
      assert.ok(await this.evaluate(() => !window.isBefore && document.readyState !== 'loading'));
    });
  }

  async back() {
    await this.#call('POST', '/back', {});
  }

  async evaluate(script, ...values) {
    const { error, value } = await this.#call('POST', '/execute/async', {
      script: `const [values, done] = arguments;
        Promise.resolve().then(() => (${script})(...values))
          .then((value) => done({ value }), (error) => done({ error: String(error) }));`,
      args: [values],
    });
    if (error) throw new Error(error);
    return value;
  }

  /** The frame inside the form: a key goes to the frame in which the driver is. */
  frame() {
    return {
      evaluate: (...given) => this.#inFrame(() => this.evaluate(...given)),
      type: (text) => this.#inFrame(() => this.type(text)),
    };
  }

  async #inFrame(act) {
    const frame = await this.evaluate(() => document.querySelector('housing-complaint')?.shadowRoot?.querySelector('iframe'));
    if (!frame) throw new Error('there is no frame');
    await this.#call('POST', '/frame', { id: frame });
    try {
      return await act();
    } finally {
      await this.#call('POST', '/frame/parent', {});
    }
  }

  async moveTo(x, y) {
    this.#place = [x, y].map(Math.round);
    await this.#point('pointerMove', { x: this.#place[0], y: this.#place[1], duration: 0 });
  }

  async pointerDown() {
    // Two presses at one place, one soon after the other, are a double click here.
    if (String(this.#place) === String(this.#pressed)) await new Promise((later) => { setTimeout(later, 500); });
    this.#pressed = this.#place;
    await this.#point('pointerDown', { button: 0 });
  }

  pointerUp() {
    return this.#point('pointerUp', { button: 0 });
  }

  #point(type, details) {
    return this.#act({ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' } }, [{ type, ...details }]);
  }

  async type(text) {
    await this.#keys([...text].map((it) => (it === '\n' ? KEYS.Enter : it)));
  }

  async press(key) {
    await this.#keys([KEYS[key] ?? key]);
  }

  #keys(values) {
    return this.#act({ type: 'key', id: 'keyboard' }, values.flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]));
  }

  async #act(device, actions) {
    await this.#call('POST', '/actions', { actions: [{ ...device, actions }] });
  }

  async close() {
    await this.#call('DELETE', '');
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

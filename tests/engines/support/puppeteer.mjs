// Chromium by the DevTools protocol, Firefox by WebDriver BiDi: the same calls for both.

import { launch } from 'puppeteer-core';

import { LAUNCH } from '../../browser/support/chromium.mjs';
import { VIEWPORT } from './viewport.mjs';

class PuppeteerEngine {
  #browser;

  async start() {
    this.#browser = await launch({ ...this.options, defaultViewport: VIEWPORT });
    this.version = await this.#browser.version();
  }

  /** A page with storage of its own. */
  async newPage() {
    const context = await this.#browser.createBrowserContext();
    return new PuppeteerPage(context, await context.newPage());
  }

  async close() {
    await this.#browser?.close();
  }
}

export class Chromium extends PuppeteerEngine {
  name = 'Chromium';
  options = {
    browser: 'chrome',
    ...LAUNCH,
    // A frame of another site has a storage of its own, as in a resident's browser.
    args: LAUNCH.args.map((it) => it.replace('ThirdPartyStoragePartitioning,', '')),
  };
}

export class Firefox extends PuppeteerEngine {
  name = 'Firefox';
  options = {
    browser: 'firefox',
    executablePath: process.env.HC_FIREFOX || '/usr/bin/firefox-esr',
  };
}

class PuppeteerPage {
  #context;
  #page;

  constructor(context, page) {
    this.#context = context;
    this.#page = page;
  }

  async open(url) {
    await this.#page.goto(url, { waitUntil: 'domcontentloaded' });
  }

  async reload() {
    await this.#page.reload({ waitUntil: 'domcontentloaded' });
  }

  async back() {
    await this.#page.goBack();
  }

  evaluate(script, ...values) {
    return this.#page.evaluate(script, ...values);
  }

  /** The frame inside the form. */
  frame() {
    return {
      evaluate: async (...given) => {
        const frame = this.#page.frames().find((it) => it.parentFrame());
        if (!frame) throw new Error('there is no frame');
        return frame.evaluate(...given);
      },
      type: (text) => this.type(text),
    };
  }

  moveTo(x, y) {
    return this.#page.mouse.move(x, y);
  }

  pointerDown() {
    return this.#page.mouse.down();
  }

  pointerUp() {
    return this.#page.mouse.up();
  }

  type(text) {
    return this.#page.keyboard.type(text);
  }

  press(key) {
    return this.#page.keyboard.press(key);
  }

  async close() {
    await this.#context.close();
  }
}

// A browser with a profile of its own, as a resident has one, whose processes can be killed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { chromium } from '@playwright/test';

import { LAUNCH } from './chromium.mjs';
import { watch } from './watch.mjs';

const ARGUMENTS = [
  ...LAUNCH.args,
  '--headless',
  '--remote-debugging-port=0',
  '--lang=en-GB',
  '--window-size=1280,800',
  '--force-prefers-reduced-motion',
  // There is a mouse.
  '--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4',
];

export class OwnBrowser {
  #process;
  #browser;
  /** What must never happen on any page; see `watch`. */
  trouble = [];

  static async start() {
    const it = new OwnBrowser();
    it.profile = await mkdtemp(join(tmpdir(), 'housing-complaint-profile-'));
    await it.#launch();
    return it;
  }

  async #launch() {
    const options = { stdio: ['ignore', 'ignore', 'pipe'], detached: true };
    this.#process = spawn(LAUNCH.executablePath, [...ARGUMENTS, `--user-data-dir=${this.profile}`, 'about:blank'], options);
    this.#process.on('error', () => {});
    await this.#connect(await this.#address());
    [this.page] = this.context.pages();
  }

  async #address() {
    let log = '';
    for await (const line of createInterface({ input: this.#process.stderr })) {
      const [, url] = /^DevTools listening on (ws:\S+)$/.exec(line) || [];
      if (url) {
        this.#process.stderr.resume();
        return (this.url = url);
      }
      log += `${line}\n`;
    }
    throw new Error(`${LAUNCH.executablePath} did not start:\n${log}`);
  }

  async #connect(url) {
    this.#browser = await chromium.connectOverCDP(url);
    [this.context] = this.#browser.contexts();
    this.context.setDefaultTimeout(30_000);
    this.trouble = Object.assign(await watch(this.context), { before: this.trouble });
    // The browser asks before a page goes that still sends files: yes.
    this.trouble.answer[''] = true;
  }

  /** The resident chooses a file from the device. (The page never has more of it than it reads itself.) */
  async choosesFile(page, within, path) {
    const session = await this.context.newCDPSession(page);
    const expression = `document.querySelector('${within}').shadowRoot.querySelector('input[type=file]')`;
    const { result } = await session.send('Runtime.evaluate', { expression });
    await session.send('DOM.setFileInputFiles', { files: [path], objectId: result.objectId });
    await session.detach();
  }

  /** All that went wrong, in every life of the browser. */
  get troubles() {
    const all = [];
    for (let it = this.trouble; it; it = it.before) all.unshift(...it);
    return all;
  }

  /** Ends all its processes at once, and starts it again with the same profile. */
  async killAndStart() {
    await this.#kill();
    await this.#launch();
  }

  /** The page's process ends at once. The browser shows that, and the resident loads the page again. */
  async crashTab() {
    const session = await this.context.newCDPSession(this.page);
    const { targetInfo: { targetId } } = await session.send('Target.getTargetInfo');
    const crashed = this.page.waitForEvent('crash');
    session.send('Page.crash').catch(() => {});
    await crashed;
    // What drove the page does not outlive a crash; the browser does.
    const all = await this.#browser.newBrowserCDPSession();
    const { sessionId } = await all.send('Target.attachToTarget', { targetId });
    const loaded = new Promise((done) => {
      all.on('Target.receivedMessageFromTarget', ({ message }) => { if (/"Page.frameStoppedLoading"/.test(message)) done(); });
    });
    // Only the second is heard; without the first nothing is said of what comes of it.
    for (const [id, method] of ['Page.enable', 'Page.reload'].entries()) {
      all.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) });
    }
    await loaded;
    await this.#browser.close();
    await this.#connect(this.url);
    [this.page] = this.context.pages();
  }

  /** The resident closes the tab and opens another. */
  async closeTab() {
    const old = this.page;
    this.page = await this.context.newPage();
    await old.close();
  }

  async #kill() {
    const ended = once(this.#process, 'exit');
    // The whole group: whatever is left would go on writing to the profile.
    try { process.kill(-this.#process.pid, 'SIGKILL'); } catch { return; }
    await ended;
    await this.#browser.close().catch(() => {});
  }

  async close() {
    await this.#kill();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

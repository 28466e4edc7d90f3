// The widget in a landlord's page, in three engines: `node --test-reporter=spec tests/engines/run.mjs`.
// `cargo xtask test` names the browsers and the service's program in HC_CHROMIUM, HC_FIREFOX,
// HC_WEBKIT_DRIVER, HC_XVFB and HC_SERVER_BIN. HC_ENGINES=firefox,webkitgtk runs only those.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startService } from '../browser/support/service.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { Chromium, Firefox } from './support/puppeteer.mjs';
import { startSite, startWidget } from './support/servers.mjs';
import { Visitor } from './support/visitor.mjs';
import { WebKit } from './support/webkit.mjs';

const wanted = process.env.HC_ENGINES?.split(',');
const engines = [new Chromium(), new Firefox(), new WebKit()]
  .filter(({ name }) => !wanted || wanted.includes(name.toLowerCase()));
assert.ok(engines.length, `HC_ENGINES names none of the engines: ${wanted}`);

for (const engine of engines) {
  describe(engine.name, () => {
    let site;
    let widget;
    let service;

    before(async () => {
      site = await startSite();
      widget = await startWidget();
      service = await startService({ allowOrigins: [site.origin] });
      widget.target = service.url;
      await engine.start();
    });

    after(async () => {
      console.log(`${engine.name} was ${engine.version}`);
      await engine.close();
      await Promise.all([site?.close(), widget?.close(), service?.close()]);
    });

    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      test(`${engine.name}: ${name}`, { timeout: 180_000 }, async () => {
        widget.mend();
        site.beginsAnew();
        const page = await engine.newPage();
        try {
          await scenario({ engine, service, widget, visitor: new Visitor(page, site, widget) });
        } finally {
          await page.close();
        }
      });
    }
  });
}

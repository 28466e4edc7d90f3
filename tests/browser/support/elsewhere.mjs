// The form in the page of another website.

import { startHostPage } from './host-page.mjs';
import { startService } from './service.mjs';
import { test as base, expect } from './test.mjs';

export const test = base.extend({
  /** A website, and a service that takes complaints from it. */
  elsewhere: [async ({}, use) => {
    const site = await startHostPage();
    const service = await startService({ allowOrigins: [site.origin] });
    await use({ site, service, widget: service.url.slice(0, -1) });
    await service.close();
    await site.close();
  }, { scope: 'worker' }],
});

export { expect };

// A landlord's website on another origin, as strict as a policy can be.

import { createServer } from 'node:http';

/** Serves `body` in a page, in two parts where it has `<!-- later -->` in it; `close()` stops it. `policy` is the page's Content-Security-Policy, or what it
 * only reports where `onlyReports` is set. */
export async function startHostPage() {
  const site = { body: '', policy: '', onlyReports: false, requests: [] };
  const server = createServer((request, response) => {
    site.requests.push(request.url);
    if (request.url !== '/') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      ...(site.policy && { [`Content-Security-Policy${site.onlyReports ? '-Report-Only' : ''}`]: site.policy }),
    });
    const [now, later = ''] = site.body.split('<!-- later -->');
    response.write(`<!doctype html><html lang="en"><title>Our complaints page</title><link rel="icon" href="data:,">${now}`);
    // What the network brings a moment later.
    setTimeout(() => response.end(`<h1>Complaints</h1>${later}</html>`), later && 1500);
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  site.origin = `http://127.0.0.1:${server.address().port}`;
  site.close = () => new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
  return site;
}

/** The policy of the strictest page on which the widget works. */
export function strictest(widget) {
  return [
    "default-src 'none'",
    `script-src ${widget} 'wasm-unsafe-eval'`,
    `connect-src ${widget}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

// The two sites of a scenario: the landlord's page, and the widget's origin with whatever goes wrong there.

import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** A landlord's website: one page with `body` under `policy`; `reports` are the violations of the policy that
 * browsers sent. Its name is another than the widget's, so that it is another site and not only another port. */
export async function startSite() {
  const site = { body: '', policy: '', reports: [] };
  let turn = 0;
  /** Forgets the reports; one that is still on its way then counts no more. */
  site.beginsAnew = () => {
    turn += 1;
    site.reports = [];
  };
  const server = createServer(async (asked, answer) => {
    if (asked.url.startsWith('/reports/')) {
      const report = await bodyOf(asked);
      if (asked.url === `/reports/${turn}`) site.reports.push(report);
      answer.writeHead(204).end();
    } else if (asked.url === '/') {
      answer.writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': `${site.policy}; report-uri /reports/${turn}`,
      });
      answer.end(`<!doctype html><html lang="en"><title>Our complaints page</title>
        <link rel="icon" href="data:,"><h1>Complaints</h1>${site.body}</html>`);
    } else {
      answer.writeHead(404).end();
    }
  });
  return listening(server, 'localhost', site);
}

/** The widget's origin: what the service at `target` answers, except for what a scenario changes. */
export async function startWidget() {
  const widget = { target: undefined };
  let changes = [];
  const server = createServer(async (asked, answer) => {
    const found = changes.filter((it) => it.path.test(asked.url));
    await Promise.all(found.map((it) => it.until));
    const { answer: change } = found.find((it) => it.answer) ?? {};
    const got = await forward(widget.target, asked, Boolean(change));
    const { status, headers, body, brokenOffAt } = { ...got, ...change?.(got) };
    // Nothing is kept: each opening asks again.
    answer.writeHead(status, { ...headers, 'content-length': body.length, 'cache-control': 'no-store' });
    if (brokenOffAt === undefined) answer.end(body);
    else answer.write(body.subarray(0, brokenOffAt), () => answer.destroy());
  });

  /** Answers what matches `path` with what `answer` makes of the service's own answer. */
  widget.change = (path, answer) => { changes.push({ path, answer }); };
  /** Answers what matches `path` only when the function that this gives is called. */
  widget.hold = (path) => {
    let release;
    const until = new Promise((called) => { release = called; });
    changes.push({ path, until });
    return release;
  };
  widget.mend = () => { changes = []; };
  return listening(server, '127.0.0.1', widget);
}

async function listening(server, name, site) {
  server.listen(0, name);
  await once(server, 'listening');
  site.origin = `http://${name}:${server.address().port}`;
  site.close = () => new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
  return site;
}

async function forward(target, asked, isChanged) {
  const { host, ...headers } = asked.headers;
  // What is to be changed must not be packed.
  if (isChanged) headers['accept-encoding'] = 'identity';
  const sent = request(new URL(asked.url, target), { method: asked.method, headers });
  sent.end(await bodyOf(asked));
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await bodyOf(response) };
}

async function bodyOf(stream) {
  return Buffer.concat(await stream.toArray());
}

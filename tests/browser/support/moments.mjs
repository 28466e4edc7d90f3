// Things that happen between a resident and the service.

/** Catches each sending and answers it with `answer(route, number)`; gives what was sent. */
export async function intercept(page, answer) {
  const sent = [];
  await page.route('**/v1/submissions', async (route) => {
    const request = route.request();
    sent.push({ key: await request.headerValue('idempotency-key'), body: request.postData() });
    await answer(route, sent.length);
  });
  return sent;
}

/** Serves another text as the landlord's file. */
export async function landlordFile(page, text, status = 200, landlord = 'halton') {
  await page.route(`**/landlords/${landlord}.json`, (route) =>
    route.fulfill({ status, contentType: 'application/json', body: text }));
}

/** A promise and the way to keep it. */
export function signal() {
  let give;
  const given = new Promise((resolve) => { give = resolve; });
  return { given, give };
}

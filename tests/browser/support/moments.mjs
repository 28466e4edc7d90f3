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

/** How often the widget sends the same by itself. */
export const TRIES = 5;

/** Chance picks this part of the longest wait there may be between two tries. */
export const withPauses = (page, part) => page.addInitScript((it) => { Math.random = () => it; }, part);

/** The waits between two tries are as short as chance can make them: none at all. */
export const withoutPauses = (page) => withPauses(page, 0);

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

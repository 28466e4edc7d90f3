// Has the official library for JavaScript verify what was received: one JSON object a line on standard
// input, `{secret, headers, body}`; one answer a line, `true` or `false`.

import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  let is_good = true;
  try {
    new Webhook(secret).verify(body, headers);
  } catch {
    is_good = false;
  }
  console.log(is_good);
}

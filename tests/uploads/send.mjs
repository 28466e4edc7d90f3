// Sends a file with tus-js-client, as it is: `node send.mjs URL FILE METADATA HEADERS`.

import fs from 'node:fs';
import { Upload } from 'tus-js-client';

const [endpoint, file, metadata, headers] = process.argv.slice(2);
let interruptions = 0;
const upload = new Upload(fs.createReadStream(file), {
  endpoint,
  metadata: JSON.parse(metadata),
  headers: JSON.parse(headers),
  uploadSize: fs.statSync(file).size,
  // Long enough for a service that is killed while its store is away.
  retryDelays: [0, 200, 500, 1000, ...Array(8).fill(2000)],
  onShouldRetry() {
    interruptions += 1;
    return true;
  },
  onError(error) {
    console.error(error.message);
    process.exitCode = 1;
  },
  onSuccess() {
    console.log(JSON.stringify({ url: upload.url, interruptions }));
  },
});
upload.start();

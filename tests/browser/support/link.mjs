// The line between a resident and the service, which can be cut.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Transform } from 'node:stream';

export class Link {
  #server;
  #ends = new Set();
  #isCut = false;
  #rate;

  /** A line to the service at this port, on which so many bytes go up in a second. */
  static async to(port, rate) {
    const it = new Link();
    it.#rate = rate;
    it.#server = createServer((near) => it.#join(near, port));
    it.#server.listen(0, '127.0.0.1');
    await once(it.#server, 'listening');
    it.url = `http://127.0.0.1:${it.#server.address().port}/`;
    return it;
  }

  #join(near, port) {
    if (this.#isCut) return near.resetAndDestroy();
    const far = connect(port, '127.0.0.1');
    far.pipe(near);
    near.pipe(this.#slowly()).pipe(far);
    for (const [one, other] of [[near, far], [far, near]]) {
      this.#ends.add(one);
      one.on('error', () => {});
      one.on('close', () => { this.#ends.delete(one); other.destroy(); });
    }
  }

  #slowly() {
    const rate = this.#rate;
    return new Transform({
      transform(bytes, _, done) { setTimeout(done, (bytes.length / rate) * 1000, null, bytes); },
    });
  }

  /** Ends all that is under way, and lets nothing through until `mend()`. */
  cut() {
    this.#isCut = true;
    for (const one of this.#ends) one.resetAndDestroy();
  }

  mend() {
    this.#isCut = false;
  }

  async close() {
    this.cut();
    this.#server.close();
  }
}

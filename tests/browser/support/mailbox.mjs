// A real mail server that keeps what it gets.

import { once } from 'node:events';

import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export class Mailbox {
  /** Every mail, parsed, in the order in which they came. */
  mails = [];

  static async open() {
    const it = new Mailbox();
    it.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData: (stream, _session, done) => {
        simpleParser(stream).then((mail) => { it.mails.push(mail); done(); }, done);
      },
    });
    it.server.listen(0, '127.0.0.1');
    await once(it.server.server, 'listening');
    it.url = `smtp://127.0.0.1:${it.server.server.address().port}?tls=none`;
    return it;
  }

  /** What was sent to this address, oldest first. */
  to(address) {
    return this.mails.filter((mail) => mail.to.value.some((it) => it.address === address));
  }

  async close() {
    await new Promise((done) => { this.server.close(done); });
  }
}

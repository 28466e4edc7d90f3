// The browser of the machine, quiet: it asks nobody for updates, and works as root.

export const LAUNCH = {
  executablePath: process.env.HC_CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

// Ports that nobody listens on.
import {createServer} from 'node:net';

// Below the range that Linux takes for outgoing connections.
const LOWEST = 10_000;
const HIGHEST = 32_000;
const given = new Set();

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Resolves with a free port of 127.0.0.1, another one at each call. */
export async function freePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port))
      continue;
    given.add(port);
    if (await isFree(port))
      return port;
  }
}

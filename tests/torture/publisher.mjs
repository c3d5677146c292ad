// Publishes into one room, one after the other, each until it is acknowledged.
import {setTimeout as sleep} from 'node:timers/promises';

const PAUSE_MS = 50;
const ANSWER_MS = 1_000;
const STUCK_MS = 120_000;

export class Publisher {
  constructor(room, nodes, ledger) {
    this.room = room;
    this.nodes = nodes;
    this.ledger = ledger;
    this.n = 0;
    this.retries = 0;
    /** [when, how long it took] of acknowledgements that took long. */
    this.waits = [];
    this.done = this.#run();
  }

  stop() {
    this.stopped = true;
    return this.done;
  }

  async #run() {
    while (!this.stopped) {
      await this.#publish(++this.n);
      await sleep(PAUSE_MS);
    }
  }

  async #publish(n) {
    const request = JSON.stringify({channel: this.room, data: {n},
      idempotency_key: `${this.room}-${n}`});
    const begin = Date.now();
    for (let attempt = n; ; ++attempt) {
      const node = this.nodes[attempt % this.nodes.length];
      try {
        const answer = await fetch(`${node.internalUrl}/api/publish`, {
          method: 'POST', body: request, signal: AbortSignal.timeout(ANSWER_MS),
          headers: {'X-API-Key': node.config.api.key}});
        const {result} = await answer.json();
        if (result?.offset) {
          this.ledger.add(this.room, {n, offset: result.offset, epoch: result.epoch});
          this.waits.push([begin, Date.now() - begin]);
          return;
        }
      } catch {
        // The node is down, paused or busy failing over.
      }
      if (Date.now() - begin > STUCK_MS)
        throw new Error(`${this.room}: ${n} was not acknowledged in ${STUCK_MS} ms`);
      ++this.retries;
      await sleep(20);
    }
  }
}

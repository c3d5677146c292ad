// One real client that is in every room and checks what it gets.
import {Centrifuge} from 'centrifuge';
import WebSocket from 'ws';

import {userToken} from '../support/tokens.mjs';

export class Listener {
  constructor(name, node, rooms, ledger) {
    this.name = name;
    this.ledger = ledger;
    this.received = 0;
    this.recoveries = 0;
    this.told = 0; // that what it missed can't be had any more
    this.places = new Map();
    this.client = new Centrifuge(node.webSocketUrl, {websocket: WebSocket,
      token: userToken(name), minReconnectDelay: 50, maxReconnectDelay: 500,
      timeout: 3000, maxServerPingDelay: 3000});
    for (const room of rooms)
      this.#join(room);
    this.client.connect();
  }

  #join(room) {
    const subscription = this.client.newSubscription(room,
      {minResubscribeDelay: 50, maxResubscribeDelay: 500});
    subscription.on('subscribed', ({wasRecovering, recovered, streamPosition}) => {
      const place = this.places.get(room);
      if (wasRecovering && recovered)
        ++this.recoveries;
      else if (place && (place.epoch !== streamPosition.epoch || !recovered))
        ++this.told;
      // Recovered publications come after this, live or not: where it stood
      // still holds.
      if (!place || !recovered)
        this.places.set(room, {epoch: streamPosition.epoch,
          offset: streamPosition.offset, data: new Map()});
    });
    subscription.on('publication', ({offset, data}) => {
      ++this.received;
      const place = this.places.get(room);
      if (offset !== place.offset + 1)
        this.ledger.violation(offset <= place.offset ? 'doubled' : 'lost',
          `${room}: ${this.name} got ${offset} after ${place.offset}`);
      place.offset = offset;
      place.data.set(offset, data.n);
    });
    subscription.subscribe();
  }

  /** Whether it has got everything up to the end of `history`. */
  isAt(room, {epoch, publications}) {
    const place = this.places.get(room);
    return place?.epoch === epoch && place.offset === (publications.at(-1)?.offset ?? 0);
  }

  /** What it got must be what is in the history. */
  check(room, {publications}) {
    const {data} = this.places.get(room);
    for (const {offset, data: {n}} of publications)
      if (data.has(offset) && data.get(offset) !== n)
        this.ledger.violation('reordered',
          `${room}: ${this.name} got ${data.get(offset)} at ${offset}, where ${n} is`);
  }

  stop() { this.client.disconnect(); }
}

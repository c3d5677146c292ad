// Clients of the npm package `centrifuge`, in both wire formats.
import {EventEmitter, once} from 'node:events';

import {Centrifuge as JsonCentrifuge} from 'centrifuge';
import {Centrifuge as ProtobufCentrifuge} from 'centrifuge/build/protobuf';
import {EventSource} from 'eventsource';
import WebSocket from 'ws';

import {next, within} from './eventually.mjs';
import {userToken} from './tokens.mjs';

/**
 * The two builds of the client. A Protobuf client carries bytes; `pack` and
 * `unpack` turn values into what the build carries and back.
 */
export const codecs = [
  {
    name: 'JSON',
    Centrifuge: JsonCentrifuge,
    pack: (value) => value,
    unpack: (data) => data,
  },
  {
    name: 'Protobuf',
    Centrifuge: ProtobufCentrifuge,
    pack: (value) => new TextEncoder().encode(JSON.stringify(value)),
    unpack: (bytes) => (bytes === undefined || bytes.length === 0
      ? undefined : JSON.parse(new TextDecoder().decode(bytes))),
  },
];

const opened = new Set();

/** Makes a client of a node without connecting it. `transport`: other than
 * WebSocket, by its name; `endpoints`: several, as the client takes them;
 * `emulationNode`: which node its commands go to. */
export function makeClient(node, {codec = codecs[0], user = 'alice', transport,
  endpoints, emulationNode = node, ...more} = {}) {
  const where = endpoints ?? (transport
    ? [{transport, endpoint: `${node.httpUrl}/connection/${transport}`}]
    : node.webSocketUrl);
  const client = new codec.Centrifuge(where, {
    websocket: WebSocket,
    eventsource: EventSource,
    fetch,
    readableStream: ReadableStream,
    emulationEndpoint: `${emulationNode.httpUrl}/emulation`,
    minReconnectDelay: 50,
    maxReconnectDelay: 500,
    ...(more.getToken ? {} : {token: userToken(user)}),
    ...more,
  });
  client.on('error', () => {}); // Tests look at states and codes.
  opened.add(client);
  return client;
}

/** Connects a client; resolves with it once it is connected. */
export async function connect(node, options = {}) {
  const client = makeClient(node, options);
  const connected = next(client, 'connected', 20_000);
  client.connect();
  client.info = await connected;
  client.id = client.info.client;
  return client;
}

/**
 * Subscribes and resolves with the subscription. Whatever it receives is in
 * `seen` (publications), `joins` and `leaves`; `first` is what `subscribed` said.
 */
export async function subscribe(client, channel, options = {}) {
  const subscription = client.newSubscription(channel, options);
  record(subscription);
  const subscribed = next(subscription, 'subscribed', 20_000);
  const refused = once(subscription, 'unsubscribed').then(([why]) => {
    throw Object.assign(new Error(`${channel}: ${why.code} ${why.reason}`), why);
  });
  subscription.subscribe();
  subscription.first = await Promise.race([subscribed, refused]);
  refused.catch(() => {});
  return subscription;
}

/** Keeps what a subscription receives. */
export function record(subscription) {
  subscription.seen = [];
  subscription.joins = [];
  subscription.leaves = [];
  subscription.on('publication', (context) => subscription.seen.push(context));
  subscription.on('join', ({info}) => subscription.joins.push(info));
  subscription.on('leave', ({info}) => subscription.leaves.push(info));
  subscription.on('error', () => {});
}

/** Disconnects every client that tests made. */
export function disconnectAll() {
  for (const client of opened)
    client.disconnect();
  opened.clear();
}

/**
 * A WebSocket that speaks the protocol's JSON by hand. Everything that came in
 * is in `all`, in order; binary frames are there as they are.
 */
export class Wire {
  constructor(node, {path = '', protocols, headers, answerPings = true,
    autoPong = true, localAddress} = {}) {
    this.socket = new WebSocket(node.webSocketUrl + path, protocols,
      {headers, perMessageDeflate: false, autoPong, localAddress});
    this.all = [];
    this.pings = 0;
    this.answerPings = answerPings;
    this.lastId = 0;
    this.arrivals = new EventEmitter();
    this.socket.on('error', () => {});
    this.opened = once(this.socket, 'open');
    this.opened.catch(() => {});
    /** Resolves with {code, reason} when the connection ends. */
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) =>
        resolve({code, reason: reason.toString()}));
    });
    this.socket.on('message', (data, binary) => this.#onMessage(data, binary));
    opened.add(this);
  }

  #onMessage(data, binary) {
    const messages = binary ? [data]
      : data.toString().replace(/\n$/, '').split('\n').map((line) => JSON.parse(line));
    for (const message of messages) {
      if (!binary && Object.keys(message).length === 0) {
        ++this.pings;
        if (this.answerPings)
          this.send({});
      } else {
        this.all.push(message);
      }
    }
    this.arrivals.emit('more');
  }

  /** Sends commands in one frame; a string or bytes go as they are. */
  send(...commands) {
    const [first] = commands;
    this.socket.send(typeof first === 'string' || Buffer.isBuffer(first)
      ? first : commands.map((command) => JSON.stringify(command)).join('\n'));
  }

  /** Resolves with what `find` finds, now or after later arrivals. */
  async until(find, what = 'a message', ms = 15_000) {
    const deadline = Date.now() + ms;
    for (;;) {
      const found = find();
      if (found)
        return found;
      await next(this.arrivals, 'more', deadline - Date.now()).catch(() => {
        throw new Error(`${what} did not come; there is ${
          JSON.stringify(this.all.slice(-5))}`);
      });
    }
  }

  /** The reply to the command `id`. */
  reply(id) {
    return this.until(() => this.all.find((message) => message.id === id),
      `a reply to command ${id}`);
  }

  /** Sends a command with the next id; resolves with its reply. */
  ask(request) {
    const id = ++this.lastId;
    this.send({id, ...request});
    const reply = this.reply(id);
    reply.catch(() => {}); // Some ask for what ends the connection.
    return reply;
  }

  /** Pushes that came in so far. */
  get pushes() {
    return this.all.filter(({push}) => push).map(({push}) => push);
  }

  /** Resolves with the first push for which `test` holds. */
  push(test = () => true) {
    return this.until(() => this.pushes.find(test), 'a push');
  }

  /** Resolves with {code, reason} of the end, which must come. */
  end(ms = 20_000) { return within(this.closed, ms, 'the end of the connection'); }

  disconnect() { this.socket.terminate(); }
}

/** A wire that is connected as `user`; `connected` is the answer. */
export async function connectWire(node, {user = 'alice', connect: request = {},
  ...options} = {}) {
  const wire = new Wire(node, options);
  await wire.opened;
  wire.connected = await wire.ask({connect: {token: userToken(user), ...request}});
  return wire;
}

// Each transport by which clients of the npm package come, in each of its wire
// formats.
import {codecs, connect, makeClient} from './clients.mjs';
import {polling} from './polling.mjs';

const [json, protobuf] = codecs;

/** What the client is told, to come by a transport. */
const by = {
  websocket: () => ({}),
  http_stream: () => ({transport: 'http_stream'}),
  sse: () => ({transport: 'sse'}),
  poll: ({httpUrl}) => polling(httpUrl),
};

const way = (transport, codec) => ({
  transport,
  codec,
  name: `the ${codec.name} client over ${transport}`,
  /** A part of the names of rooms and users that are this one's alone. */
  tag: `${transport}-${codec.name}`,
  make: (node, more = {}) => makeClient(node, {codec, ...by[transport](node), ...more}),
  connect: (node, more = {}) => connect(node, {codec, ...by[transport](node), ...more}),
});

export const ways = [
  ...Object.keys(by).map((transport) => way(transport, json)),
  ...['websocket', 'http_stream', 'poll'].map((transport) => way(transport, protobuf)),
];

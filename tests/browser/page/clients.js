// What tests let a page do, with the builds of the SDK for browsers (`builds`) and
// without any.

/** The Protobuf build carries bytes. */
const codecs = {
  JSON: {pack: (value) => value, unpack: (data) => data},
  Protobuf: {
    pack: (value) => new TextEncoder().encode(JSON.stringify(value)),
    unpack: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
  },
};

/** The entry of a transport at a node, as docs/long-polling.md has it. */
function entryOf(at, transport) {
  switch (transport) {
  case 'websocket':
    return {transport, endpoint: `${at.replace('http', 'ws')}/connection/websocket`};
  case 'poll':
    return {transport: 'websocket', endpoint: `${at}/connection/poll`};
  default:
    return {transport, endpoint: `${at}/connection/${transport}`};
  }
}

const clients = {};

/** Makes the client `name`, which is not connected yet, and keeps what it says. */
async function makeClient(name, {at, transports, codec = 'JSON', ...options}) {
  if (transports.includes('poll'))
    options.websocket = (await import(`${at}/roost-polling.js`)).PollingWebSocket;
  const client = new builds[codec](transports.map((one) => entryOf(at, one)),
    {emulationEndpoint: `${at}/emulation`, ...options});
  client.codec = codecs[codec];
  client.failures = []; // names of transports
  client.losses = []; // reasons
  client.on('error', ({transport, error}) => client.failures.push(transport ?? error));
  client.on('connecting', ({code, reason}) => {
    if (code !== 0)
      client.losses.push(reason);
  });
  client.on('disconnected', ({code, reason}) => { client.end = {code, reason}; });
  clients[name] = client;
  return client;
}

const next = (emitter, event) =>
  new Promise((resolve) => { emitter.once(event, resolve); });

/** Resolves with who the client is, and which entries it could not open before. */
async function connect(name, options) {
  const client = await makeClient(name, options);
  const connected = next(client, 'connected');
  client.connect();
  const {client: id, transport} = await connected;
  return {id, transport, failures: client.failures};
}

/** Resolves with the errors of a client once it has failed by each entry. */
async function failToConnect(name, options) {
  const client = await makeClient(name, options);
  const errors = [];
  const all = new Promise((resolve) => {
    client.on('error', (error) => {
      errors.push(error);
      if (errors.length === options.transports.length)
        resolve();
    });
    client.on('connected', resolve);
  });
  client.connect();
  await all;
  const {state} = client;
  client.disconnect();
  return {state, errors};
}

/** Subscribes; what comes is kept. */
async function subscribe(name, channel) {
  const client = clients[name];
  const room = client.newSubscription(channel);
  room.seen = [];
  room.on('publication', ({data}) => room.seen.push(client.codec.unpack(data)));
  const subscribed = next(room, 'subscribed');
  room.subscribe();
  await subscribed;
}

function seenBy(name, channel) {
  return clients[name].getSubscription(channel).seen;
}

async function publish(name, channel, value) {
  const client = clients[name];
  await client.getSubscription(channel).publish(client.codec.pack(value));
}

/** Publishes so many bytes; resolves with the error. */
async function failToPublish(name, channel, size) {
  return publish(name, channel, 'x'.repeat(size)).then(
    () => { throw new Error('it was published'); }, ({message}) => message);
}

/** What a client knows of its lives: reasons for each loss, and the end. */
function fateOf(name) {
  const {state, losses, end = null} = clients[name];
  return {state, losses, end};
}

function disconnect(name) {
  clients[name].disconnect();
}

// -- without the SDK, as docs/transports.md has it ------------------------------

const listeners = {};

function listenBySse(name, at, request) {
  const source = new EventSource(
    `${at}/connection/uni_sse?cf_connect=${encodeURIComponent(JSON.stringify(request))}`);
  const listener = {seen: [], errors: 0, close: () => source.close(),
    get open() { return source.readyState !== EventSource.CLOSED; }};
  source.onmessage = ({data}) => {
    const push = JSON.parse(data);
    listener.seen.push(push);
    const {disconnect} = push;
    if (disconnect && (disconnect.code >= 4500 || (disconnect.code >= 3500 && disconnect.code < 4000)))
      source.close();
  };
  source.onerror = () => { ++listener.errors; };
  listeners[name] = listener;
}

function listenByWebSocket(name, at, request) {
  const socket = new WebSocket(`${at.replace('http', 'ws')}/connection/uni_websocket`);
  const listener = {seen: [], errors: 0, close: () => socket.close(),
    get open() { return socket.readyState < WebSocket.CLOSING; }};
  socket.onopen = () => socket.send(JSON.stringify(request));
  socket.onmessage = ({data}) =>
    listener.seen.push(...data.split('\n').map((line) => JSON.parse(line)));
  socket.onerror = () => { ++listener.errors; };
  socket.onclose = ({code}) => { listener.code = code; };
  listeners[name] = listener;
}

/** `headers`: with some the browser asks before (CORS), without it does not. */
function listenByFetch(name, at, request, headers = {}) {
  const abort = new AbortController();
  const listener = {seen: [], errors: 0, open: true, close: () => abort.abort()};
  listeners[name] = listener;
  const read = async () => {
    const {body, ok} = await fetch(`${at}/connection/uni_http_stream`,
      {method: 'POST', body: JSON.stringify(request), headers, signal: abort.signal});
    if (!ok)
      throw new Error('refused');
    let rest = '';
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const {done, value} = await reader.read();
      if (done)
        return;
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      listener.seen.push(...lines.map((line) => JSON.parse(line)));
    }
  };
  read().catch(() => { ++listener.errors; }).finally(() => { listener.open = false; });
}

const ways = {uni_sse: listenBySse, uni_websocket: listenByWebSocket,
  uni_http_stream: listenByFetch};

/** Begins to listen as `name`; what comes is kept. */
function listen(name, way, ...rest) {
  ways[way](name, ...rest);
}

function listenerOf(name) {
  const {seen, errors, open, code} = listeners[name];
  return {seen, errors, open, code};
}

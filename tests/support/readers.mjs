// Readers of a room by hand, over each transport, who may stop.
import {once} from 'node:events';
import {connect as connectTls} from 'node:tls';

import {eventually, next, within} from './eventually.mjs';
import {frame, opcodes, openRaw, openTcp, parseFrames} from './frames.mjs';
import {openSession} from './polling.mjs';
import {userToken} from './tokens.mjs';

/** In the last of these a publication ends. */
const NEWEST_BYTES = 1000;

/** The token of a user who is in `channel` from the start. */
export const memberToken = (user, channel) => userToken(user, {channels: [channel]});

const connectCommand = (token) => JSON.stringify({id: 1, connect: {token}});

/** A POST as bytes. */
export const postRequest = (path, body) => `POST ${path} HTTP/1.1\r\nHost: a\r\n`
  + `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** A GET as bytes; `connect` is what it begins with. */
export const getRequest = (path, connect) =>
  `GET ${path}?cf_connect=${encodeURIComponent(connect)} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** {code, reason} of the message that says the end, if one does. */
const endIn = (messages) =>
  messages.map((one) => one.push?.disconnect ?? one.disconnect).find(Boolean);

const linesOf = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** What a WebSocket has got: {messages, end}. */
function readFrames(socket) {
  const frames = parseFrames(socket.received);
  const close = frames.find(({opcode}) => opcode === opcodes.close)?.payload;
  return {
    messages: frames.filter(({opcode}) => opcode === opcodes.text)
      .flatMap(({payload}) => linesOf(payload.toString())),
    end: close && {code: close.readUInt16BE(0), reason: close.subarray(2).toString()},
  };
}

function eventsOf(text) {
  const events = text.replace(/^\n/, '').split('\n\n');
  if (events.pop() !== '')
    throw new Error('the last event is not whole');
  return events.map((event) => JSON.parse(event.replace(/^data: /, '')));
}

/** The same of a stream, whose last line or event must be whole. */
function readStream({received}) {
  const text = received.toString();
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  const messages = /\r\nContent-Type: text\/event-stream/.test(text)
    ? eventsOf(body) : linesOf(body);
  return {messages, end: endIn(messages)};
}

/** A reader that has a socket; `goodbye` is what it answers the end with. */
function onSocket(socket, read, goodbye = '') {
  let failure;
  socket.on('error', (error) => { failure = error; });
  return {
    socket,
    read: () => read(socket),
    /** Resolves once the publication with this offset came, and no half message
     * behind it. */
    async hears(offset, ms = 10_000) {
      const deadline = Date.now() + ms;
      const end = new RegExp(`"offset":${offset}[,}][^]*\\n$`);
      while (!end.test(socket.received.subarray(-NEWEST_BYTES).toString()))
        await next(socket, 'data', deadline - Date.now());
    },
    stop: () => socket.pause(),
    /** Reads what there is, to the end, which must be one and no reset. */
    async rest() {
      socket.resume();
      socket.write(goodbye);
      await within(socket.gone, 20_000, 'the end of the connection');
      if (failure)
        throw failure;
      return read(socket);
    },
    leave: () => socket.destroy(),
  };
}

/** Opens a stream on a socket; the answer must have begun. */
async function streamOn(socket, request) {
  socket.write(request);
  await eventually(() => socket.received.includes('"client"'), {what: 'an answer to connect'});
  return onSocket(socket, readStream);
}

async function webSocketOn(path, first, node) {
  const socket = await openRaw(node.ports.http, {}, path);
  socket.write(frame(first));
  await eventually(() => socket.received.includes('"client"'), {what: 'an answer to connect'});
  return onSocket(socket, readFrames, frame('', {opcode: opcodes.close}));
}

async function openTls(port) {
  const socket = connectTls({port, host: '127.0.0.1', rejectUnauthorized: false});
  socket.received = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    socket.received = Buffer.concat([socket.received, bytes]);
  });
  socket.gone = new Promise((resolve) => {
    socket.once('close', resolve);
    socket.once('end', resolve);
  });
  await once(socket, 'secureConnect');
  return socket;
}

const openAt = ({config, ports}) =>
  (config.http.tls_certificate ? openTls : openTcp)(ports.http);

/** What a stream begins with: the request of who shows a token. */
export const streamRequests = {
  http_stream: (token) => postRequest('/connection/http_stream', connectCommand(token)),
  sse: (token) => getRequest('/connection/sse', connectCommand(token)),
  uni_http_stream: (token) =>
    postRequest('/connection/uni_http_stream', JSON.stringify({token})),
  uni_sse: (token) => getRequest('/connection/uni_sse', JSON.stringify({token})),
};

/** A client of long polling, who asks for nothing before the rest. */
async function pollingReader(node, token) {
  const session = await openSession(node);
  await session.send(JSON.parse(connectCommand(token)));
  await session.until(({id}) => id === 1);
  const got = {messages: []};
  return {
    session,
    read: () => got,
    stop: () => {},
    async rest() {
      while (!got.end) {
        const {status, text, head, messages} = await session.poll();
        if (status !== 200)
          throw new Error(`${status} ${text}`);
        session.number = head.number ?? session.number;
        got.messages.push(...messages);
        if (head.code)
          got.end = {code: head.code, reason: head.reason};
      }
      return got;
    },
    leave: () => session.close(),
  };
}

/** Each opens a reader of a room at a node. */
const openers = {
  websocket: (node, token) =>
    webSocketOn('/connection/websocket', connectCommand(token), node),
  uni_websocket: (node, token) =>
    webSocketOn('/connection/uni_websocket', JSON.stringify({token}), node),
  ...Object.fromEntries(Object.entries(streamRequests).map(([transport, request]) =>
    [transport, async (node, token, behind) =>
      streamOn(await openAt(node), request(token) + behind)])),
  poll: pollingReader,
};

export const readerTransports = Object.keys(openers);

/** Opens one; `behind` is sent with the request of a stream. */
export const openReader = (transport, node, channel,
  {user = `reader-${transport}`, behind = ''} = {}) =>
  openers[transport](node, memberToken(user, channel), behind);

/** The offsets of the publications among messages. */
export const offsetsOf = ({messages}) =>
  messages.map((one) => (one.push ?? one).pub?.offset).filter(Boolean);

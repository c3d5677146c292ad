// Clients of long polling: those of the npm package, and some by hand.
import {createServer, request as httpRequest} from 'node:http';
import {after} from 'node:test';

import WebSocket from 'ws';

import {PollingWebSocket} from '../../net/pages/roost-polling.js';
import {connect} from './clients.mjs';
import {userToken} from './tokens.mjs';

PollingWebSocket.native = WebSocket;
export {PollingWebSocket};

/** What makes a client poll at `url`, whose path may be left out. */
export const polling = (url) => ({
  endpoints: [{transport: 'websocket', endpoint: `${url}/connection/poll`}],
  websocket: PollingWebSocket,
});

/** A client of the npm package that polls, at `url` if not at the node itself. */
export const connectPolling = (node, {url = node.httpUrl, ...options} = {}) =>
  connect(node, {...polling(url), ...options});

/** One request; resolves with {status, headers, text, head, messages}. */
export async function ask(node, head, commands = '', {headers = {}, signal} = {}) {
  const first = typeof head === 'string' ? head : JSON.stringify(head);
  const response = await fetch(`${node.httpUrl}/connection/poll`,
    {method: 'POST', headers, signal, body: `${first}\n${commands}`});
  const text = await response.text();
  const answer = {status: response.status, headers: response.headers, text};
  if (response.status === 200) {
    const [line, ...rest] = text.split('\n');
    answer.head = JSON.parse(line);
    answer.messages = rest.filter(Boolean).map((message) => JSON.parse(message));
  }
  return answer;
}

/** A session by hand; `at` says which node a request goes to. */
export class PollSession {
  constructor(node, head) {
    this.node = node;
    this.ids = {node: head.node, session: head.session};
    this.head = head;
    this.number = 0; // of the last answer
    this.sent = 0;
  }

  poll(number = this.number + 1, {at = this.node, ...options} = {}) {
    return ask(at, {...this.ids, poll: number}, '', options);
  }

  /** Polls until `find` finds something in the messages. */
  async until(find, {at} = {}) {
    for (;;) {
      const answer = await this.poll(this.number + 1, {at});
      if (answer.status !== 200)
        throw new Error(`${answer.status} ${answer.text}`);
      this.number = answer.head.number ?? this.number;
      const found = answer.messages.find(find);
      if (found)
        return found;
    }
  }

  send(commands, {number = ++this.sent, at = this.node} = {}) {
    return ask(at, {...this.ids, send: number},
      [commands].flat().map((command) => JSON.stringify(command)).join('\n'));
  }

  close({at = this.node} = {}) { return ask(at, {...this.ids, close: true}); }
}

export async function openSession(node) {
  const {status, text, head} = await ask(node, {open: 'json'});
  if (status !== 200)
    throw new Error(`${status} ${text}`);
  return new PollSession(node, head);
}

/** A session that is connected as `user`. */
export async function connectSession(node, user = 'alice') {
  const session = await openSession(node);
  await session.send({id: 1, connect: {token: userToken(user)}});
  session.connected = (await session.until(({id}) => id === 1)).connect;
  return session;
}

/**
 * A proxy of a node for this test file. `drop(count)`: whether the answer to
 * the request of that number, which the node has taken, is lost.
 */
export async function lossyProxy(node, drop) {
  const proxy = {requests: 0, lost: 0};
  const server = createServer((request, response) => {
    const number = ++proxy.requests;
    const {port} = new URL(node.httpUrl);
    const onward = httpRequest({host: '127.0.0.1', port, path: request.url,
      method: request.method, headers: request.headers}, (answer) => {
      if (drop(number)) {
        ++proxy.lost;
        answer.resume().on('end', () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  return proxy;
}

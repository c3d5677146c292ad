// Long polling that looks like a WebSocket, for networks whose proxies let
// neither WebSockets nor streams through. docs/long-polling.md says how to use it
// and what goes over the wire.
//
//     new Centrifuge([
//       {transport: 'websocket', endpoint: 'wss://example.com/connection/websocket'},
//       {transport: 'websocket', endpoint: 'wss://example.com/connection/poll'},
//     ], {websocket: PollingWebSocket});

const RETRY_MS = [100, 250, 500, 1000, 2000];
const BUSY_MS = 250; // before commands are sent again that had no room
const PATIENCE_MS = 10_000; // for an answer, beyond what the server waits

const CLOSED_ABNORMALLY = 1006;
const PROTOCOL_ERROR = 1002;
const TOO_BIG = 1009;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Splits an answer into its first line and what follows. */
function readAnswer(buffer) {
  const bytes = new Uint8Array(buffer);
  const found = bytes.indexOf(10);
  const end = found < 0 ? bytes.length : found;
  return {head: JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))),
    messages: bytes.subarray(end + 1)};
}

/** One session. Its handlers, states and close codes are those of a WebSocket. */
class PollingSession {
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  binaryType = 'blob';
  readyState = 0;
  #url;
  #binary;
  #ids; // node and session
  #limit = 0; // bytes of commands in one request
  #waitMs = 0;
  #waiting = []; // frames that are not sent yet
  #sent = 0; // number of the commands sent last
  #sending = false;
  #requests = new Set(); // that can be aborted

  constructor(url, protocols = []) {
    this.url = String(url);
    this.#url = this.url.replace(/^ws/, 'http');
    this.protocol = [protocols].flat()[0] ?? '';
    this.#binary = this.protocol === 'centrifuge-protobuf';
    this.#open();
  }

  send(data) {
    if (this.readyState === 0)
      throw new Error('The session is not open yet.');
    this.#waiting.push(typeof data === 'string' ? new TextEncoder().encode(data)
      : new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength));
    this.#sendAll();
  }

  close(code = 1000, reason = '') {
    if (this.readyState > 1)
      return;
    if (this.#ids)
      this.#fetch({...this.#ids, close: true}, [], true).catch(() => {});
    this.#end(code, reason, true);
  }

  /** One request. Nothing about it needs a preflight from another origin. */
  #fetch(head, data, keepalive = false, signal = undefined) {
    return fetch(this.#url, {method: 'POST', credentials: 'include', cache: 'no-store',
      keepalive, signal, body: new Blob([JSON.stringify(head), '\n', ...data])});
  }

  /** A request, made again until it is answered; null where that is the end. */
  async #ask(question, data = []) {
    let failures = 0;
    const since = Date.now();
    while (this.readyState < 2) {
      const request = new AbortController();
      const timer = setTimeout(() => request.abort(), this.#waitMs + PATIENCE_MS);
      this.#requests.add(request);
      try {
        const answer = await this.#fetch({...this.#ids, ...question}, data, false,
          request.signal);
        const bytes = await answer.arrayBuffer();
        if (answer.status === 204)
          return {};
        if (answer.status === 200)
          return readAnswer(bytes);
        if (answer.status === 429) {
          await pause(BUSY_MS);
          continue;
        }
        if (answer.status < 500)
          return this.#end({409: PROTOCOL_ERROR, 413: TOO_BIG}[answer.status]
            ?? CLOSED_ABNORMALLY, `status ${answer.status}`);
      } catch {
        // As a status of 500 and more: it may pass.
      } finally {
        clearTimeout(timer);
        this.#requests.delete(request);
      }
      if (!this.#ids || Date.now() - since > this.#waitMs + PATIENCE_MS)
        return this.#end(CLOSED_ABNORMALLY, 'the server does not answer');
      await pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    }
    return null;
  }

  async #open() {
    const answer = await this.#ask({open: this.#binary ? 'protobuf' : 'json'});
    if (!answer)
      return;
    const {node, session, limit, wait_ms: waitMs} = answer.head;
    this.#ids = {node, session};
    if (this.readyState > 1) { // closed meanwhile
      this.#fetch({...this.#ids, close: true}, [], true).catch(() => {});
      return;
    }
    this.#limit = limit;
    this.#waitMs = waitMs;
    this.readyState = 1;
    this.onopen?.({type: 'open', target: this});
    this.#poll();
  }

  async #poll() {
    for (let wanted = 1; this.readyState === 1;) {
      const answer = await this.#ask({poll: wanted});
      if (!answer || this.readyState !== 1)
        return;
      if (answer.head.number === wanted) {
        ++wanted;
        this.onmessage?.({type: 'message', target: this,
          data: this.#dataOf(answer.messages)});
      }
      if (answer.head.code)
        this.#end(answer.head.code, answer.head.reason ?? '', true);
    }
  }

  #dataOf(bytes) {
    if (!this.#binary)
      return new TextDecoder().decode(bytes).replace(/\n$/, '');
    return this.binaryType === 'arraybuffer' ? bytes.slice().buffer : new Blob([bytes]);
  }

  /** Sends what waits, one request at a time, each with as much as it may have. */
  async #sendAll() {
    if (this.#sending)
      return;
    this.#sending = true;
    while (this.#waiting.length > 0 && this.readyState === 1)
      await this.#ask({send: ++this.#sent}, this.#nextCommands());
    this.#sending = false;
  }

  #nextCommands() {
    const commands = [];
    let size = 0;
    do {
      const frame = this.#waiting.shift();
      if (commands.length > 0 && !this.#binary)
        commands.push('\n');
      commands.push(frame);
      size += frame.length + 1;
    } while (this.#waiting.length > 0 && size + this.#waiting[0].length <= this.#limit);
    return commands;
  }

  #end(code, reason, wasClean = false) {
    if (this.readyState > 2)
      return null;
    this.readyState = 3;
    for (const request of this.#requests)
      request.abort();
    if (!wasClean)
      this.onerror?.({type: 'error', target: this, message: reason});
    this.onclose?.({type: 'close', target: this, code, reason, wasClean});
    return null;
  }
}

/** A WebSocket, or long polling where the path ends in /connection/poll. */
export class PollingWebSocket {
  /** What opens all other endpoints. */
  static native = globalThis.WebSocket;

  constructor(url, ...protocols) {
    const {pathname} = new URL(url, globalThis.location?.href);
    return pathname.endsWith('/connection/poll')
      ? new PollingSession(url, ...protocols)
      : new PollingWebSocket.native(url, ...protocols);
  }
}

// Clients by a plain WebSocket, for what the npm client does not let one say.
import {once} from 'node:events';

import WebSocket from 'ws';

import {next} from './eventually.mjs';
import {userToken} from './tokens.mjs';

/** Connects `user` at a URL, with options of `ws`; resolves with the socket once
 * it is in, or with the status that refuses the upgrade. */
export async function arriveAt(url, user, options) {
  const socket = new WebSocket(url, options);
  socket.on('error', () => {});
  const answer = await Promise.race([
    once(socket, 'open'),
    once(socket, 'unexpected-response').then(([, {statusCode}]) => statusCode),
  ]);
  if (typeof answer === 'number')
    return answer;
  socket.send(JSON.stringify({id: 1, connect: {token: userToken(user)}}));
  await next(socket, 'message');
  return socket;
}

/** The address that the listing has of a user's connection. */
export async function addressOf(node, user) {
  const {out} = await node.ctl('--json', 'connections', '--user', user);
  return JSON.parse(out).connections[0].remote_address;
}

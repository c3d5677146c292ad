// A room server around `ws`, of the kind many teams write for themselves.
//
//   node ws-server.mjs PORT [REDIS_PORT]
//
// With Redis, several of them make one service: a publication goes through it
// to every process.

import {createClient} from 'redis';
import {WebSocketServer} from 'ws';

const [port, redisPort] = process.argv.slice(2).map(Number);
const rooms = new Map();

const deliver = (room, text) => {
  // Encoded once for everybody.
  const bytes = Buffer.from(text);
  for (const socket of rooms.get(room) ?? []) socket.send(bytes, {binary: false});
};

let publish = deliver;
let follow = async () => {};
if (redisPort) {
  const connect = async () => {
    const client = createClient({socket: {host: '127.0.0.1', port: redisPort}});
    client.on('error', error => console.error(error.message));
    return client.connect();
  };
  const out = await connect();
  const into = await connect();
  publish = (room, text) => void out.publish(room, text);
  follow = room => into.subscribe(room, text => deliver(room, text));
}

const subscribe = async (socket, room) => {
  if (!rooms.has(room)) {
    rooms.set(room, new Set());
    await follow(room);
  }
  rooms.get(room).add(socket);
  socket.on('close', () => rooms.get(room)?.delete(socket));
  socket.send(JSON.stringify({ok: room}));
};

new WebSocketServer({host: '127.0.0.1', port, perMessageDeflate: false, backlog: 4096})
  .on('connection', socket => {
    socket.on('error', () => {});
    socket.on('message', bytes => {
      const message = JSON.parse(bytes);
      if (message.sub) void subscribe(socket, message.sub);
      else if (message.pub) publish(message.pub, JSON.stringify({room: message.pub, data: message.data}));
      else if (message.echo) socket.send(JSON.stringify({echo: message.echo}));
    });
  });

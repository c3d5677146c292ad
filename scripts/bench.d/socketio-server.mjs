// A room server with Socket.IO, as its documentation writes one.
//
//   node socketio-server.mjs PORT [REDIS_PORT]

import {createServer} from 'node:http';
import {createAdapter} from '@socket.io/redis-adapter';
import {createClient} from 'redis';
import {Server} from 'socket.io';

const [port, redisPort] = process.argv.slice(2).map(Number);
const server = createServer();
const io = new Server(server, {transports: ['websocket'], serveClient: false});

if (redisPort) {
  const out = createClient({socket: {host: '127.0.0.1', port: redisPort}});
  const into = out.duplicate();
  for (const client of [out, into]) client.on('error', error => console.error(error.message));
  await Promise.all([out.connect(), into.connect()]);
  io.adapter(createAdapter(out, into));
}

io.on('connection', socket => {
  socket.on('sub', async (room, done) => {
    await socket.join(room);
    done('ok');
  });
  socket.on('pub', (room, data) => io.to(room).emit('msg', data));
  socket.on('echo', (data, done) => done(data));
});

server.listen({host: '127.0.0.1', port, backlog: 4096});

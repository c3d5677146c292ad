// What attacks on HTTP do to a port.
import {connect} from 'node:net';

const BLOCK = 65_536;

function open(port) {
  return connect(port, '127.0.0.1').on('error', () => {}).on('data', () => {});
}

/**
 * Sends `start` and then `more` for ever, on so many sockets; a socket that ends
 * is opened again.
 */
export function endless(port, start, more, sockets = 8) {
  const block = more.repeat(Math.ceil(BLOCK / more.length));
  const again = () => {
    const socket = open(port);
    const push = () => { while (!socket.destroyed && socket.write(block)); };
    socket.on('connect', () => { socket.write(start); push(); });
    socket.on('drain', push).on('close', () => setTimeout(again, 1));
  };
  for (let i = 0; i < sockets; ++i)
    again();
}

/** Keeps so many sockets open that say `text` once and nothing more. */
export function hoard(port, text, sockets) {
  const again = () => {
    const socket = open(port).on('close', () => setTimeout(again, 50));
    socket.on('connect', () => socket.write(text));
  };
  for (let i = 0; i < sockets; ++i)
    setTimeout(again, i / 4);
}

// Just enough Protobuf to write commands by hand, right and wrong.

/** An unsigned varint. */
export function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A field with a number as its value. */
export const number = (field, value) =>
  Buffer.concat([varint(field << 3), varint(value)]);

/** A field with bytes or a string; `length` lies about its size. */
export function bytes(field, value, length) {
  const body = Buffer.from(value);
  return Buffer.concat([varint(field << 3 | 2), varint(length ?? body.length),
    body]);
}

/** A message with its length in front; `length` lies about it. */
export function delimited(message, length) {
  return Buffer.concat([varint(length ?? message.length), message]);
}

/** Command{id, connect{token}} without its length. */
export const connectCommand = (id, token) =>
  Buffer.concat([number(1, id), bytes(4, bytes(1, token))]);

// What was acknowledged, and what became of it.

/** Everything that publishers were told, by room. */
export class Ledger {
  constructor(rooms) {
    this.rooms = new Map(rooms.map((room) => [room, []]));
    this.epochs = new Set();
    this.forgotten = new Set(); // epochs
    this.violations = [];
    this.acknowledged = 0;
    this.lost = 0;
    this.doubled = 0;
    this.reordered = 0;
  }

  /** Every node is about to lose what it has: what was acknowledged until now
   * is not asked for. */
  forgetEpochs() {
    this.epochs.forEach((epoch) => this.forgotten.add(epoch));
  }

  /** Publication `n` of `room` was acknowledged. */
  add(room, entry) {
    this.epochs.add(entry.epoch);
    this.rooms.get(room).push(entry);
    ++this.acknowledged;
  }

  violation(kind, text) {
    ++this[kind];
    if (this.violations.length < 50)
      this.violations.push(`${kind}: ${text}`);
  }

  /** Compares a node's history of a room, {epoch, publications}, with what was
   * acknowledged there. */
  check(room, where, {epoch, publications}) {
    const byOffset = new Map(publications.map(({offset, data}) => [offset, data.n]));
    const seen = new Map();
    let before = 0;
    for (const {offset, data: {n}} of publications) {
      if (seen.has(n))
        this.violation('doubled', `${room}: ${n} is at ${seen.get(n)} and ${offset} on ${where}`);
      if (offset !== before + 1)
        this.violation('reordered', `${room}: ${offset} follows ${before} on ${where}`);
      before = offset;
      seen.set(n, offset);
    }
    for (const {n, offset, epoch: then} of this.rooms.get(room)) {
      if (this.forgotten.has(then))
        continue;
      if (then !== epoch)
        this.violation('lost', `${room}: ${n} was ${offset} of ${then}, ${where} has ${epoch}`);
      else if (byOffset.get(offset) !== n)
        this.violation('lost', `${room}: ${n} was ${offset}, ${where} has ${byOffset.get(offset)} there`);
    }
  }
}

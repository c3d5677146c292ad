"""Rows about how long rooms pause when nodes die, freeze or go."""

import signal
import threading
import time

from replication import Batches, admin, post, wait_for_copies, wait_until
from rows import Figure, NotMeasured, Row
from servers import ROOST_NAMESPACE

KEPT = ROOST_NAMESPACE.format(
    name="kept", more='history_size = 100\nhistory_ttl = "10m"\nreplicas = 1')
NODES, COORDINATORS = 4, 3
ROOMS = 30  # of each kind that is looked at


class Stream:
    """Publishes to all of these rooms, so many times a second, each until it is
    acknowledged. A publication waits from when it was due."""

    WORKERS = 8

    def __init__(self, asked, rooms, rate):
        self.rooms, self.rate = rooms, rate
        self.asked = asked
        self.start = time.monotonic()
        self.slot = 0
        self.lock = threading.Lock()
        self.stopped = False
        self.waits = []  # (when it ended, seconds)
        self.errors = 0
        self.workers = [threading.Thread(target=self._work, daemon=True)
                        for _ in range(self.WORKERS)]
        for worker in self.workers:
            worker.start()

    def _next(self):
        with self.lock:
            self.slot += 1
            return self.slot, self.start + self.slot / self.rate

    def _work(self):
        batches = Batches(self.asked)
        while not self.stopped:
            slot, due = self._next()
            time.sleep(max(0, due - time.monotonic()))
            rooms = self.rooms
            while rooms:
                replies = batches.publish(rooms, f"{id(self)} {slot}")
                rooms = [room for room, reply in zip(rooms, replies) if "error" in reply]
                with self.lock:
                    self.errors += len(rooms)
                if rooms:
                    time.sleep(0.005)
            with self.lock:
                self.waits.append((time.monotonic(), time.monotonic() - due))

    def stop(self):
        self.stopped = True
        for worker in self.workers:
            worker.join(30)

    def longest(self, since):
        """Of what ended after that moment, in milliseconds."""
        return 1000 * max((wait for end, wait in self.waits if end >= since), default=0)


def _places(asked, count):
    """Rooms with where they and their copies are."""
    shards = admin(asked, "view")["shards"]
    for i in range(count):
        room = f"kept:room {i}"
        answer = post(asked, "/api/publish", {"channel": room, "data": 0})
        if "error" in answer:
            raise NotMeasured(f"{room} was not opened: {answer['error']['message']}")
        shard = shards[admin(asked, "room", name=room).get("shard", 0)]
        yield room, shard["home"], shard["standbys"][0]


def _groups(asked, victim):
    """Rooms at the victim, rooms with their copy there, and others."""
    groups = {"home": [], "standby": [], "third": []}
    for room, home, standby in _places(asked, 600):
        kind = "home" if home == victim else "standby" if standby == victim else "third"
        if len(groups[kind]) < ROOMS:
            groups[kind].append(room)
        if all(len(rooms) == ROOMS for rooms in groups.values()):
            return groups
    raise NotMeasured(f"no {ROOMS} rooms of each kind about {victim}")


def _leader(asked):
    return int(admin(asked, "nodes")["leader"].removeprefix("node-"))


def _lose(bench, server, leads, how, cluster=""):
    """The longest wait in each group of rooms while one node goes."""
    with bench.serve(server, nodes=NODES, coordinators=COORDINATORS, more=KEPT,
                     cluster=cluster) as running:
        wait_for_copies(range(NODES))
        leader = _leader(0)
        victim = leader if leads else COORDINATORS
        asked = (leader + 1) % COORDINATORS
        streams = {kind: Stream(asked, rooms, 25)
                   for kind, rooms in _groups(asked, f"node-{victim}").items()}
        time.sleep(1)
        since = time.monotonic()
        how(running, victim)
        time.sleep(5)
        for stream in streams.values():
            stream.stop()
        return {kind: stream.longest(since) for kind, stream in streams.items()}


def _kill(running, victim):
    running.kill(victim)


def _freeze(running, victim):
    running.processes[victim].send_signal(signal.SIGSTOP)


def _failover(bench, server):
    plain = _lose(bench, server, False, _kill)
    fast = 'failure_timeout = "500ms"'
    return {
        "home": plain["home"], "standby": plain["standby"], "third": plain["third"],
        "leader": _lose(bench, server, True, _kill)["home"],
        "fast": _lose(bench, server, False, _kill, fast)["home"],
        "fast_leader": _lose(bench, server, True, _kill, fast)["home"],
        "frozen": _lose(bench, server, False, _freeze)["home"],
        "fast_frozen": _lose(bench, server, False, _freeze, fast)["home"],
    }


def _holds_nothing(asked, node):
    return all(x.get("home") != node and x.get("donor") != node
               and node not in x.get("standbys", []) for x in admin(asked, "view")["shards"])


def _move(bench, server, go):
    """5,000 publications a second to 100 rooms while a node gives its shards away."""
    with bench.serve(server, nodes=NODES, coordinators=COORDINATORS, more=KEPT) as running:
        wait_for_copies(range(NODES))
        rooms = [room for room, _, _ in _places(0, 100)]
        victim = COORDINATORS
        stream = Stream(0, rooms, 50)
        time.sleep(1)
        usual = stream.longest(0)
        since = time.monotonic()
        go(running, victim)
        wait_until(lambda: _holds_nothing(0, f"node-{victim}"), "the end of the drain")
        took = time.monotonic() - since
        time.sleep(1)
        stream.stop()
        return stream.longest(since), stream.errors, took, usual


def _drain(bench, server):
    order = lambda running, victim: admin(0, "drain", node=f"node-{victim}")
    stop = lambda running, victim: running.processes[victim].terminate()
    longest, errors, took, usual = _move(bench, server, order)
    stopped, stop_errors, _, _ = _move(bench, server, stop)
    return {"longest": longest, "errors": errors, "took": took, "usual": usual,
            "stopped": stopped, "stop_errors": stop_errors}


def _wait(key, title):
    return Figure(key, title, "ms", 0, "lower")


ROWS = [
    Row("failover",
        "The longest wait of a publisher when one of four nodes is lost",
        [_wait("home", "rooms at a node that is killed"),
         _wait("standby", "rooms with their copy there"),
         _wait("third", "other rooms"),
         _wait("leader", "rooms at the coordinator that leads"),
         _wait("fast", "rooms at a node that is killed, failure_timeout 500ms"),
         _wait("fast_leader", "at the coordinator that leads, 500ms"),
         _wait("frozen", "rooms at a node that freezes"),
         _wait("fast_frozen", "at one that freezes, 500ms")],
        _failover,
        "A network between the nodes: all share a core. Publications come to a node that "
        "lives, 25 a second to each of 30 rooms of a kind, and wait from when they were due. "
        "A process that is killed is known to be dead at once, as its host refuses "
        "connections; one that freezes, or whose host dies, only after failure_timeout.",
        only=("roost",), quick=False),
    Row("drain",
        "5,000 publications a second to 100 rooms while one of four nodes is drained",
        [_wait("longest", "longest wait of a publisher"),
         Figure("errors", "errors", "", 0, "lower"),
         _wait("stopped", "longest wait, when the node is stopped by SIGTERM"),
         Figure("stop_errors", "errors", "", 0, "lower"),
         _wait("usual", "longest wait in the second before"),
         Figure("took", "the drain takes", "s", 1, "lower")],
        _drain,
        "Clients that move: publications come over HTTP to another node. 100 of them share a "
        "request, which is answered when the last of its rooms has answered.",
        only=("roost",), quick=False),
]

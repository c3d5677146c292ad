"""Rows about copies of rooms on other nodes: what they cost, and what for."""

import concurrent.futures
import http.client
import json
import pathlib
import re
import statistics
import time
import urllib.request

from rows import Figure, NotMeasured, Row, cpu_figure
from servers import ADMIN_KEY, API_KEY, PORT, ROOST_NAMESPACE

# Both keep the same history; one of them on two nodes.
HISTORY = 'history_size = 100\nhistory_ttl = "10m"\nreplicas = {replicas}'
PAIR = (ROOST_NAMESPACE.format(name="single", more=HISTORY.format(replicas=0))
        + ROOST_NAMESPACE.format(name="copied", more=HISTORY.format(replicas=1)))
# Rooms that soon have nothing but their place.
IDLE = ROOST_NAMESPACE.format(
    name="idle", more='history_size = 1\nhistory_ttl = "1s"\nreplicas = 1')


# -- asking nodes --------------------------------------------------------------

def post(at, path, body, seconds=10):
    """The answer of a node's internal address, from JSON."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT + 100 + at}{path}", json.dumps(body).encode(),
        {"X-API-Key": ADMIN_KEY if path.startswith("/admin") else API_KEY})
    with urllib.request.urlopen(request, timeout=seconds) as answer:
        return json.load(answer)


def admin(at, method, **arguments):
    answer = post(at, f"/admin/{method}", arguments)
    if "error" in answer:
        raise NotMeasured(f"{method}: {answer['error']['message']}")
    return answer["result"]


def metric(node, name):
    """Its value, added up over labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT + 100 + node}/metrics",
                                timeout=5) as answer:
        text = answer.read().decode()
    found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)
    if not found:
        raise NotMeasured(f"the server has no {name}")
    return sum(map(float, found))


def over(nodes, name):
    return sum(metric(node, name) for node in nodes)


def wait_until(holds, what, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise NotMeasured(f"{what}: not within {seconds} s")
        time.sleep(0.1)


def wait_for_copies(nodes):
    wait_until(lambda: over(nodes, "roost_shards_lacking_copies") == 0
               and over(nodes, "roost_shards_without_home") == 0,
               "copies of every shard")


# -- what copies cost ----------------------------------------------------------

def _publish(bench, running, namespace, rooms, *more):
    """Publications over HTTP to as many rooms in turn."""
    found = bench.load("api", running, "--key", API_KEY, "--room", f"{namespace}:room",
                       "--spread", rooms, *more, "--seconds", "1", "--warmup", "0.3",
                       url=running.api)
    if found["refused"] or found["disconnects"]:
        raise NotMeasured(f"{namespace}: {found['refused']:.0f} requests were refused")
    return found


def _talk(bench, running, namespace):
    """Clients over WebSocket, at the same rate whatever that costs; each of them
    has a room and gets what it publishes there."""
    found = bench.load("rooms", running, "--room", f"{namespace}:room", "--rooms", 100,
                       "--members", 1, "--rate", 50, "--seconds", "1", "--warmup", "0.3")
    if found["loss_percent"] > 0:
        raise NotMeasured(f"{namespace}: {found['loss_percent']} % were lost")
    return found


def _cost(*how):
    """How to measure what a publication over HTTP costs all nodes together."""
    return lambda *where: _publish(*where, *how)["server_cpu_us_per_publication"]


# What is compared, by its key.
COSTS = {
    "batch": _cost(1000, "--batch", 100, "--parallel"),
    "few": _cost(10, "--batch", 100, "--parallel"),
    "single": _cost(1000),
    "clients": lambda *where: _talk(*where)["server_cpu_us_per_delivery"],
}


def _replication(bench, server):
    namespaces = ["single", "copied"]
    cost = {key: [] for key in COSTS}  # pairs
    lone = {name: [] for name in namespaces}
    with bench.serve(server, nodes=3, more=PAIR) as running:
        wait_for_copies(range(3))
        # Many short rounds, each with both ways of a kind one after the other: the
        # cores of some machines change their speed by half every few seconds. What
        # was second is first in the next round, as histories that fill weigh on both.
        for _ in range(bench.pick(15, 3)):
            for key, measure in COSTS.items():
                pair = {name: measure(bench, running, name) for name in namespaces}
                cost[key].append((pair["single"], pair["copied"]))
            for name in namespaces:
                lone[name].append(_publish(bench, running, name, 1000, "--connections", 1))
            namespaces.reverse()
        trip = statistics.median(
            metric(node, "roost_link_round_trip_seconds") / 2 for node in range(3))

    out = {"trip": trip * 1000}
    for key, pairs in cost.items():
        out[key] = statistics.median(copied / single for single, copied in pairs)
        out[f"{key}_cpu"] = statistics.median(single for single, _ in pairs)
    for name, found in lone.items():
        for percentile in ("p50", "p99"):
            out[f"{percentile}_{name}"] = statistics.median(
                x[f"latency_{percentile}_ms"] for x in found)
    return out


# -- what they are for ---------------------------------------------------------

class Batches:
    """Publishes many at a time, on one connection to a node."""

    def __init__(self, node):
        self.way = http.client.HTTPConnection("127.0.0.1", PORT + 100 + node, timeout=30)

    def publish(self, rooms, key=None):
        """The answers, in order. A key, which the room remembers for minutes, makes it
        harmless to ask again."""
        more = {"idempotency_key": key} if key else {}
        commands = [{"publish": {"channel": room, "data": 1, **more}} for room in rooms]
        body = {"commands": commands, "parallel": True}
        self.way.request("POST", "/api/batch", json.dumps(body), {"X-API-Key": API_KEY})
        return json.loads(self.way.getresponse().read())["replies"]


def _resident(running):
    """Bytes of all processes."""
    total = 0
    for pid in running.pids:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        total += int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024
    return total


def _open_idle_rooms(count):
    batches = Batches(0)
    for first in range(0, count, 100):
        for reply in batches.publish([f"idle:{i}"
                                      for i in range(first, min(first + 100, count))]):
            if "error" in reply:
                raise NotMeasured(f"a room was not opened: {reply['error']['message']}")
    wait_until(lambda: over(range(3), "roost_history_bytes")
               + over(range(3), "roost_copy_bytes") == 0, "the end of all histories", 150)
    time.sleep(30)  # The allocator gives freed pages back in two steps of ten seconds.
    for name in ("roost_rooms", "roost_copies"):
        if over(range(3), name) != count:
            raise NotMeasured(f"{name} is {over(range(3), name):.0f}, not {count}")


def _rooms_at(home, asked, count):
    """Places of rooms whose home is that node: {room: (epoch, offset)}."""
    found = {}
    for i in range(count):
        room = admin(asked, "room", name=f"idle:{i}")
        if room["home"] == home:
            found[room["name"]] = (room["epoch"], room["offset"])
        if len(found) == 300:
            return found
    raise NotMeasured(f"{home} has only {len(found)} rooms")


def _until_published(asked, places, killed):
    """Seconds from `killed` until every room has taken the next publication."""
    batches = Batches(asked)
    waiting = dict(places)
    while waiting:
        if time.monotonic() > killed + 60:
            raise NotMeasured(f"{len(waiting)} rooms take nothing after 60 s")
        rooms = list(waiting)
        for room, reply in zip(rooms, batches.publish(rooms, "second")):
            if "error" in reply:
                continue
            got = (reply["publish"]["epoch"], reply["publish"]["offset"])
            epoch, offset = waiting.pop(room)
            if got != (epoch, offset + 1):
                raise NotMeasured(f"{room} was at {offset} of {epoch}, and is at "
                                  f"{got[1]} of {got[0]}")
        time.sleep(0.02)
    return time.monotonic() - killed


def _until_homes(asked, gone, killed):
    """Seconds from `killed` until every shard has a home among the living."""
    while True:
        homes = {x.get("home", "") for x in admin(asked, "view")["shards"]}
        if not homes & {"", gone}:
            return time.monotonic() - killed
        if time.monotonic() > killed + 60:
            raise NotMeasured("not every shard has a home after 60 s")
        time.sleep(0.02)


def _death(bench, server, leads):
    """Kills one of three nodes, the coordinator that leads or another one."""
    rooms = bench.pick(100_000, 10_000)
    with bench.serve(server, nodes=3, coordinators=3, more=IDLE) as running:
        wait_for_copies(range(3))
        before = _resident(running)
        _open_idle_rooms(rooms)
        memory = (_resident(running) - before) / rooms
        leader = int(admin(0, "nodes")["leader"].removeprefix("node-"))
        victim = leader if leads else (leader + 1) % 3
        asked = (victim + 1) % 3
        places = _rooms_at(f"node-{victim}", asked, rooms)
        chunks = [dict(list(places.items())[i::30]) for i in range(30)]
        with concurrent.futures.ThreadPoolExecutor(31) as pool:
            running.kill(victim)
            killed = time.monotonic()
            homes = pool.submit(_until_homes, asked, f"node-{victim}", killed)
            ends = [pool.submit(_until_published, asked, x, killed) for x in chunks]
            return memory, homes.result(), max(x.result() for x in ends)


def _node_death(bench, server):
    memory, homes, published = _death(bench, server, leads=False)
    _, leader_homes, leader_published = _death(bench, server, leads=True)
    return {"memory": memory / 1024, "published": published, "homes": homes,
            "leader_published": leader_published, "leader_homes": leader_homes}


def _ratio(key, title):
    return Figure(key, title, "times", 2, "lower")


def _time(key, title):
    return Figure(key, title, "s", 2, "lower")


ROWS = [
    Row("replication",
        "A publication that another node keeps, too, against one with history only",
        [_ratio("batch", "CPU in batches to 1,000 rooms"),
         _ratio("few", "in batches to 10 rooms"),
         _ratio("single", "one a request, 1,000 rooms"),
         _ratio("clients", "by 100 clients at 5,000/s, each in its room"),
         cpu_figure("batch_cpu", "CPU without copy, in batches to 1,000 rooms"),
         cpu_figure("few_cpu", "to 10 rooms"),
         cpu_figure("single_cpu", "one a request"),
         cpu_figure("clients_cpu", "by clients"),
         Figure("p50_single", "median wait for a lone answer, without copy", "ms", 3, "lower"),
         Figure("p50_copied", "with copy", "ms", 3, "lower"),
         Figure("p99_single", "p99 without copy", "ms", 3, "lower"),
         Figure("p99_copied", "with copy", "ms", 3, "lower"),
         Figure("trip", "round trip of an idle link", "ms", 3, "lower")],
        _replication,
        "A network between the nodes: all three share a core, so a lone publication waits "
        "for the work of every node in turn. CPU is that of all nodes together, by the "
        "publications that were acknowledged; requests come to one node, which is home of "
        "a third of the rooms. One a request, hardly anything travels together: a copy "
        "costs two more messages between nodes for each publication. Ratios are medians "
        "of rounds in which both take turns.",
        only=("roost",), quick=False),
    Row("node-death",
        "100,000 idle rooms on three nodes, one of which is killed",
        [Figure("memory", "memory of a room with its copy", "KiB", 2, "lower"),
         _time("published", "until rooms go on where they were"),
         _time("homes", "until every shard has a home"),
         _time("leader_published", "rooms go on, when the coordinator that leads is killed"),
         _time("leader_homes", "every shard has a home")],
        _node_death,
        "Rooms with members, who attach again. 300 rooms of the dead node stand for all; "
        "each must take a publication with its epoch and its next offset. The nodes share "
        "a core. With --quick there are 10,000 rooms.",
        only=("roost",), quick=False),
]

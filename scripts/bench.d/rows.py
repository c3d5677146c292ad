"""What is measured: one row of the table each."""

import concurrent.futures
import dataclasses
import json
import subprocess
import time

from servers import API_KEY, TOKEN_SECRET, Running, allow_files

SERVER_CORE = "0"
GENERATOR_CORE = "1"


class NotMeasured(Exception):
    """This server has no such figure; the text says why."""


@dataclasses.dataclass
class Figure:
    """One number of a row."""

    key: str
    title: str
    unit: str
    digits: int = 0
    better: str = "higher"


@dataclasses.dataclass
class Row:
    name: str
    title: str
    figures: list
    measure: object  # (bench, server) -> {key: number}
    says_not: str
    only: tuple = ()  # names of servers; empty: all
    quick: bool = True


class Bench:
    """Runs the generator against servers, and remembers how."""

    def __init__(self, generator, quick, verbose):
        self.generator = generator
        self.quick = quick
        self.verbose = verbose
        self.commands = {}
        self.row = None

    def pick(self, full, quick):
        return quick if self.quick else full

    def serve(self, server, nodes=1, lanes=1, cores=SERVER_CORE, **more):
        """A started server; use it in a `with`. `more`: see servers.Running."""
        return _Serving(server, nodes, lanes, Running(cores, **more))

    def load(self, scenario, running, *arguments, pids=True, url=None):
        """Runs `roost load` once; returns its figures."""
        command = [scenario]
        if scenario != "self":
            command += ["--url", url or running.urls[0]]
        command += [str(x) for x in arguments]
        shown = "roost load " + " ".join(command)
        if pids and running:
            for pid in running.pids:
                command += ["--server-pid", str(pid)]
            shown += " --server-pid ..."
        shown = shown.replace(TOKEN_SECRET, "SECRET").replace(API_KEY, "KEY")
        self.commands.setdefault(self.row, [])
        if shown not in self.commands[self.row]:
            self.commands[self.row].append(shown)
        full = ["taskset", "-c", GENERATOR_CORE, str(self.generator), "load",
                *command, "--json"]
        if not self.verbose:
            full.append("--quiet")
        done = subprocess.run(full, stdout=subprocess.PIPE, text=True,
                              stderr=None if self.verbose else subprocess.PIPE,
                              check=False, timeout=900)
        if done.returncode != 0:
            raise NotMeasured((done.stderr or "the generator failed").strip())
        answer = json.loads(done.stdout)
        answer["result"]["notes"] = answer["notes"]
        return answer["result"]


class _Serving:
    def __init__(self, server, nodes, lanes, running):
        self.server, self.nodes, self.lanes = server, nodes, lanes
        self.running = running

    def __enter__(self):
        try:
            self.server.start(self.running, self.nodes, self.lanes)
        except BaseException:
            self.running.stop()
            raise
        return self.running

    def __exit__(self, *_):
        self.running.stop()


def search(bench):
    if bench.quick:
        return ["--seconds", "0.6", "--warmup", "0.2", "--precision", "0.25",
                "--tries", "1"]
    return ["--seconds", "2", "--warmup", "0.5", "--precision", "0.04"]


def fixed(bench):
    return ["--seconds", bench.pick("5", "1.5"), "--warmup", bench.pick("1", "0.3")]


def _saturation(subscribers, room="load:room"):
    def measure(bench, server):
        with bench.serve(server) as running:
            found = bench.load("broadcast", running, *server.arguments, "--room", room,
                               "--subscribers", subscribers, *search(bench))
        return {"rate": found["deliveries_per_second"],
                "p99": found["latency_p99_ms"],
                "generator": found["generator_cpu_percent"]}
    return measure


def _cpu(bench, server):
    with bench.serve(server) as running:
        found = bench.load("broadcast", running, *server.arguments,
                           "--subscribers", 1000, "--deliveries", 20000, *fixed(bench))
    return {"cpu": found["server_cpu_us_per_delivery"], "p99": found["latency_p99_ms"]}


def _latency(subscribers):
    def measure(bench, server):
        with bench.serve(server) as running:
            found = bench.load("broadcast", running, *server.arguments,
                               "--subscribers", subscribers,
                               "--deliveries", 100000, *fixed(bench))
        return {"p50": found["latency_p50_ms"], "p99": found["latency_p99_ms"],
                "loss": found["loss_percent"]}
    return measure


def _rooms(bench, server):
    with bench.serve(server) as running:
        found = bench.load("rooms", running, *server.arguments, "--rooms", 100,
                           "--members", 20, *search(bench))
    return {"rate": found["deliveries_per_second"],
            "generator": found["generator_cpu_percent"]}


def _idle(bench, server):
    # A server needs some files beside; some machines allow 20,000 and no more.
    connections = min(bench.pick(20000, 3000), allow_files() - 500)
    with bench.serve(server) as running:
        found = bench.load("idle", running, *server.arguments,
                           "--connections", connections,
                           "--seconds", bench.pick("5", "1"))
    return {"private": found["private_bytes_per_connection"] / 1024,
            "rss": found["rss_bytes_per_connection"] / 1024}


def _connect(bench, server):
    token = []
    if server.name.startswith("roost"):
        token = ["--token-secret", TOKEN_SECRET]
    with bench.serve(server) as running:
        found = bench.load("connect", running, *server.arguments, *token, *fixed(bench))
    return {"rate": found["connections_per_second"], "p99": found["ready_p99_ms"]}


def _echo(bench, server):
    with bench.serve(server) as running:
        found = bench.load("echo", running, *server.arguments, *fixed(bench))
    return {"rate": found["round_trips_per_second"], "p99": found["latency_p99_ms"],
            "cpu": found["server_cpu_us_per_round_trip"]}


def _small_rooms(bench, running, server):
    found = bench.load("rooms", running, *server.arguments, "--room", "load:small",
                       "--rooms", 10, "--members", 10, "--rate", 2, *fixed(bench))
    return found["latency_p99_ms"]


def _fairness(bench, server):
    with bench.serve(server) as running:
        alone = _small_rooms(bench, running, server)
        # The hot room has begun before the small ones are measured, and goes on
        # until after.
        seconds = bench.pick(14, 6)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            hot = pool.submit(bench.load, "broadcast", running, *server.arguments,
                              "--subscribers", 1000, "--deliveries", 100000,
                              "--seconds", seconds, "--warmup", 0)
            time.sleep(bench.pick(3, 2))
            beside = _small_rooms(bench, running, server)
            hot.result()
    return {"beside": beside, "alone": alone}


def _two_nodes(bench, server):
    if not server.clusters:
        raise NotMeasured("has no cluster of its own")
    with bench.serve(server, nodes=2) as running:
        at = ["--publish-url", running.urls[0]]
        lone = {rate: bench.load("broadcast", running, *server.arguments, *at,
                                 "--subscribers", 1, "--rate", rate, "--spin",
                                 *fixed(bench), url=running.urls[1])
                for rate in (50, 500)}
        found = bench.load("broadcast", running, *server.arguments, *at,
                           "--subscribers", 1000, *search(bench), url=running.urls[1])
    return {"rate": found["deliveries_per_second"], "lone": lone[500]["latency_p50_ms"],
            "rare": lone[50]["latency_p50_ms"]}


def _api(bench, server):
    room = ["--room", "load:api"]
    with bench.serve(server) as running:
        if server.name == "nchan":
            single = bench.load("api", running, *server.arguments, *room,
                                *fixed(bench), url=running.api)
            return {"single": single["publications_per_second"]}
        key = ["--key", API_KEY]
        single = bench.load("api", running, *key, *room, *fixed(bench), url=running.api)
        batch = bench.load("api", running, *key, *room, "--batch", 100, *fixed(bench),
                           url=running.api)
    return {"single": single["publications_per_second"],
            "batch": batch["publications_per_second"]}


def _lanes(bench, server):
    rate, cpu = {}, {}
    for lanes in (1, 2):
        with bench.serve(server, lanes=lanes, cores="0,1") as running:
            found = bench.load("broadcast", running, *server.arguments,
                               "--subscribers", 1000, *search(bench))
        rate[lanes] = found["deliveries_per_second"]
        cpu[lanes] = found["server_cpu_us_per_delivery"]
    return {"ratio": 2 * cpu[1] / cpu[2], "one": rate[1], "two": rate[2]}


def _open_rooms(bench, server):
    out = {}
    for rooms in (10, 1000, 100000):
        with bench.serve(server) as running:
            # Enough time for every room to be opened by a publication.
            bench.load("api", running, "--key", API_KEY, "--room", "history:open",
                       "--spread", rooms, "--batch", 100, "--warmup", "0",
                       "--seconds", "4", url=running.api, pids=False)
            found = bench.load("broadcast", running, *server.arguments,
                               "--subscribers", 1000, "--deliveries", 20000,
                               *fixed(bench))
        out[f"cpu_{rooms}"] = found["server_cpu_us_per_delivery"]
    return out


def _cluster_size(bench, server):
    out = {}
    for nodes in (1, 3, 5):
        with bench.serve(server, nodes=nodes) as running:
            found = bench.load("broadcast", running, *server.arguments,
                               "--subscribers", 1000, "--deliveries", 20000,
                               *fixed(bench))
        out[f"cpu_{nodes}"] = found["server_cpu_us_per_delivery"]
    return out


RATE = Figure("rate", "deliveries/s", "/s")
P99 = Figure("p99", "p99", "ms", 2, "lower")
BUSY = Figure("generator", "generator busy", "%", 0, "none")


def cpu_figure(key, title):
    return Figure(key, title, "µs", 2, "lower")


ALL = [
    Row("broadcast-1000", "One room, 1,000 subscribers: deliveries/s at saturation",
        [RATE, P99, BUSY], _saturation(1000),
        "How the server does beside other work, with clients that are slow, or over a "
        "network that loses packets. Where the generator was busy for 90 % or more, the "
        "server may be able to do more."),
    Row("broadcast-5000", "One room, 5,000 subscribers: deliveries/s at saturation",
        [RATE, P99, BUSY], _saturation(5000), "The same.", quick=False),
    Row("broadcast-history",
        "One room, 1,000 subscribers, history and recovery on: deliveries/s at saturation",
        [RATE, P99, BUSY], _saturation(1000, "history:room"),
        "What a recovery costs: nobody reconnects here.", only=("roost", "roost-protobuf")),
    Row("cpu", "Processor time of a delivery at 20,000/s, 1,000 subscribers",
        [cpu_figure("cpu", "CPU a delivery"), P99], _cpu,
        "The kernel's work that is not charged to the server's process, such as "
        "interrupts that the generator's core handles."),
    Row("latency-1000", "Latency at 100,000 deliveries/s, 1,000 subscribers",
        [Figure("p50", "median", "ms", 2, "lower"), P99,
         Figure("loss", "lost", "%", 2, "lower")], _latency(1000),
        "A network's share: server and clients are on one machine. Publications come "
        "evenly, which they rarely do in life.", quick=False),
    Row("latency-5000", "Latency at 100,000 deliveries/s, 5,000 subscribers",
        [Figure("p50", "median", "ms", 2, "lower"), P99,
         Figure("loss", "lost", "%", 2, "lower")], _latency(5000), "The same.",
        quick=False),
    Row("rooms", "100 rooms of 20 members who all publish: deliveries/s at saturation",
        [RATE, BUSY], _rooms, "Rooms of very different sizes at once."),
    Row("idle", "An idle connection with one subscription: memory",
        [Figure("private", "private memory of the process", "KiB", 1, "lower"),
         Figure("rss", "all memory of the process", "KiB", 1, "lower")], _idle,
        "The kernel's memory for its socket. With --quick there are so few connections "
        "that what a server takes once weighs on each."),
    Row("connect", "Connections that come, subscribe and go",
        [Figure("rate", "connections/s", "/s"), P99], _connect,
        "A TLS handshake. Roost checks an HS256 token for each, the others check nothing; "
        "Nchan needs one request less, since the room is in the path."),
    Row("echo", "Round trips, 100 clients with one request each under way",
        [Figure("rate", "round trips/s", "/s"), P99, cpu_figure("cpu", "CPU a round trip")],
        _echo,
        "A backend's share: the answer is the request. NATS and Nchan have no request to "
        "the server itself, so there a client publishes to a room of its own."),
    Row("fairness", "Ten small rooms beside one with 100,000 deliveries/s: p99 of the small ones",
        [Figure("beside", "beside it", "ms", 2, "lower"),
         Figure("alone", "alone", "ms", 2, "lower")], _fairness,
        "What part of it is the generators' own: both share a core.", quick=False),
    Row("two-nodes", "Two nodes on one core, publisher on one, 1,000 subscribers on the other",
        [RATE, Figure("lone", "median of a lone message, 500/s", "ms", 3, "lower"),
         Figure("rare", "at 50/s, where the core sleeps before each", "ms", 3, "lower")],
        _two_nodes,
        "A network between the nodes. Both share a core, with Redis where it is needed."),
    Row("api", "Publications over HTTP, 16 keep-alive connections",
        [Figure("single", "single", "/s"), Figure("batch", "in batches of 100", "/s")], _api,
        "Fan-out: nobody is subscribed.", only=("roost", "nchan")),
    Row("lanes", "Two lanes against one, server on both cores, 1,000 subscribers",
        [Figure("ratio", "two cores' work against one's", "times", 2),
         Figure("one", "one lane", "deliveries/s"),
         Figure("two", "two lanes", "deliveries/s")], _lanes,
        "What two lanes do where the generator is elsewhere: here it takes a part of the "
        "second core. Its cost is left out of the ratio, which is twice the server's "
        "processor time a delivery at saturation with one lane, over that with two.",
        only=("roost",), quick=False),
    Row("open-rooms", "CPU a delivery at 20,000/s with other rooms open",
        [cpu_figure("cpu_10", "10 rooms"), cpu_figure("cpu_1000", "1,000 rooms"),
         cpu_figure("cpu_100000", "100,000 rooms")], _open_rooms,
        "Rooms with traffic: the others hold history and are silent.", only=("roost",),
        quick=False),
    Row("cluster-size", "CPU a delivery at 20,000/s, subscribers on one node of the cluster",
        [cpu_figure("cpu_1", "one node"), cpu_figure("cpu_3", "three nodes"),
         cpu_figure("cpu_5", "five nodes")], _cluster_size,
        "The work of nodes on machines of their own: all share a core, and their "
        "heartbeats count.", only=("roost",), quick=False),
]

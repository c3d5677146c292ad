"""Rows about what else than plain WebSocket there is: compression, deltas, filters,
streams over HTTP and long polling. Each compares within one run."""

import http.client
import json
import pathlib
import re

from rows import Figure, NotMeasured, Row, allow_files, cpu_figure, fixed, search
from servers import API_KEY, PORT, ROOST_NAMESPACE

DEFLATE = {"websocket": "compression = true",
           "nchan": "nchan_deflate_message_for_websocket on;"}
# Streams of the generator answer no pings.
STREAMS = {"http": 'transports = ["websocket", "http_stream", "sse"]',
           "client": 'pong_timeout = "0s"'}
SELECTED = ROOST_NAMESPACE.format(
    name="state", more='history_size = 1\nhistory_ttl = "1m"\n'
    'allowed_delta_types = ["fossil"]') + ROOST_NAMESPACE.format(
    name="filtered", more="allow_tags_filter = true")

JSON_1K = ["--payload", "json", "--size", 1024]
STATE_4K = ["--payload", "state", "--size", 4096]


def _broadcast(bench, running, server, *arguments):
    return bench.load("broadcast", running, *server.arguments, "--subscribers", 1000,
                      *arguments)


# -- memory --------------------------------------------------------------------

def _memory(bench, server, connections, *arguments, **more):
    with bench.serve(server, **more) as running:
        found = bench.load("idle", running, *server.arguments, "--connections", connections,
                           "--seconds", bench.pick("5", "1"), *arguments)
    return found["private_bytes_per_connection"] / 1024


def _connections(bench):
    return min(bench.pick(20000, 3000), allow_files() - 500)


def _idle_deflate(bench, server):
    count = _connections(bench)
    plain = _memory(bench, server, count, lines=DEFLATE)
    deflate = _memory(bench, server, count, "--deflate", lines=DEFLATE)
    return {"plain": plain, "deflate": deflate, "more": deflate - plain}


def _private_bytes(pids):
    total = 0
    for pid in pids:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        total += int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024
    return total


class _Poller:
    """Sessions of long polling that have one subscription, over one connection."""

    def __init__(self):
        self.way = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)

    def ask(self, head, *commands):
        body = "\n".join(json.dumps(x) for x in (head, *commands))
        self.way.request("POST", "/connection/poll", body)
        answer = self.way.getresponse()
        text = answer.read().decode()
        if answer.status == 404:
            raise NotMeasured("this Roost has no long polling")
        if answer.status not in (200, 204):
            raise NotMeasured(f"long polling answers {answer.status} {text}")
        return [json.loads(line) for line in text.splitlines() if line]

    def open(self):
        head = self.ask({"open": "json"})[0]
        who = {"node": head["node"], "session": head["session"]}
        self.ask({**who, "send": 1}, {"id": 1, "connect": {}},
                 {"id": 2, "subscribe": {"channel": "load:room"}})
        number, ready = 1, False
        while not ready:
            head, *replies = self.ask({**who, "poll": number})
            number = head.get("number", number - 1) + 1
            ready = any(x.get("id") == 2 for x in replies)


def _silent_pollers(bench, server):
    count = bench.pick(5000, 1000)
    with bench.serve(server, lines={"client": 'pong_timeout = "0s"'}) as running:
        poller = _Poller()
        poller.open()
        before = _private_bytes(running.pids)
        for _ in range(count):
            poller.open()
        return (_private_bytes(running.pids) - before) / count / 1024


def _idle_streams(bench, server):
    count = _connections(bench)
    out = {kind: _memory(bench, server, count, "--transport", kind, lines=STREAMS)
           for kind in ("http_stream", "sse")}
    try:
        out["poll"] = _silent_pollers(bench, server)
    except NotMeasured as missing:
        print(missing, flush=True)
    return out


# -- processor time and bytes --------------------------------------------------

def _cost(bench, running, server, *arguments):
    found = _broadcast(bench, running, server, *arguments, *fixed(bench))
    if found["loss_percent"] > 0 or found["disconnects"] > 0:
        raise NotMeasured(f"{found['loss_percent']} % were lost")
    return found["server_cpu_us_per_delivery"], found["bytes_per_delivery"]


def _cpu_deflate(bench, server):
    rate = ["--deliveries", 20000, *JSON_1K]
    with bench.serve(server, lines=DEFLATE) as running:
        plain_cpu, plain_bytes = _cost(bench, running, server, *rate)
        cpu, size = _cost(bench, running, server, *rate, "--deflate")
    return {"cpu_ratio": cpu / plain_cpu, "bytes_ratio": size / plain_bytes,
            "cpu_plain": plain_cpu, "cpu": cpu, "bytes_plain": plain_bytes, "bytes": size}


def _state(bench, server):
    ways = {"plain": [], "deflate": ["--deflate"], "delta": ["--delta"],
            "both": ["--deflate", "--delta"]}
    out = {}
    with bench.serve(server, lines=DEFLATE, more=SELECTED) as running:
        backend = ["--publish-url", running.api, "--key", API_KEY]
        for name, flags in ways.items():
            out[f"cpu_{name}"], out[f"bytes_{name}"] = _cost(
                bench, running, server, "--room", "state:room", "--rate", 20, *STATE_4K,
                *backend, *flags)
    return {**out, "bytes_ratio": out["bytes_delta"] / out["bytes_plain"],
            "cpu_ratio": out["cpu_delta"] / out["cpu_plain"]}


def _state_smallest(bench, server):
    """As small as each can make it: Roost has deltas on top."""
    with bench.serve(server, lines=DEFLATE, more=SELECTED) as running:
        deltas = []
        if server.name == "roost":
            deltas = ["--room", "state:room", "--delta",
                      "--publish-url", running.api, "--key", API_KEY]
        cpu, size = _cost(bench, running, server, "--rate", 20, *STATE_4K, "--deflate",
                          *deltas)
    return {"cpu": cpu, "bytes": size}


def _filters(bench, server):
    at = ["--room", "filtered:room", "--deliveries", 20000]
    with bench.serve(server, more=SELECTED) as running:
        none, _ = _cost(bench, running, server, *at)
        ten, _ = _cost(bench, running, server, *at, "--filters", 10)
    return {"ratio": ten / none, "none": none, "ten": ten}


# -- saturation ----------------------------------------------------------------

def _streams(bench, server):
    out = {}
    for kind in ("websocket", "http_stream", "sse"):
        with bench.serve(server, lines=STREAMS) as running:
            found = _broadcast(bench, running, server, "--transport", kind, *search(bench))
        out[kind] = found["deliveries_per_second"]
        out[f"{kind}_busy"] = found["generator_cpu_percent"]
    for kind in ("http_stream", "sse"):
        out[f"{kind}_ratio"] = out[kind] / out["websocket"]
    return out


def _kib(key, title):
    return Figure(key, title, "KiB", 2, "lower")


def _bytes(key, title):
    return Figure(key, title, "bytes", 0, "lower")


def _times(key, title, better="lower"):
    return Figure(key, title, "times", 3, better)


ROWS = [
    Row("idle-deflate", "An idle WebSocket that agreed to permessage-deflate: memory",
        [_kib("more", "more than plain"), _kib("plain", "plain"), _kib("deflate", "deflate")],
        _idle_deflate, "What a client that sends compressed needs while it is read.",
        only=("roost",)),
    Row("cpu-deflate",
        "permessage-deflate, 1 KiB of JSON, 20,000 deliveries/s, 1,000 subscribers",
        [_times("cpu_ratio", "CPU a delivery, of plain"),
         _times("bytes_ratio", "bytes a delivery, of plain"),
         cpu_figure("cpu_plain", "CPU, plain"), cpu_figure("cpu", "CPU, deflate"),
         _bytes("bytes_plain", "plain"), _bytes("bytes", "deflate")],
        _cpu_deflate,
        "Other data: this is a list of objects with names, numbers and flags, the same in "
        "each run (`--payload json`). What rooms with few members cost, where a compression "
        "serves few.", only=("roost",)),
    Row("state",
        "A game's state of 4 KiB by the server API, of which 2 % change 20 times a second, "
        "1,000 subscribers",
        [_times("bytes_ratio", "bytes of deltas, of plain"),
         _times("cpu_ratio", "CPU of deltas, of plain"),
         *(_bytes(f"bytes_{x}", x) for x in ("plain", "deflate", "delta", "both")),
         *(cpu_figure(f"cpu_{x}", f"CPU, {x}")
           for x in ("plain", "deflate", "delta", "both"))],
        _state,
        "Other states: here as many players move as make 2 % of it, anywhere among all, and "
        "each has 4 digits for x and for y (`--payload state`).", only=("roost",)),
    Row("state-smallest", "The same state, as small as each can send it",
        [cpu_figure("cpu", "CPU a delivery"), _bytes("bytes", "a delivery")],
        _state_smallest,
        "Compressed by both; Roost sends deltas, too, which Nchan has not. By compression "
        "alone Nchan takes fewer bytes, since it takes zlib's level 6 and Roost by default 1 "
        "(`websocket.compression_level`).", only=("roost", "nchan")),
    Row("streams", "One room, 1,000 subscribers over HTTP-streaming or SSE, at saturation",
        [_times("http_stream_ratio", "HTTP-streaming, of WebSocket", "higher"),
         _times("sse_ratio", "SSE, of WebSocket", "higher"),
         *(Figure(x, title, "/s") for x, title in (
             ("websocket", "WebSocket"), ("http_stream", "HTTP-streaming"), ("sse", "SSE"))),
         *(Figure(f"{x}_busy", f"generator busy, {title}", "%", 0, "none") for x, title in (
             ("websocket", "WebSocket"), ("http_stream", "HTTP-streaming"), ("sse", "SSE")))],
        _streams,
        "Where the generator was busy for 90 % or more it is its own limit: it reads lines "
        "more slowly than frames.", only=("roost",)),
    Row("filters", "Ten filters on tags among 1,000 subscribers, 20,000 deliveries/s",
        [_times("ratio", "CPU a delivery, of none"), cpu_figure("none", "no filters"),
         cpu_figure("ten", "ten filters")], _filters,
        "What filters save: these let everything through.", only=("roost",)),
    Row("idle-streams", "A silent client of HTTP-streaming, SSE or long polling: memory",
        [_kib("http_stream", "HTTP-streaming"), _kib("sse", "SSE"),
         _kib("poll", "long polling, between polls")], _idle_streams,
        "The kernel's memory for its socket. A session of long polling has none between "
        "polls.", only=("roost",)),
]

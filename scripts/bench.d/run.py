"""Runs the rows against the servers and writes the document; see scripts/bench."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import time

import compare
import document
import failover
import replication
import rows
import servers
import transports

ALL_ROWS = rows.ALL + transports.ROWS + replication.ROWS + failover.ROWS
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures Roost and its peers side by side, and writes docs/benchmarks.md.")
    parser.add_argument("--quick", action="store_true",
                        help="one short run of each in under 5 minutes; written to build/bench/")
    parser.add_argument("--only", metavar="ROWS", action="append", default=[],
                        help="measure these rows only, separated by commas; `broadcast` is the "
                        "first row whose name begins so")
    parser.add_argument("--against", metavar="BINARY", type=pathlib.Path,
                        help="measure Roost and this older binary of it in turns, and print the "
                        "medians of both and their ratios; of broadcast-1000, rooms and echo "
                        "without --only")
    parser.add_argument("--peers", metavar="LIST",
                        help="measure these servers only, separated by commas")
    parser.add_argument("--runs", type=int, help="runs of each (3; 5 with --against; 1 with --quick)")
    parser.add_argument("--output", type=pathlib.Path, help="the document to write")
    parser.add_argument("--roost", type=pathlib.Path,
                        help="use this binary in place of a fresh build")
    parser.add_argument("--generator", type=pathlib.Path,
                        help="the binary whose `roost load` measures (default: as --roost)")
    parser.add_argument("--verbose", action="store_true", help="show each run's progress")
    parser.add_argument("--list", action="store_true", help="print rows and servers, and end")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.only = [x for names in options.only for x in names.split(",") if x]
    if options.against:
        if options.peers or options.output:
            parser.error("--against has no peers, and writes no document")
        if not os.access(options.against, os.X_OK) or options.against.is_dir():
            parser.error(f"--against: {options.against} is no program")
        options.only = options.only or list(compare.ROWS)
    return options


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    kib = int(pathlib.Path("/proc/meminfo").read_text().split()[1])
    return (f"{os.cpu_count()} cores ({model}), {kib / 1024 / 1024:.0f} GiB of memory, "
            f"Linux {platform.release()}")


def load_average():
    return pathlib.Path("/proc/loadavg").read_text().split()[0]


def chosen(names, all_of, what):
    known = {x.name: x for x in all_of}
    found = []
    for name in names:
        fits = [name] if name in known else [x for x in known if x.startswith(name + "-")]
        if not fits:
            sys.exit(f"bench: there is no {what} '{name}'; there are {', '.join(known)}")
        found.append(known[fits[0]])
    return found if names else list(all_of)


def measure(bench, row, row_servers, runs, results):
    """Servers take turns, so that a slow minute of the machine hits all."""
    entry = {"servers": {s.name: {"runs": [], "why": ""} for s in row_servers},
             "commands": []}
    bench.row = row.name
    for run in range(runs):
        for server in row_servers[::-1] if run % 2 else row_servers:
            found = entry["servers"][server.name]
            start = time.monotonic()
            try:
                figures = row.measure(bench, server)
                found["runs"].append(figures)
                said = ", ".join(f"{f.title} {figures[f.key]:,.{f.digits}f} {f.unit}"
                                 for f in row.figures if f.key in figures)
            except (rows.NotMeasured, servers.Failed) as error:
                found["why"] = said = str(error)
            except (OSError, KeyError, subprocess.TimeoutExpired) as error:
                found["why"] = said = f"{type(error).__name__}: {error}"
            print(f"{row.name} {run + 1}/{runs} {server.name}: {said} "
                  f"[{time.monotonic() - start:.0f} s]", flush=True)
    entry["commands"] = bench.commands.get(row.name, [])
    results["rows"][row.name] = entry


def own_limit(bench):
    """Deliveries a second for the generator's whole core, by frames in a write."""
    bench.row = "self"
    return {frames: bench.load("self", None, "--subscribers", 1000, "--sink-core", 0,
                               "--frames", frames, "--seconds", bench.pick(3, 1)
                               )["own_limit_per_second"]
            for frames in (1, 16, 256)}


def intro(options, results, all_chosen):
    limits = ", ".join(f"{rate:,.0f} with {frames} frame{'s' * (frames > 1)} a write"
                       for frames, rate in results["self"].items())
    command = "scripts/bench" + "".join(
        [" --quick"] * options.quick + [f" --only {x}" for x in options.only]
        + [f" --peers {options.peers}"] * bool(options.peers))
    lines = [
        f"Written by `{command}` on {results['date']}, {results['seconds'] / 60:.0f} minutes. "
        "Figures are medians, with the runs in brackets.",
        "",
        f"- Machine: {results['machine']}. Load average before the first run: "
        f"{results['load']}"
        + (": it was busy with something else, so these figures say little."
           if float(results["load"]) > 0.5 else "."),
        f"- Every server has core {rows.SERVER_CORE} to itself, with one lane, worker or "
        f"process; the generator, `roost load`, has core {rows.GENERATOR_CORE}. The same "
        "generator measures all, over WebSocket, where a row names no other way, on the loopback interface.",
        "- Payloads are 128 bytes of JSON, where a row says nothing else. Each carries a number and a time, and every "
        "delivery is checked for loss, duplicates and order.",
        "- Saturation is the highest rate with loss under 1 %, p99 under 100 ms and no "
        "disconnect. Latency counts from when a publication was due, so a server that "
        "falls behind shows it.",
        f"- What the generator itself could read and check with its whole core, from a sink "
        f"that sends prepared frames: {limits}; in deliveries/s.",
        "",
        "| server | version |",
        "|---|---|",
    ]
    for server in all_chosen:
        lines.append(f"| {server.title} | {results['versions'][server.name]} |")
    return lines


def compare_binaries(options, roost, picked_rows, runs, work):
    both = servers.two_binaries(options.against, roost)
    bench = rows.Bench(options.generator or roost, options.quick, options.verbose)
    results = {"rows": {}}
    try:
        for row in picked_rows:
            measure(bench, row, both, runs, results)
    except KeyboardInterrupt:
        print("Stopped; what was measured is told.", file=sys.stderr)
    (work / "against.json").write_text(json.dumps(results, indent=1) + "\n")
    print("", compare.table(picked_rows, results), sep="\n")


def stop(*_):
    """A signal ends the run as Ctrl-C does, so that no server stays behind."""
    raise KeyboardInterrupt


def main():
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    options = arguments()
    roost = options.roost or ROOT / "build/release/net/roost"
    all_servers = servers.all_servers(roost, ROOT, not options.roost)
    if options.list:
        for row in ALL_ROWS:
            print(f"{row.name:18} {row.title}")
        print("servers:", ", ".join(server.name for server in all_servers))
        return
    picked_rows = chosen(options.only, ALL_ROWS, "row")
    if options.quick and not options.only:
        picked_rows = [row for row in picked_rows if row.quick]
    picked = chosen([x for x in (options.peers or "").split(",") if x], all_servers, "server")
    if options.quick and not options.peers:
        picked = [s for s in picked if s.name not in ("roost-protobuf", "socketio")]
    runs = options.runs or (1 if options.quick else compare.RUNS if options.against else 3)
    if options.check:
        return
    if not (os.cpu_count() or 1) > 1:
        sys.exit("bench: needs two cores, one for the server and one for the generator")
    work = ROOT / "build/bench"
    work.mkdir(parents=True, exist_ok=True)
    partial = options.quick or options.only or options.peers
    output = options.output or (work if partial else ROOT / "docs") / "benchmarks.md"

    if float(load_average()) > 0.5:
        print(f"The machine is busy (load average {load_average()}): wait until it is idle, or "
              "expect figures that say little.", file=sys.stderr)
    if options.against:
        compare_binaries(options, roost, picked_rows, runs, work)
        return
    bench = rows.Bench(options.generator or roost, options.quick, options.verbose)
    start = time.monotonic()
    results = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "load": load_average(),
        "versions": {server.name: server.version() for server in picked},
        "self": own_limit(bench),
        "rows": {},
    }
    try:
        for row in picked_rows:
            row_servers = [s for s in picked if not row.only or s.name in row.only]
            if row_servers:
                measure(bench, row, row_servers, runs, results)
    except KeyboardInterrupt:
        print("Stopped; what was measured is written.", file=sys.stderr)
    results["seconds"] = time.monotonic() - start
    (work / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    output.parent.mkdir(parents=True, exist_ok=True)
    document.write(output, "Benchmarks", intro(options, results, picked), ALL_ROWS, picked,
                   results)
    print(f"{output}: {results['seconds']:.0f} s")


if __name__ == "__main__":
    main()

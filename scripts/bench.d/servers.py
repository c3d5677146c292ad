"""How each server that is measured is started, and stopped."""

import dataclasses
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PORT = 17000
TOKEN_SECRET = "for-benchmarks-only-0123456789abcdef"
API_KEY = "for-benchmarks-only"
ADMIN_KEY = "for-benchmarks-only-admin"


class Failed(Exception):
    """A server did not start; the text says which and why."""


def allow_files():
    """Raises the limit of open files to 200,000, or as far as it goes; returns it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for limit in (max(hard, 200_000), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            return limit
        except (ValueError, OSError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Running:
    """Processes of one server, on the cores given, with a folder of their own."""

    def __init__(self, cores, coordinators=1, more="", cluster="", lines=None):
        self.cores = cores
        # More lines of a section of Roost's configuration, and of Nchan's
        # publishers ("nchan").
        self.lines = lines or {}
        # Of Roost: how many, namespaces, and lines of [cluster].
        self.coordinators = coordinators
        self.more = more
        self.cluster = cluster
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="roost-bench-"))
        self.processes = []
        self.pids = []
        self.urls = []
        self.api = None

    def start(self, *command, counted=True):
        log = open(self.folder / f"{len(self.processes)}.log", "wb")
        process = subprocess.Popen(
            ["taskset", "-c", self.cores, *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, env={**os.environ, "NODE_ENV": "production"},
            preexec_fn=allow_files)
        self.processes.append(process)
        if counted:
            self.pids.append(process.pid)
        return process

    def wait_for(self, port, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check()
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise Failed(f"nothing listens on port {port} after {seconds} s")

    def check(self):
        for i, process in enumerate(self.processes):
            if process.poll() is not None:
                text = (self.folder / f"{i}.log").read_text(errors="replace")
                raise Failed(f"{' '.join(process.args[3:])} ended: {text[-500:]}")

    def kill(self, i):
        """As a crash would end the process."""
        self.processes[i].kill()
        self.processes[i].wait()

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclasses.dataclass
class Server:
    """What can be measured: `start(run, nodes, lanes)` starts that many nodes."""

    name: str
    title: str
    arguments: list  # of `roost load`
    start: object
    version: object
    clusters: bool = False  # whether several nodes make one service
    remark: str = ""


def _write(path, text):
    path.write_text(text)
    return path


ROOST_NAMESPACE = """
[[channel.namespaces]]
name = "{name}"
allow_subscribe_for_client = true
allow_subscribe_for_anonymous = true
allow_publish_for_client = true
allow_publish_for_anonymous = true
{more}
"""


def roost_config(node, nodes, lanes, run):
    config = f"""
[node]
name = "node-{node}"
lanes = {lanes}
roles = ["gateway"{', "coordinator"' if node < run.coordinators else ""}]
[http]
listen = "127.0.0.1:{PORT + node}"
{run.lines.get("http", "")}
[websocket]
{run.lines.get("websocket", "")}
[internal]
listen = "127.0.0.1:{PORT + 100 + node}"
[api]
key = "{API_KEY}"
[admin]
key = "{ADMIN_KEY}"
[client]
allow_anonymous_connect_without_token = true
{run.lines.get("client", "")}
[client.token]
hmac_secret_key = "{TOKEN_SECRET}"
[log]
level = "warn"
[shutdown]
spread = "0s"
timeout = "1s"
"""
    if nodes > 1:
        data = run.folder / f"data-{node}"
        data.mkdir()
        addresses = [f"127.0.0.1:{PORT + 200 + i}" for i in range(run.coordinators)]
        config += f"""
[cluster]
name = "bench"
listen = "127.0.0.1:{PORT + 200 + node}"
coordinators = {json.dumps(addresses)}
secret = "for-benchmarks-only-cluster-secret"
data_dir = {json.dumps(str(data))}
{run.cluster}
"""
    history = 'history_size = 100\nhistory_ttl = "10m"\nforce_recovery = true'
    return (config + ROOST_NAMESPACE.format(name="load", more="")
            + ROOST_NAMESPACE.format(name="history", more=history) + run.more)


def roost_nodes_seen(port):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/info", b"{}", {"X-API-Key": API_KEY})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return len(json.load(answer)["result"]["nodes"])
    except (OSError, KeyError, ValueError):
        return 0


def start_roost(binary):
    def start(run, nodes, lanes):
        for node in range(nodes):
            file = _write(run.folder / f"node-{node}.toml",
                          roost_config(node, nodes, lanes, run))
            run.start(binary, "node", "--config", file)
            run.urls.append(f"ws://127.0.0.1:{PORT + node}")
        run.api = f"http://127.0.0.1:{PORT + 100}"
        end = time.monotonic() + 30
        for node in range(nodes):
            run.wait_for(PORT + node)
            while roost_nodes_seen(PORT + 100 + node) != nodes:
                run.check()
                if time.monotonic() > end:
                    raise Failed(f"node-{node} does not see {nodes} nodes")
                time.sleep(0.1)
    return start


def start_nats(run, nodes, lanes):
    for node in range(nodes):
        cluster = "" if nodes == 1 else f"""
cluster {{ name: bench, listen: "127.0.0.1:{PORT + 200 + node}",
  routes: ["nats://127.0.0.1:{PORT + 200}"] }}"""
        file = _write(run.folder / f"nats-{node}.conf", f"""
listen: "127.0.0.1:{PORT + 100 + node}"
server_name: "nats-{node}"
websocket {{ listen: "127.0.0.1:{PORT + node}", no_tls: true }}
max_connections: 200000
{cluster}
""")
        run.start("nats-server", "-c", file)
        run.urls.append(f"ws://127.0.0.1:{PORT + node}")
        run.wait_for(PORT + node)
    if nodes > 1:
        time.sleep(3)  # Routes are retried once a second.


def wait_for_children(parent, seconds=5):
    """Processes that `parent` has started, as soon as there is one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = []
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                after_name = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # It has ended meanwhile.
            if int(after_name[1]) == parent:
                found.append(int(stat.parent.name))
        if found:
            return found
        time.sleep(0.02)
    raise Failed(f"process {parent} starts no worker")


def start_nchan(run, nodes, lanes):
    file = _write(run.folder / "nginx.conf", f"""
daemon off;
user root;
pid {run.folder}/nginx.pid;
error_log {run.folder}/error.log warn;
worker_processes 1;
worker_rlimit_nofile 200000;
load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
events {{ worker_connections 100000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {run.folder}/body;
  proxy_temp_path {run.folder}/proxy;
  fastcgi_temp_path {run.folder}/fastcgi;
  uwsgi_temp_path {run.folder}/uwsgi;
  scgi_temp_path {run.folder}/scgi;
  nchan_shared_memory_size 512m;
  nchan_store_messages off;
  server {{
    listen 127.0.0.1:{PORT} backlog=4096;
    location ~ ^/sub/(.+)$ {{ nchan_subscriber websocket; nchan_channel_id $1; }}
    location ~ ^/pub/(.+)$ {{
      nchan_publisher http websocket; nchan_channel_id $1; {run.lines.get("nchan", "")}
    }}
    location ~ ^/pubsub/(.+)$ {{ nchan_pubsub websocket; nchan_channel_id $1; }}
  }}
}}
""")
    master = run.start("nginx", "-e", run.folder / "error.log", "-c", file,
                       counted=False)
    run.wait_for(PORT)
    run.urls.append(f"ws://127.0.0.1:{PORT}")
    run.api = f"http://127.0.0.1:{PORT}"
    run.pids += wait_for_children(master.pid)


def start_node(script):
    def start(run, nodes, lanes):
        redis = []
        if nodes > 1:
            redis = [PORT + 300]
            run.start("redis-server", "--port", redis[0], "--bind", "127.0.0.1",
                      "--save", "", "--dir", run.folder)
            run.wait_for(redis[0])
        for node in range(nodes):
            run.start("node", HERE / script, PORT + node, *redis)
            run.urls.append(f"ws://127.0.0.1:{PORT + node}")
        for node in range(nodes):
            run.wait_for(PORT + node)
    return start


def _first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0]


def _package(name):
    file = HERE / "node_modules" / name / "package.json"
    return json.loads(file.read_text())["version"]


def _debian(name):
    return _first_line("dpkg-query", "-W", "-f=${Version}", name)


def two_binaries(before, now):
    """Roost as it was, and as it is."""
    return [Server(name, name, ["--protocol", "roost"], start_roost(binary),
                   lambda: "", clusters=True)
            for name, binary in (("roost-before", before.resolve()), ("roost", now))]


def all_servers(binary, root, built_here):
    def roost_version():
        if not built_here:
            return f"{_first_line(str(binary), '--version')} (a binary that was given)"
        commit = _first_line("git", "-C", str(root), "describe", "--always", "--dirty")
        return f"{_first_line(str(binary), '--version')} ({commit})"

    def node_version(package):
        return lambda: (f"{_package(package)} on Node {_first_line('node', '--version')}, "
                        f"Redis {_debian('redis-server')} for two nodes")

    return [
        Server("roost", "Roost, JSON", ["--protocol", "roost"],
               start_roost(binary), roost_version, clusters=True),
        Server("roost-protobuf", "Roost, Protobuf",
               ["--protocol", "roost", "--format", "protobuf"],
               start_roost(binary), roost_version, clusters=True),
        Server("nats", "NATS over WebSocket", ["--protocol", "nats"],
               start_nats, lambda: _debian("nats-server"), clusters=True),
        Server("nchan", "Nchan", ["--protocol", "nchan"], start_nchan,
               lambda: f"{_debian('libnginx-mod-nchan')}, nginx {_debian('nginx')}"),
        Server("ws", "Node ws", ["--protocol", "raw"],
               start_node("ws-server.mjs"), node_version("ws"), clusters=True),
        Server("socketio", "Socket.IO", ["--protocol", "socketio"],
               start_node("socketio-server.mjs"), node_version("socket.io"),
               clusters=True),
    ]

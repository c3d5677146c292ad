"""Delays what leaves this network namespace, where the kernel has no netem.

    delay.py DEVICE TO MILLISECONDS JITTER

Packets for TO, an address range, are routed into a tunnel device whose other
end is this process. It holds each for MILLISECONDS, give or take JITTER, so that
they overtake each other, and sends it on through DEVICE. Ends with its standard
input, and leaves everything as it was.
"""

import fcntl
import heapq
import os
import random
import selectors
import socket
import struct
import subprocess
import sys
import time

TUNNEL = "delay0"
MARK = 77  # of packets that have had their delay
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
MOST_PACKETS = 20_000  # held at once; what comes on top is lost, as in a router


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def open_tunnel():
    tunnel = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    request = struct.pack("16sH22x", TUNNEL.encode(), IFF_TUN | IFF_NO_PI)
    fcntl.ioctl(tunnel, TUNSETIFF, request)
    return tunnel


def open_exit(device):
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    out.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    out.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
    return out


def forward(tunnel, out, delay, jitter):
    held = []  # (when, number, packet)
    number = 0
    events = selectors.DefaultSelector()
    events.register(tunnel, selectors.EVENT_READ)
    events.register(sys.stdin, selectors.EVENT_READ)
    while True:
        wait = max(0, held[0][0] - time.monotonic()) if held else None
        ready = [key.fileobj for key, _ in events.select(wait)]
        if sys.stdin in ready:
            return
        if tunnel in ready:
            packet = os.read(tunnel, 65_536)
            if packet[0] >> 4 == 4 and len(held) < MOST_PACKETS:
                due = time.monotonic() + max(0, delay + random.uniform(-jitter, jitter))
                number += 1
                heapq.heappush(held, (due, number, packet))
        while held and held[0][0] <= time.monotonic():
            packet = heapq.heappop(held)[2]
            try:
                out.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))
            except OSError:
                pass  # dropped by a rule, or nobody is there: as on a network


def main():
    device, to, delay, jitter = sys.argv[1:]
    tunnel = open_tunnel()
    source = subprocess.run(["ip", "-4", "-o", "addr", "show", "dev", device],
                            check=True, capture_output=True, text=True)
    address = source.stdout.split()[3].split("/")[0]
    ip("link", "set", TUNNEL, "up", "mtu", "1500")
    # Only what has had its delay takes the direct way.
    rule = ["not", "fwmark", str(MARK), "to", to, "table", str(MARK)]
    ip("route", "add", to, "dev", TUNNEL, "src", address, "table", str(MARK))
    ip("rule", "add", *rule)
    print("ready", flush=True)
    try:
        forward(tunnel, open_exit(device), float(delay) / 1000, float(jitter) / 1000)
    finally:
        ip("rule", "del", *rule)
        os.close(tunnel)  # and with it the device and its route


main()

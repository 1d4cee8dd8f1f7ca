"""The wires of the world: a LAN and an outside, joined by a router.

The world's first namespace is the router. Every other namespace hangs on one of
two bridges. Addresses are those set aside for documentation and private use.
"""

import ctypes
import os
import socket
import subprocess
import threading

LAN = "br-lan"        # 192.0.2.0/24, fd00:192::/64
OUTSIDE = "br-out"    # 203.0.113.0/24, 2001:db8:203::/64

ROUTER = {LAN: ("192.0.2.1", "fd00:192::1"),
          OUTSIDE: ("203.0.113.1", "2001:db8:203::1")}
NAME_SERVER = "192.0.2.53"

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def ip(*lines, netns=None):
    """Run a batch of ip(8) commands, all or an exception."""
    argv = ["ip"] + (["-n", netns] if netns else []) + ["-batch", "-"]
    done = subprocess.run(argv, input="\n".join(lines) + "\n", text=True,
                          capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"ip: {done.stderr.strip()} in\n" + "\n".join(lines))


def lay_cables():
    """Bring up both bridges and let the router forward between them."""
    ip("link set lo up")
    for bridge, (v4, v6) in ROUTER.items():
        ip(f"link add {bridge} type bridge forward_delay 0 mcast_snooping 0",
           f"address add {v4}/24 dev {bridge}",
           f"address add {v6}/64 dev {bridge} nodad",
           f"link set {bridge} up")
    ip(f"address add {NAME_SERVER}/24 dev {LAN}")
    for switch in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        with open(f"/proc/sys/net/{switch}", "w") as file:
            file.write("1")


def attach(name, bridge, addresses):
    """A new network namespace `name` on `bridge`, with `addresses`."""
    subprocess.run(["ip", "netns", "add", name], check=True)
    ip(f"link add v-{name} type veth peer name eth0 netns {name}",
       f"link set v-{name} master {bridge} up")
    v4, v6 = ROUTER[bridge]
    lines = ["link set lo up"]
    for address in addresses:
        lines.append(f"address add {address}/64 dev eth0 nodad" if ":" in address
                     else f"address add {address}/24 dev eth0")
    lines += ["link set eth0 up",
              f"route add default via {v4}",
              f"-6 route add default via {v6}"]
    # `-6` is an option of ip itself, which a batch line cannot carry.
    ip(*[line for line in lines if not line.startswith("-6")], netns=name)
    subprocess.run(["ip", "-6", "-n", name, "route", "add", "default", "via", v6],
                   check=True)


def within(namespace, action):
    """within_file() for a namespace of the world by its name."""
    return within_file(f"/run/netns/{namespace}", action)


def within_file(path, action):
    """Run `action` on a thread that stands in the network of `path`; its result.

    A socket belongs for ever to the namespace it was made in, so what the
    action opens can be used by any thread afterwards.
    """
    outcome = {}

    def run():
        try:
            handle = os.open(path, os.O_RDONLY)
            try:
                if libc.setns(handle, CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), f"setns {path}")
            finally:
                os.close(handle)
            outcome["value"] = action()
        except BaseException as problem:  # handed to the caller below
            outcome["problem"] = problem

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if "problem" in outcome:
        raise outcome["problem"]
    return outcome["value"]


class Door:
    """A place a client stands in: a namespace, and the address it comes from."""

    def __init__(self, namespace, address):
        self.namespace = namespace
        self.address = address

    def at(self, address):
        """The same place, coming from another of its addresses."""
        return Door(self.namespace, address)

    def connect(self, host, port, timeout=30):
        source = self.address if (":" in self.address) == (":" in host) else None
        return within(self.namespace, lambda: socket.create_connection(
            (host, port), timeout, (source, 0) if source else None))

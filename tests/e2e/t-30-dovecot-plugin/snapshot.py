"""Writes login policy snapshots from the description of the format alone, so that
the modules are tested against the description and not against our own writer.
"""

import ipaddress
import struct

ALLOW, OFF, LAN = 0, 1, 2
PROTOCOLS = ("imap", "pop3", "sieve", "smtp")
WORD = 2 ** 64 - 1


class Policy:
    """What one account may; everything not named is allowed."""

    def __init__(self, imap=ALLOW, pop3=ALLOW, sieve=ALLOW, smtp=ALLOW, forwarding=True):
        self.access = (imap, pop3, sieve, smtp)
        self.forwarding = forwarding

    def bits(self):
        packed = sum(access << (2 * at) for at, access in enumerate(self.access))
        return packed | (0 if self.forwarding else 0x100)


def checksum(data):
    value = 0xcbf29ce484222325
    for at in range(0, len(data), 8):
        word = int.from_bytes(data[at:at + 8], "little")
        value = (value ^ word) * 0x100000001b3 & WORD
        value ^= value >> 32
    return value


def network(text):
    net = ipaddress.ip_network(text)
    if net.version == 4:
        packed = b"\0" * 10 + b"\xff\xff" + net.network_address.packed
        return packed + struct.pack("<I", 96 + net.prefixlen)
    return net.network_address.packed + struct.pack("<I", net.prefixlen)


def encode(users, lan=(), fallback=Policy()):
    """`users`: name -> Policy. The bytes of a snapshot."""
    ordered = sorted((name.encode(), policy) for name, policy in users.items())
    names = b"".join(name for name, _ in ordered)
    index, offset = b"", 0
    for name, policy in ordered:
        index += struct.pack("<IHH", offset, len(name), policy.bits())
        offset += len(name)
    body = struct.pack("<IIIHH", len(ordered), len(lan), len(names), fallback.bits(), 0)
    body += b"".join(map(network, lan)) + index + names
    head = struct.pack("<8sIIQQ", b"MRLOGIN\x1a", 1, 0, 32 + len(body), checksum(body))
    return head + body

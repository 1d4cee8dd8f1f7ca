"""A name server in trouble, 192.0.2.54: what a question is answered with says its zone.

    good.test       the truth
    truncated.test  over UDP "too long", over TCP the truth
    cut.test        over UDP "too long", over TCP nothing
    slow.test       the truth, after a while
    servfail.test   SERVFAIL
    nonsense.test   bytes that are no DNS message
    drop.test       nothing

The truth of each zone: SPF allows 203.0.113.10 alone, and DMARC asks to reject.
Every other name does not exist. While `dead` is set, nothing at all is answered.
"""

import socket
import struct
import threading
import time

from . import network

ADDRESS = "192.0.2.54"
SLOW = 0.2  # Seconds, for each question.

TXT = 16
SERVFAIL, NXDOMAIN = 2, 3
ZONES = ("good", "truncated", "cut", "slow", "servfail", "nonsense", "drop")


def _name_of(question):
    """(labels, the bytes of name, type and class) of the first question."""
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode("ascii", "replace").lower())
        at += 1 + question[at]
    return labels, question[12:at + 5]


def _reply(question, echo, flags, texts=()):
    head = question[:2] + struct.pack("!HHHHH", 0x8180 | flags, 1, len(texts), 0, 0)
    records = b"".join(
        b"\xc0\x0c" + struct.pack("!HHIH", TXT, 1, 1, len(text) + 1)
        + bytes([len(text)]) + text.encode() for text in texts)
    return head + echo + records


def _truth(labels, kind):
    if kind != TXT:
        return ()
    if labels[0] == "_dmarc":
        return ("v=DMARC1; p=reject",)
    return ("v=spf1 ip4:203.0.113.10 -all",)


class TroubledNameServer:
    def __init__(self):
        self.dead = False
        self.dropped = set()  # Names asked for that got no answer.
        network.ip(f"address add {ADDRESS}/24 dev {network.LAN}")
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((ADDRESS, 53))
        self._tcp = socket.create_server((ADDRESS, 53))
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def _serve_udp(self):
        while True:
            question, client = self._udp.recvfrom(4096)
            threading.Thread(target=self._answer_datagram, args=(question, client),
                             daemon=True).start()

    def _answer_datagram(self, question, client):
        reply = self._answer(question, tcp=False)
        if reply is not None:
            self._udp.sendto(reply, client)

    def _serve_tcp(self):
        while True:
            wire, _ = self._tcp.accept()
            threading.Thread(target=self._answer_stream, args=(wire,), daemon=True).start()

    def _answer_stream(self, wire):
        with wire, wire.makefile("rb") as stream:
            while size := stream.read(2):
                reply = self._answer(stream.read(struct.unpack("!H", size)[0]), tcp=True)
                if reply is None:
                    time.sleep(60)  # The line stays open and nobody speaks.
                    return
                wire.sendall(struct.pack("!H", len(reply)) + reply)

    def _answer(self, question, tcp):
        """The bytes to send; None to be silent."""
        if self.dead:
            return None
        labels, echo = _name_of(question)
        zone = labels[-2] if labels[-1:] == ["test"] and len(labels) > 1 else ""
        if zone not in ZONES:
            return _reply(question, echo, NXDOMAIN)
        if zone == "drop" or (zone == "cut" and tcp):
            self.dropped.add(".".join(labels))
            return None
        if zone == "servfail":
            return _reply(question, echo, SERVFAIL)
        if zone == "nonsense":
            return question[:2] + b"nonsense"
        if zone in ("truncated", "cut") and not tcp:
            return _reply(question, echo, 0x0200)
        if zone == "slow":
            time.sleep(SLOW)
        return _reply(question, echo, 0, _truth(labels, struct.unpack("!H", echo[-4:-2])[0]))

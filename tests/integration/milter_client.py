"""Speaks the milter protocol (version 6) as Postfix does: the other end of libmilter.

It waits for a reply only where the filter said that it would give one, so a filter
that breaks its word hangs the test instead of passing it.
"""

import socket
import struct

# Steps without a reply, by command: SMFIP_NR_*.
NO_REPLY = {"C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "T": 0x10000,
            "L": 0x80, "N": 0x40000, "B": 0x80000}
# Steps that are not sent at all: SMFIP_NO*.
LEFT_OUT = {"C": 0x1, "H": 0x2, "M": 0x4, "R": 0x8, "B": 0x10, "L": 0x20, "N": 0x40,
            "T": 0x200}
CHUNK = 65535
FINAL = set(b"adrtycs")


class Answer:
    """What the filter said to one step, and what it changed before."""

    def __init__(self):
        self.verdict = None  # "c", "a", "d", "r", "t", or "y" with `text`
        self.text = ""
        self.added = []       # (recipient, parameters)
        self.removed = []
        self.headers = []     # (what, occurrence, name, value)
        self.body = None
        self.progress = 0

    def take(self, kind, data):
        if kind == b"+":
            self.added.append((text(data[:-1]), ""))
        elif kind == b"2":
            parts = data.split(b"\0")
            self.added.append((text(parts[0]), text(parts[1])))
        elif kind == b"-":
            self.removed.append(text(data[:-1]))
        elif kind == b"h":
            name, value = data.split(b"\0")[:2]
            self.headers.append(("add", 0, text(name), text(value)))
        elif kind in b"mi":
            index = struct.unpack("!I", data[:4])[0]
            name, value = data[4:].split(b"\0")[:2]
            self.headers.append((text(kind), index, text(name), text(value)))
        elif kind == b"b":
            self.body = (self.body or b"") + data
        elif kind == b"p":
            self.progress += 1
        else:
            raise AssertionError(f"unexpected reply {kind} {data[:80]}")


def text(data):
    return data.decode("utf-8", "surrogateescape")


class Milter:
    def __init__(self, path, timeout=30, actions=0x1FF, steps=0x1FFFFF):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.send("O", struct.pack("!III", 6, actions, steps))
        kind, data = self.receive()
        assert kind == b"O", (kind, data)
        self.version, self.actions, self.steps = struct.unpack("!III", data[:12])
        self.macros = {}
        rest = data[12:]
        while rest:
            stage = struct.unpack("!I", rest[:4])[0]
            end = rest.index(b"\0", 4)
            self.macros[stage] = text(rest[4:end])
            rest = rest[end + 1:]

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, command, data=b""):
        self.socket.sendall(struct.pack("!I", len(data) + 1) + command.encode() + data)

    def exactly(self, count):
        out = b""
        while len(out) < count:
            more = self.socket.recv(count - len(out))
            if not more:
                raise EOFError("the filter hung up")
            out += more
        return out

    def receive(self):
        size = struct.unpack("!I", self.exactly(4))[0]
        return self.exactly(1), self.exactly(size - 1)

    def answer(self):
        answer = Answer()
        while True:
            kind, data = self.receive()
            if kind[0] in FINAL:
                answer.verdict = text(kind)
                answer.text = text(data[:-1]) if kind == b"y" else ""
                return answer
            answer.take(kind, data)

    def step(self, command, data=b"", macros=None):
        """One step as Postfix makes it: left out, sent, or sent and waited for."""
        if self.steps & LEFT_OUT.get(command, 0):
            return None
        if macros:
            pairs = b"".join(f"{k}\0{v}\0".encode() for k, v in macros.items())
            self.send("D", command.encode() + pairs)
        self.send(command, data)
        if self.steps & NO_REPLY.get(command, 0):
            return None
        return self.answer()

    def connect(self, address="203.0.113.9", name="client.example"):
        family = b"6" if ":" in address else b"4"
        if family == b"6":
            address = "IPv6:" + address
        self.step("C", name.encode() + b"\0" + family + struct.pack("!H", 1234)
                  + address.encode() + b"\0", {"{daemon_name}": "mail.example.com"})
        self.step("H", name.encode() + b"\0")

    def envelope(self, sender, recipients, login="", parameters=()):
        arguments = [f"<{sender}>", *parameters]
        self.step("M", "\0".join(arguments).encode() + b"\0",
                  {"{auth_authen}": login} if login else None)
        for recipient in recipients:
            self.step("R", f"<{recipient}>".encode() + b"\0", {"i": "4ABCDE"})

    def data(self):
        return self.step("T", b"", {"i": "4ABCDE"})

    def header(self, name, value):
        def raw(part):
            return part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        self.step("L", raw(name) + b"\0" + raw(value) + b"\0")

    def content(self, headers, body):
        for name, value in headers:
            self.header(name, value)
        self.step("N")
        for start in range(0, len(body), CHUNK):
            self.step("B", body[start:start + CHUNK])

    def end(self):
        return self.step("E", b"", {"i": "4ABCDE"})

    def abort(self):
        self.send("A")

    def quit(self):
        self.send("Q")

    def message(self, sender="a@example.com", recipients=("x@o.example",), login="",
                parameters=(), headers=(("Subject", " Hello"),), body=b"Hello.\r\n"):
        """A whole message; the answer that ended it."""
        self.envelope(sender, recipients, login, parameters)
        answer = self.data()
        if answer is not None and answer.verdict != "c":
            return answer
        self.content(headers, body)
        return self.end()

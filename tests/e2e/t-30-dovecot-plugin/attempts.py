"""One attempt to log in, by any of our protocols and mechanisms, as a wire dialogue.

The libraries' own login calls hide the words of a refusal or do not know SCRAM,
so the four protocols' ways to carry SASL are spoken here.
"""

import base64
import re
import threading
import time

from scram import Scram

SECONDS = 60


class Outcome:
    """How one attempt ended: granted or not, the server's last words, how long it took."""

    def __init__(self, granted, words, seconds):
        self.granted = granted
        self.words = words
        self.seconds = seconds

    def __repr__(self):
        return f"{'granted' if self.granted else 'refused'}: {self.words}"


def answers(mechanism, user, password):
    """The client's messages, one for each challenge."""
    if mechanism == "PLAIN":
        return [lambda _: f"\0{user}\0{password}".encode()]
    if mechanism == "LOGIN":
        return [lambda _: user.encode(), lambda _: password.encode()]
    return Scram(user, password).answers()


class Wire:
    """Lines over TLS; the server's certificate is checked."""

    def __init__(self, world, door, host, port):
        self.trust = world.trust
        self.socket = door.connect(host, port, SECONDS)
        self.file = self.socket.makefile("rwb")

    def secure(self):
        self.socket = self.trust.wrap_socket(self.socket, server_hostname="mail.example.com")
        self.file = self.socket.makefile("rwb")

    def say(self, text):
        self.file.write(text.encode() + b"\r\n")
        self.file.flush()

    def hear(self):
        line = self.file.readline().decode("utf-8", "replace")
        if not line:
            raise EOFError("the server closed the connection")
        return line.rstrip("\r\n")

    def hear_until(self, pattern):
        while True:
            line = self.hear()
            if re.match(pattern, line):
                return line

    def close(self):
        self.file.close()
        self.socket.close()


def dialogue(wire, replies, challenge, ending):
    """Answer each challenge until the ending; the last line."""
    replies = list(replies)
    while True:
        line = wire.hear()
        if re.match(ending, line):
            return line
        found = re.match(challenge, line)
        if found:
            reply = replies.pop(0)(base64.b64decode(found.group(1)))
            wire.say(base64.b64encode(reply).decode())


def imap(wire, mechanism, replies):
    wire.secure()
    wire.hear()
    wire.say(f"a AUTHENTICATE {mechanism}")
    line = dialogue(wire, replies, r"\+ ?(\S*)$", r"a ")
    return line.startswith("a OK"), line[2:]


def pop3(wire, mechanism, replies):
    wire.secure()
    wire.hear()
    wire.say(f"AUTH {mechanism}")
    line = dialogue(wire, replies, r"\+ ?(\S*)$", r"\+OK|-ERR")
    return line.startswith("+OK"), line


def smtp(wire, mechanism, replies):
    wire.hear()
    wire.say("EHLO client.test")
    wire.hear_until(r"250 ")
    wire.say("STARTTLS")
    wire.hear()
    wire.secure()
    wire.say("EHLO client.test")
    wire.hear_until(r"250 ")
    wire.say(f"AUTH {mechanism}")
    line = dialogue(wire, replies, r"334 ?(\S*)$", r"(?!334)\d{3} ")
    return line.startswith("235"), line


def sieve(wire, mechanism, replies):
    """ManageSieve; its client speaks first, and strings are quoted or counted."""
    wire.hear_until(r"OK")
    wire.say("STARTTLS")
    wire.hear_until(r"OK")
    wire.secure()
    wire.hear_until(r"OK")
    replies = list(replies)
    initial = ""
    if mechanism != "LOGIN":
        initial = f' "{base64.b64encode(replies.pop(0)(b"")).decode()}"'
    wire.say(f'AUTHENTICATE "{mechanism}"{initial}')
    while True:
        line = wire.hear()
        if re.match(r"OK|NO|BYE", line):
            counted = re.search(r"\{(\d+)\}$", line)
            return line.startswith("OK"), line + (wire.hear() if counted else "")
        quoted = re.match(r'"(\S*)"$', line)
        challenge = quoted.group(1) if quoted else wire.hear()
        reply = replies.pop(0)(base64.b64decode(challenge))
        wire.say(f'"{base64.b64encode(reply).decode()}"')


SPEAK = {"imap": (993, imap), "pop3": (995, pop3), "smtp": (587, smtp), "sieve": (4190, sieve)}
V4, V6 = "192.0.2.25", "fd00:192::25"


def attempt(world, protocol, mechanism, user, password, door):
    """One attempt from `door`; IPv6 if its address is."""
    port, speak = SPEAK[protocol]
    wire = Wire(world, door, V6 if ":" in door.address else V4, port)
    begun = time.monotonic()
    try:
        granted, words = speak(wire, mechanism, answers(mechanism, user, password))
    finally:
        wire.close()
    return Outcome(granted, words, time.monotonic() - begun)


def all_at_once(jobs):
    """Run every job (a function) on a thread of its own; their results in order.

    Failed logins are delayed by seconds each: one after the other would take minutes.
    """
    results = [None] * len(jobs)

    def run(at):
        try:
            results[at] = jobs[at]()
        except Exception as problem:  # shown by the check that expects an outcome
            results[at] = Outcome(None, repr(problem), 0)

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results

"""The snapshot's life: replaced, spoilt, cut, gone; and clients without an address."""

import base64
import os
import re
import socket

import server
import snapshot
from attempts import attempt
from forwards import address, outside, went_out
from lab import check, compose, contains, wait_for
from logins import LAN_ONLY, OFF, RIGHT
from snapshot import Policy

LATER = "Logging in is not possible at the moment. Please try again later."
FREE = "free@example.com"


def login(world, user=FREE, protocol="imap"):
    return attempt(world, protocol, "PLAIN", user, RIGHT, world.lan)


def times_logged(world, text):
    return world.mail_log().count(text)


def logged_once_more(world, label, text, before):
    """What a login made Dovecot say arrives in the log a little later than the answer."""
    wait_for(lambda: times_logged(world, text) > before, 10, f"'{text}' in the log")
    check(f"{label}: the log says so once", times_logged(world, text) - before, 1)


def replaced(world, policies, lan):
    server.policies(world, policies | {FREE: Policy(imap=snapshot.OFF)}, lan=lan)
    outcome = login(world)
    check("a replaced snapshot holds for the next login", outcome.words, OFF["imap"])
    server.policies(world, policies, lan=lan)
    check("and the next one, too", login(world).granted)
    wait_for(lambda: re.search(r"mailreeve\(free@example.com,192\.0\.2\.10,<\S+>\): "
                               "Login refused: imap: turned off by policy", world.mail_log()),
             10, "the account, where from, and why in the log")


def spoilt(world, policies, lan):
    for label, bytes_, words in (
            ("garbage", b"x" * 300, "is not a login policy snapshot"),
            ("half a snapshot", snapshot.encode(policies, lan=lan)[:-9],
             "has another length than it says"),
            ("nothing", b"", "is empty")):
        before = times_logged(world, words)
        server.store(world, bytes_)
        check(f"{label} in its place: who may log in still may",
              [login(world).granted for _ in range(3)], [True] * 3)
        check(f"{label}: and who may not still may not",
              login(world, "off@example.com").words, OFF["imap"])
        logged_once_more(world, label, words, before)
    os.remove(world.mail.path(server.SNAPSHOT))
    check("no file at all: the same", (login(world).granted,
                                       login(world, "off@example.com").words), (True, OFF["imap"]))
    logged_once_more(world, "no file at all", "No such file or directory): the last good", 0)
    server.policies(world, policies, lan=lan)
    check("a good one heals it", login(world).granted)


def cut_in_place(world, policies, lan):
    """Against the rule, but the auth process must survive it."""
    with open(world.mail.path(server.SNAPSHOT), "r+b") as file:
        file.truncate(10)
    contains("a snapshot cut in place is not touched again, and nobody is let in",
             login(world).words, LATER)
    server.policies(world, policies, lan=lan)
    check("until there is a good one", login(world).granted)


def never_seen(world, policies, lan):
    world.mail.stop_dovecot()
    os.remove(world.mail.path(server.SNAPSHOT))
    world.mail.start_dovecot()
    world.mail.run("postfix", "reload")
    world.mail.wait_listening(993, 995, 4190)
    for protocol in ("imap", "pop3", "sieve", "smtp"):
        outcome = login(world, protocol=protocol)
        check(f"{protocol}: without any snapshot nobody is let in", outcome.granted, False)
        contains(f"{protocol}: and reads that it will pass", outcome.words, LATER)
        check(f"{protocol}: at once", outcome.seconds < 1.5)
    world.wait_for_log("there is no other to use")
    done = world.mail.run("doveadm", "auth", "lookup", FREE, check=False)
    contains("asking for an account is no login", done.said, "passdb: free@example.com")
    forwarded = len(world.far.mailbox(outside("plain")))
    world.send(compose("nobody knows", to=address("plain")), to=address("plain"))
    world.wait_for_log("status=deferred (host mail.example.com[private/dovecot-lmtp] said: "
                       "451 4.2.0 <plain@example.com> Execution of Sieve filters was aborted")
    check("a script that would forward waits with its message",
          "plain@example.com" in world.mail.run("postqueue", "-p").out)

    server.policies(world, policies, lan=lan)
    check("the first snapshot opens the doors", login(world).granted)
    world.mail.run("postqueue", "-f")
    went_out(world, "plain", forwarded + 1)
    check("and the message is forwarded after all", True)


def ask_auth(world, user, *fields):
    """Speak to Dovecot's auth process as an SMTP server would; its verdict."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(20)
        wire.connect(world.mail.path("/var/spool/postfix/private/auth"))
        file = wire.makefile("rw")
        file.write(f"VERSION\t1\t1\nCPID\t{os.getpid()}\n")
        file.flush()
        while not file.readline().startswith("DONE"):
            pass
        proof = base64.b64encode(f"\0{user}\0{RIGHT}".encode()).decode()
        file.write("\t".join(["AUTH", "1", "PLAIN", "service=smtp", "nologin", *fields,
                              f"resp={proof}"]) + "\n")
        file.flush()
        return file.readline().rstrip("\n")


def addresses(world):
    """LAN only, as an SMTP server that says more or less about its client."""
    user = "lan@example.com"
    words = LAN_ONLY["smtp"].partition("failed: ")[2]
    for label, fields, granted in (
            ("a client on the LAN", ["rip=192.0.2.10"], True),
            ("the same, its address mapped into IPv6", ["rip=::ffff:192.0.2.10"], True),
            ("a client outside", ["rip=203.0.113.10"], False),
            ("the same, mapped into IPv6", ["rip=::ffff:203.0.113.10"], False),
            ("a client whose address is not told", [], False)):
        verdict = ask_auth(world, user, *fields)
        check(f"LAN only: {label} is {'let in' if granted else 'refused'}",
              verdict.split("\t")[0], "OK" if granted else "FAIL")
        if not granted:
            contains("and is told why", verdict, words)
    for words in ("and the client is outside it", "and the client's address is not known"):
        world.wait_for_log(words)


def story(world, policies, lan):
    replaced(world, policies, lan)
    addresses(world)
    spoilt(world, policies, lan)
    cut_in_place(world, policies, lan)
    never_seen(world, policies, lan)

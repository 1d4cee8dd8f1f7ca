"""Postscreen: who speaks before the greeting is refused, so is who has too many
points on DNS lists; good lists take points away, and the allow list opens the door, for
as long as its entries hold.
"""

import datetime
import json

from lab import check, compose, contains, lacks, wait_for

SETTINGS = """
postscreen:
  enabled: true
  greet_wait_seconds: 2
  threshold: 3
  dns_lists:
    - {zone: bad.test, answer: "127.0.0.[2..11]", score: 3}
    - {zone: worse.test, score: 2}
    - {zone: good.test, score: -2}
lists:
  allow:
    - {name: partner, ip: 203.0.113.15}
    - {name: partners, network: 203.0.113.16/32}
  block:
    - {name: pest, ip: 203.0.113.17}
    - {name: silent pest, ip: 203.0.113.18, action: discard}
"""

BY_SENDER = SETTINGS.replace(
    "  block:", "    - {name: friend, sender: friend@outside.test}\n  block:")

MAIL = ("192.0.2.25", 25)


def story(world):
    for host, zone, answer in ((11, "bad.test", "127.0.0.4"), (12, "worse.test", "127.0.0.2"),
                               (13, "bad.test", "127.0.0.4"), (13, "good.test", "127.0.0.2"),
                               (14, "bad.test", "127.0.0.99"), (15, "bad.test", "127.0.0.2"),
                               (16, "bad.test", "127.0.0.2")):
        world.names.add(f"{host}.113.0.203.{zone}. A {answer}")
    world.govern(SETTINGS)
    patience(world)
    dns_lists(world)
    allow_and_block(world)
    allow_by_sender(world)
    expiry(world)
    our_own_users(world)
    switched_off(world)


def send(world, label, host, sender="someone@outside.test"):
    return world.send(compose(label), sender, door=world.wan.at(f"203.0.113.{host}"))


def taken(world, label, host, sender="someone@outside.test"):
    check(f"taken: {label}", send(world, label, host, sender).code, 250)
    world.wait_for_mail("alice@example.com", label)


def refused(world, label, host, *words, sender="someone@outside.test"):
    answer = send(world, label, host, sender)
    check(f"refused: {label}", (answer.stage, answer.code), ("rcpt", 550))
    contains("by postscreen", world.mail_log(), f"NOQUEUE: reject: RCPT from [203.0.113.{host}]",
             *words)


def patience(world):
    taken(world, "who waits for the greeting", 10)
    wire = world.wan.at("203.0.113.19").connect(*MAIL)
    try:
        wire.sendall(b"EHLO client.outside.test\r\n")
        world.wait_for_log("PREGREET")
        heard = b""
        while b"\r\n250 " not in heard:  # To what was said too early.
            heard += wire.recv(1000)
        wire.sendall(b"MAIL FROM:<a@outside.test>\r\n")
        wait_for(lambda: wire.recv(1000), 10, "an answer to MAIL")
        wire.sendall(b"RCPT TO:<alice@example.com>\r\n")
        said = wire.recv(1000)
        while b"550" not in said and said:
            said = wire.recv(1000)
        contains("who does not is refused", said, b"550")
    finally:
        wire.close()


def dns_lists(world):
    refused(world, "three points are too many", 11, "blocked using bad.test")
    contains("explain knows", world.mgmtctl(
        "explain", "--client", "203.0.113.11", "--from", "someone@outside.test",
        "--rcpt", "alice@example.com").out, "bad.test (3): 3 of 3 points",
        "Answer:    550 5.7.1")
    taken(world, "two points are not", 12)
    taken(world, "a good list takes two of three away", 13)
    taken(world, "an answer that does not count", 14)


def allow_and_block(world):
    taken(world, "listed as bad, but allowed by address", 15)
    taken(world, "listed as bad, but allowed by network", 16)
    log = world.mail_log()
    contains("postscreen let them in by the list", log, "ALLOWLISTED [203.0.113.15]",
             "ALLOWLISTED [203.0.113.16]")
    refused(world, "a blocked address", 17, "DENYLISTED [203.0.113.17]")
    check("who is to be discarded hears nothing of it", send(world, "hush", 18).code, 250)
    lacks("from postscreen neither", world.mail_log(), "DENYLISTED [203.0.113.18]")


def allow_by_sender(world):
    """An allow entry that postscreen cannot see must win all the same."""
    world.configure(BY_SENDER)
    world.apply()
    taken(world, "a friend on a blocked address", 17, "friend@outside.test")
    answer = send(world, "a stranger there", 17)
    check("a stranger there is refused by policyd", (answer.code, answer.enhanced),
          (550, "5.7.1"))


def guest_until(days):
    """Whom bad.test lists, allowed until so many days from now."""
    last = datetime.date.today() + datetime.timedelta(days=days)
    return SETTINGS.replace(
        "  block:", f"    - {{name: guest, ip: 203.0.113.11, expires: {last}}}\n  block:")


def expiry(world):
    table = "/var/lib/mailreeve/expiring_clients.cidr"
    world.configure(guest_until(0))
    world.apply()
    taken(world, "allowed until tonight", 11)
    of_yesterday = world.mail.read(table)
    world.configure(guest_until(-1))
    world.apply()
    refused(world, "allowed until last night", 11, "blocked using bad.test")

    world.write(table, of_yesterday)  # As if that night were just over.
    world.mail.run("postfix", "reload")
    taken(world, "whom postscreen still knows", 11)
    check("the job takes him away", json.loads(world.mgmtctl(
        "job", "run", "lists-expiry", "--json").out)["outcome"], "done")
    refused(world, "no longer", 11, "blocked using bad.test")
    check("once", world.mgmtctl("job", "run", "lists-expiry").code, 0)


def our_own_users(world):
    answer = world.submit(compose("mine", sender="alice@example.com"), "alice@example.com",
                          "bob@example.com")
    check("submission is not behind postscreen", answer.code, 250)


def switched_off(world):
    world.configure("")
    world.apply()
    taken(world, "without postscreen nobody asks the lists", 11)

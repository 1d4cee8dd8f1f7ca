"""What each kind of allow entry skips, cell by cell, through postscreen, policyd and
milterd: what the table leaves empty still refuses, and a virus is still found by clamd.
Entries with proof hold where it is had; an entry for one recipient helps no other.
"""

import json
import re

from lab import check, compose, contains, lacks, wait_for
from lab.antivirus import Clamd, virus
from lab.signers import Key

SETTINGS = """
postscreen:
  enabled: true
  greet_wait_seconds: 1
  threshold: 1
  dns_lists: [{zone: bad.test}]
restrictions: {reject_unknown_helo: true, max_unknown_recipients: 1}
greylisting:
  enabled: true
  default_action: allow
  rules:
    - {name: one address, ip: 203.0.113.11, action: greylist}
    - {name: another, ip: 203.0.113.12, action: greylist}
    - {name: anybody, ip: 203.0.113.15, action: greylist}
antivirus: {engine: clamav, action: deliver, clamd: {manage: true}}
authentication_checks:
  dkim: {failure: reject}
lists:
  allow:
    - {name: by ip, ip: 203.0.113.11}
    - {name: by network, network: 203.0.113.12/32}
    - {name: by sender, sender: friend@strict.test}
    - {name: by recipient, recipient: open@example.com}
    - {name: by domain, domain: trusted.test}
    - {name: proven by spf, domain: bank.test, proof: spf}
    - {name: proven by dkim, domain: signed.test, proof: dkim}
    - {name: proven by dmarc, sender: news@shop.test, proof: dmarc}
  block:
    - {name: banks, sender: "*@bank.test"}
content_rules:
  enabled: true
  threshold: 5
  action: reject
  rules:
    - {name: word, pattern: rosebud, score: 6}
    - {name: press, target: recipient, pattern: open@example.com, score: -3}
"""

ALICE, OPEN = "alice@example.com", "open@example.com"

# How a message is made to fit an entry and no other: its host, sender, recipient.
# 16 is on the DNS list and 17 is not; 11 and 12 are. 11, 12 and 15 are greylisted;
# 14 has named recipients that do not exist.
FITS = {
    "by ip": (11, "someone@strict.test", ALICE),
    "by network": (12, "someone@strict.test", ALICE),
    "by sender": (17, "friend@strict.test", ALICE),
    "by recipient": (17, "someone@strict.test", OPEN),
    "by domain": (17, "someone@trusted.test", ALICE),
}

SPARES = {
    "by ip": "dnsbl, spf, antivirus, dkim, dmarc, restrictions",
    "by network": "dnsbl, spf, dkim, dmarc, restrictions",
    "by sender": "spf, antivirus, restrictions",
    "by recipient": "spf, antivirus, restrictions",
    "by domain": "spf, antivirus, dkim, dmarc, restrictions",
}

BAD_SIGNATURE = ("DKIM-Signature", "v=1; a=rsa-sha256; c=relaxed/relaxed; d=outside.test; "
                 "s=none; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA")


def story(world):
    for zone in ("strict.test", "trusted.test"):
        world.names.add(f"{zone}. MX 10 mx.outside.test.")
        world.names.add(f"{zone}. TXT \"v=spf1 -all\"")
        world.names.add(f"_dmarc.{zone}. TXT \"v=DMARC1; p=reject\"")
    world.names.add("bank.test. TXT \"v=spf1 ip4:203.0.113.17 -all\"")
    keys = {name: Key(name, "s1") for name in ("signed.test", "shop.test")}
    for name, key in keys.items():
        world.names.add(f"{name}. TXT \"v=spf1 -all\"")
        world.names.add(key.record())
    world.names.add("_dmarc.shop.test. TXT \"v=DMARC1; p=reject\"")
    for name in ("bank.test", *keys):
        world.names.add(f"{name}. MX 10 mx.outside.test.")
    for host in (11, 12, 16):
        world.names.add(f"{host}.113.0.203.bad.test. A 127.0.0.2")
    world.govern(SETTINGS, domain="aliases: [{name: open, to: [alice]}]\n")
    Clamd(world.mail).start()
    baseline(world)
    for entry in FITS:
        cells(world, entry)
    together(world)
    proof_by_spf(world)
    proof_in_the_message(world, keys)


def send(world, host, sender, to, hello="client.outside.test", **more):
    return deliver(world, host, sender, to, letter(**more), hello)


def letter(author="someone@outside.test", **more):
    return compose("a cell", sender=author, **more)


def deliver(world, host, sender, to, message, hello="client.outside.test"):
    return world.send(message, sender, to, door=world.wan.at(f"203.0.113.{host}"), hello=hello)


def baseline(world):
    """Without an allow entry each of the tests refuses."""
    world.names.add("client.outside.test. A 203.0.113.10")
    check("a sound message is taken", send(world, 17, "a@outside.test", ALICE).code, 250)
    answer = send(world, 16, "a@outside.test", ALICE)
    check("a client on the DNS list is refused", (answer.stage, answer.code), ("rcpt", 550))
    check("an unknown HELO name is refused",
          send(world, 17, "a@outside.test", ALICE, hello="mx.invented.test").stage, "rcpt")
    check("who must come again is told so",
          send(world, 15, "a@outside.test", ALICE).code, 450)
    check("who guesses recipients is refused", guess(world, 14, "a@outside.test").code, 550)
    answer = send(world, 14, "a@outside.test", ALICE)
    check("and all that comes from there", (answer.stage, answer.enhanced), ("rcpt", "5.7.1"))
    check("what SPF forbids is refused",
          send(world, 17, "someone@strict.test", ALICE).enhanced, "5.7.23")
    check("a bad signature is refused",
          send(world, 17, "a@outside.test", ALICE, headers=[BAD_SIGNATURE]).enhanced, "5.7.20")
    check("what DMARC forbids is refused",
          send(world, 17, "a@outside.test", ALICE, author="boss@strict.test").enhanced,
          "5.7.26")
    check("a virus is found", found(world, "a virus for everybody", 17, "a@outside.test",
                                    ALICE), True)


def guess(world, host, sender):
    return send(world, host, sender, "nobody@example.com")


def found(world, subject, *how):
    """Whether clamd has seen what is in a message with a virus, which arrives all the
    same, marked."""
    host, sender, to = how
    message = compose(subject, sender="someone@outside.test", attachment=("a.com", virus()))
    check(f"{subject}: taken", deliver(world, host, sender, to, message).code, 250)
    return b"X-Virus-Status: Infected" in world.wait_for_mail("alice@example.com", subject)


def cells(world, entry):
    host, sender, to = FITS[entry]
    skipped = SPARES[entry].split(", ")
    other = host if "dnsbl" in skipped else 16

    def cell(name, answer, which=""):
        check(f"{entry}: {name}{which} {'is skipped' if name in skipped else 'holds'}",
              answer.code == 250, name in skipped)

    cell("dnsbl", send(world, other, sender, to))
    restrictions(world, entry, cell)
    cell("spf", send(world, host, sender, to))
    cell("dkim", send(world, host, sender, to, headers=[BAD_SIGNATURE]))
    cell("dmarc", send(world, host, sender, to, author="boss@strict.test"))
    check(f"{entry}: antivirus {'is skipped' if 'antivirus' in skipped else 'holds'}",
          found(world, f"a virus, {entry}", host, sender, to), "antivirus" not in skipped)
    contains(f"{entry}: the trace says what milterd spares", trace(world, host, sender, to),
             f'entry "{entry}"', "spares " + SPARES[entry])


def restrictions(world, entry, cell):
    """Postfix's own, greylisting, and the block for unknown recipients: an entry by client
    is met from its client, the others from clients that would be refused."""
    host, sender, to = FITS[entry]
    by_client = host != 17
    cell("restrictions", send(world, host, sender, to, hello="mx.invented.test"))
    cell("restrictions", send(world, host if by_client else 15, sender, to), ", greylisting")
    if by_client:
        check(f"{entry}: a recipient that does not exist is refused all the same",
              guess(world, host, sender).enhanced, "5.1.1")
    cell("restrictions", send(world, host if by_client else 14, sender, to), ", guesses")


def trace(world, host, sender, *to):
    rcpt = [word for one in to for word in ("--rcpt", one)]
    run = json.loads(world.mgmtctl("explain", "--json", "--from", sender, *rcpt, "--client",
                                   f"203.0.113.{host}", check=False).out)
    return "\n".join(step["saw"] for step in run["steps"]
                     if step["where"] == "milterd" and step["step"] == "access_list")


def together(world):
    """An entry for one recipient weakens nobody else's protection."""
    sender = "someone@strict.test"
    answer = send(world, 17, sender, [OPEN, ALICE])
    check("a message to an open recipient and another is held to SPF", answer.enhanced,
          "5.7.23")
    why = "is not for all recipients: nothing is spared"
    code = re.search(r"reference (\w{8})", answer.text).group(1)
    wait_for(lambda: why in world.mgmtctl("trace", code, check=False).out, 20,
             "the trace to say why")
    said = trace(world, 17, sender, OPEN, ALICE)
    contains("so does explain", said, why)
    lacks("without sparing anything", said, "spares")
    both = trace(world, 12, sender, OPEN, ALICE)
    contains("what the entries have in common is spared", both,
             "spares dnsbl, spf, dkim, dmarc, restrictions")
    check("and no more", "antivirus" in both, False)
    check("nor is a virus for both", found(world, "a virus for both", 17, "a@outside.test",
                                           [OPEN, ALICE]), True)
    word = compose("rosebud", sender="someone@outside.test")
    check("a rule may speak for a recipient",
          deliver(world, 17, "a@outside.test", OPEN, word).code, 250)
    check("but not for who gets the same message",
          deliver(world, 17, "a@outside.test", [OPEN, ALICE], word).code, 554)


def proof_by_spf(world):
    check("a proven sender passes the block list",
          send(world, 17, "a@bank.test", ALICE).code, 250)
    answer = send(world, 18, "a@bank.test", ALICE)
    check("a forged one does not", (answer.stage, answer.enhanced), ("rcpt", "5.7.1"))
    world.wait_for_log("reject: block_list")
    world.names.add("named.test. TXT \"v=spf1 -all\"")
    world.names.add("named.test. A 203.0.113.18")
    answer = send(world, 17, "a@outside.test", ALICE, hello="named.test")
    check("who calls himself by another's name is refused",
          (answer.stage, answer.enhanced), ("data", "5.7.23"))
    check("unless he is proven by his sender",
          send(world, 17, "a@bank.test", ALICE, hello="named.test").code, 250)
    check("it is spared what its message alone would not pass",
          send(world, 17, "a@bank.test", ALICE, author="boss@strict.test").code, 250)


def proof_in_the_message(world, keys):
    """SPF waits for it: what is signed may come from anywhere."""
    for sender, zone, entry in (("a@signed.test", "signed.test", "proven by dkim"),
                                ("news@shop.test", "shop.test", "proven by dmarc")):
        plain = letter(author=sender)
        check(f"{entry}: taken, whoever sends it",
              deliver(world, 17, sender, ALICE, keys[zone].sign(plain)).code, 250)
        answer = deliver(world, 17, sender, ALICE, plain)
        check(f"{entry}: refused without its signature",
              (answer.stage, answer.code), ("data", 550))
        other = keys["signed.test" if zone == "shop.test" else "shop.test"]
        answer = deliver(world, 17, sender, ALICE, other.sign(plain))
        check(f"{entry}: refused with another's", answer.code, 550)
        check(f"{entry}: restrictions hold, which come before any proof",
              send(world, 17, sender, ALICE, hello="mx.invented.test").stage, "rcpt")
        check(f"{entry}: is counted where it is proven",
              wait_for(lambda name=entry: hits(world, name), 15, "a hit"), 1)


def hits(world, entry):
    rows = json.loads(world.mgmtctl("list", "search", entry, "--json").out)["entries"]
    return next(row["hits"] for row in rows if row["name"] == entry)

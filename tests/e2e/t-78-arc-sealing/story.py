"""ARC sealing: a bank with p=reject writes to an address of ours that leads outside; what
leaves again bears our seal, and the receiver's own verifier (dkimpy) believes it, even where
we changed the subject. A chain that holds is carried on; one that broke before us is put on
record once and then left alone.
"""

import re

from lab import check, compose, contains
from lab.signers import Key

FAR = "friend@outside.test"
DOMAIN = f"""
aliases:
  - {{name: away, to: [{FAR}]}}
"""
SETTINGS = """
authentication_checks:
  dmarc: {quarantine: mark}
  mark_subject: "[unproven]"
"""


def story(world):
    bank, forwarder = Key("bank.test", "s1"), Key("list.test", "arc")
    for key in (bank, forwarder):
        world.names.add(key.record())
    world.names.add('bank.test. TXT "v=spf1 ip4:203.0.113.10 -all"')
    world.names.add('_dmarc.bank.test. TXT "v=DMARC1; p=reject; sp=quarantine"')
    world.govern(SETTINGS, DOMAIN)
    without_a_key(world, bank)
    our_key(world)
    forwarded(world, bank)
    changed_here(world)
    chains(world, forwarder)
    what_stays(world, bank)


def our_key(world):
    world.mgmtctl("dkim", "create", "example.com", "--kind", "rsa", "--force")
    record = world.mgmtctl("dkim", "show", "example.com").out
    line = next(line for line in record.splitlines() if " TXT " in line)
    world.names.add(line.replace(" IN TXT ", " TXT ", 1))


def from_bank(subject, domain="bank.test"):
    return compose(subject, sender=f"Your Bank <alerts@{domain}>", to="away@example.com")


def away(world, message, subject):
    """What arrives outside, with the line ends it had on its way."""
    check(f"{subject}: taken", world.send(message, "bounce@list.test",
                                          "away@example.com").code, 250)
    raw = world.wait_for_mail_outside(FAR, subject)
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def verdict(world, raw):
    """dkimpy's word on the chain, asked at the far end."""
    said = world.far.run("arcverify", input=raw, check=False).said
    if "reported failure" in said:
        return "fail"
    found = re.search(r"cv=b'(\w+)'", said)
    return found.group(1) if found else said


def sets(raw):
    """The cv= of each seal, the newest first."""
    return re.findall(rb"(?im)^ARC-Seal:(?:[^\n]|\n[ \t])*?cv=(\w+)", raw)


def without_a_key(world, bank):
    raw = away(world, bank.sign(from_bank("too early")), "too early")
    check("without a key nothing is sealed", sets(raw), [])


def forwarded(world, bank):
    raw = away(world, bank.sign(from_bank("your account")), "your account")
    check("what the bank wrote leaves again with our seal", sets(raw), [b"none"])
    contains("which tells what we found", raw.replace(b"\r\n\t", b" ").replace(b"\r\n ", b" "),
             b"ARC-Authentication-Results: i=1; mail.example.com;",
             b"dmarc=pass header.from=bank.test", b"d=example.com")
    check("and dkimpy takes the chain", verdict(world, raw), "pass")
    check("no more when somebody changes the letter",
          verdict(world, raw.replace(b"Hello.", b"Hallo.")), "fail")
    done = world.far.run("dkimverify", input=raw, check=False)
    contains("the bank's own signature is whole as well", done.said.lower(), "signature ok")


def changed_here(world):
    raw = away(world, from_bank("win a prize", "mail.bank.test"), "[unproven] win a prize")
    contains("a subject that we changed is under the seal, with the reason",
             raw.replace(b"\r\n\t", b" ").replace(b"\r\n ", b" "),
             b"dmarc=fail header.from=mail.bank.test")
    check("and the chain holds", verdict(world, raw), "pass")


def chains(world, forwarder):
    def sealed(subject):
        return forwarder.seal(b"Authentication-Results: list.test; spf=pass\r\n"
                              + compose(subject, sender="friend@friend.test",
                                        to="away@example.com"), "list.test")

    raw = away(world, sealed("by a list"), "by a list")
    check("a chain that holds is carried on", sets(raw), [b"pass", b"none"])
    check("to the end", verdict(world, raw), "pass")
    broken = sealed("broken before us").replace(b"Hello.", b"Hallo.")
    raw = away(world, broken, "broken before us")
    check("one that broke before us is said to be broken", sets(raw), [b"fail", b"none"])
    check("which nobody takes", verdict(world, raw), "fail")
    again = raw[raw.index(b"ARC-Seal:"):].replace(b"broken before us", b"once more")
    raw = away(world, again, "once more")
    check("and said so once only", sets(raw), [b"fail", b"none"])


def what_stays(world, bank):
    message = bank.sign(from_bank("for Alice").replace(b"away@", b"alice@"))
    check("mail for a mailbox here", world.send(message).code, 250)
    raw = world.wait_for_mail("alice@example.com", "for Alice")
    check("needs no seal", sets(raw), [])
    world.write("/root/letter.eml", message.decode())
    said = world.mgmtctl("explain", "--applied", "--from", "alerts@bank.test", "--rcpt",
                         "away@example.com", "--client", "203.0.113.10",
                         "/root/letter.eml").out
    contains("explain shows the step and its reason", said, "arc_seal",
             "it may leave again")

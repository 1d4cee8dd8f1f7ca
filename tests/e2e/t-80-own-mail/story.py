"""Mail that this host itself writes: bounces, digests, notices, what programs hand to
sendmail, and what users' Sieve scripts answer and pass on. It leaves signed, or sealed; the
rules hold for programs; and a milterd that does not run never stops a bounce.
"""

import re
import time

from lab import check, compose, contains, lacks, wait_for
from lab.signers import Key

FAR = "friend@outside.test"
SETTINGS = """
spam:
  enabled: true
  action: quarantine
  server: 127.0.0.1:783
  filters: [{name: pest, sender: "pest@outside.test", verdict: spam}]
quarantine:
  link_base: https://mail.example.com
  digests: [{users: ["*@example.com"], every: hour}]
content_rules:
  enabled: true
  threshold: 1
  action: reject
  direction: outbound
  rules: [{name: project, pattern: blue falcon, score: 2}]
"""
DOMAIN = """
disclaimers: [{name: company, plain: "Words of the company."}]
aliases: [{name: away, to: [friend@outside.test]}]
"""


def story(world):
    world.govern(SETTINGS, DOMAIN)
    world.mgmtctl("dkim", "create", "example.com", "--kind", "rsa", "--force")
    shown = world.mgmtctl("dkim", "show", "example.com").out
    line = next(line for line in shown.splitlines() if " TXT " in line)
    world.names.add(line.replace(" IN TXT ", " TXT ", 1))
    a_bounce(world)
    a_digest(world)
    programs(world)
    scripts(world)
    without_milterd(world)


def on_the_wire(raw):
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def is_signed(world, what, raw):
    said = world.far.run("dkimverify", input=on_the_wire(raw), check=False).said.lower()
    contains(f"{what}: signed, and dkimpy verifies it", said, "signature ok")
    contains("by the domain", raw, b"d=example.com")


def bounced(world, subject):
    """Send to an address that the far end refuses; the report that goes out to FAR."""
    world.far.run("postconf", "smtpd_recipient_restrictions=check_recipient_access "
                  "inline:{nobody@outside.test=REJECT}")
    world.far.run("postfix", "reload")
    message = compose(subject, sender=FAR, to="away@example.com")
    world.configure(SETTINGS, DOMAIN.replace("to: [friend@", "to: [nobody@"))
    world.apply()
    check(f"{subject}: taken", world.send(message, FAR, "away@example.com").code, 250)
    return lambda: next((raw for raw in world.far.mailbox(FAR)
                         if b"Undelivered Mail" in raw and subject.encode() in raw), None)


def a_bounce(world):
    arrives = bounced(world, "to nobody")
    raw = wait_for(arrives, 30, "the bounce")
    contains("a bounce arrives outside", raw, b"MAILER-DAEMON@mail.example.com")
    is_signed(world, "the bounce", raw)
    lacks("and is otherwise as Postfix wrote it", raw, b"Words of the company")


def a_digest(world):
    check("pest: held", world.send(compose("an offer"), "pest@outside.test").code, 250)
    world.mail.run("python3", "-c", """
import sqlite3
db = sqlite3.connect("/var/lib/mailreeve/db/state.db", timeout=10)
db.execute("UPDATE quarantine_message SET received = received - 3600000")
db.commit()
""")
    world.mgmtctl("job", "run", "quarantine-digest")
    raw = world.wait_for_mail("alice@example.com", "1 new message", seconds=90)
    is_signed(world, "the digest", raw)


def handed(world, message, *argv):
    world.mail.run("sendmail", "-i", *argv, input=message)


def programs(world):
    handed(world, compose("nightly report", sender="root@mail.example.com", to=FAR), FAR)
    raw = world.wait_for_mail_outside(FAR, "nightly report")
    is_signed(world, "what a program hands to sendmail", raw)
    handed(world, compose("for sale", sender="alice@example.com", to=FAR),
           "-f", "alice@example.com", FAR)
    contains("the rules of the domain hold for it",
             world.wait_for_mail_outside(FAR, "for sale"), b"Words of the company")
    by_loopback(world, compose("from the shop", sender="alice@example.com", to=FAR))
    raw = world.wait_for_mail_outside(FAR, "from the shop")
    is_signed(world, "what a program says to port 25 of loopback", raw)
    contains("and the same rules", raw, b"Words of the company")
    handed(world, compose("secret", "About the blue falcon.\n", sender="alice@example.com",
                          to=FAR), "-f", "alice@example.com", FAR)
    raw = world.wait_for_mail("alice@example.com", "Undelivered Mail")
    contains("what they forbid comes back", raw, b"secret")
    handed(world, compose("as a notice", "About the blue falcon.\n",
                          sender="postmaster@example.com", to=FAR), "-f", "<>", FAR)
    is_signed(world, "a notice with the null sender is not judged",
              world.wait_for_mail_outside(FAR, "as a notice"))


def by_loopback(world, message):
    """As web applications do that know SMTP and not sendmail(1)."""
    world.mail.run("python3", "-c", "import smtplib, sys; smtplib.SMTP('127.0.0.1')"
                   f".sendmail('alice@example.com', '{FAR}', sys.stdin.buffer.read())",
                   input=message)


def script(world, text):
    client = world.sieve()
    contains("Bob logs in to ManageSieve",
             client.login("bob@example.com", world.passwords["bob@example.com"]), "OK")
    contains("and stores a script", client.put("one", text), "OK")
    contains("which is now his", client.activate("one"), "OK")


def scripts(world):
    script(world, 'require ["vacation"];\nvacation :subject "I am away" "Back on Monday.";\n')
    check("a letter for Bob", world.send(compose("hello Bob", to="bob@example.com"), FAR,
                                         "bob@example.com").code, 250)
    is_signed(world, "his answer", world.wait_for_mail_outside(FAR, "I am away"))

    bank = Key("bank.test", "s1")
    world.names.add(bank.record())
    world.names.add('_dmarc.bank.test. TXT "v=DMARC1; p=reject"')
    script(world, f'redirect "{FAR}";\n')
    letter = bank.sign(compose("your account", sender="alerts@bank.test", to="bob@example.com"))
    check("a bank's letter for Bob",
          world.send(letter, "alerts@bank.test", "bob@example.com").code, 250)
    raw = on_the_wire(world.wait_for_mail_outside(FAR, "your account"))
    said = world.far.run("arcverify", input=raw, check=False).said
    contains("passed on, it bears our seal, and dkimpy takes it", said, "cv=b'pass'")
    contains("which says what was found", re.sub(rb"\r\n[\t ]", b" ", raw),
             b"i=1; mail.example.com; dkim=pass", b"dmarc=pass header.from=bank.test")
    lacks("and is not signed as ours", raw, b"DKIM-Signature: a=rsa-sha256; b=")

    forged = compose("in our name", sender="alice@example.com", to="bob@example.com")
    check("a stranger's letter in Alice's name", world.send(forged, FAR,
                                                            "bob@example.com").code, 250)
    raw = world.wait_for_mail_outside(FAR, "in our name")
    lacks("passed on, it does not become ours", raw, b"\nDKIM-Signature:")


def without_milterd(world):
    arrives = bounced(world, "no milter")
    wait_for(arrives, 30, "a bounce before")
    world.far.run("postconf", "smtpd_recipient_restrictions=check_recipient_access "
                  "inline:{nobody@outside.test=DEFER}")
    world.far.run("postfix", "reload")
    message = compose("milterd is dead", sender=FAR, to="away@example.com")
    check("taken while milterd runs", world.send(message, FAR, "away@example.com").code, 250)
    wait_for(lambda: "nobody@outside.test" in world.mail.run("postqueue", "-p").out, 20,
             "the deferred message")
    milterd = world.mail.unit("milterd")
    milterd.stop()
    handed(world, compose("patient", sender="root@mail.example.com", to=FAR), FAR)
    world.far.run("postconf", "smtpd_recipient_restrictions=check_recipient_access "
                  "inline:{nobody@outside.test=REJECT}")
    world.far.run("postfix", "reload")
    world.mail.run("postqueue", "-f")
    begun = time.monotonic()
    raw = wait_for(lambda: next((raw for raw in world.far.mailbox(FAR)
                                 if b"Undelivered Mail" in raw and b"milterd is dead" in raw),
                                None), 60, "the bounce without milterd")
    check("without milterd a bounce leaves", time.monotonic() - begun < 60)
    lacks("unsigned", raw, b"\nDKIM-Signature:")
    check("and what a program handed over waits",
          any(b"patient" in raw for raw in world.far.mailbox(FAR)), False)
    milterd.start()
    wait_for(lambda: world.mail.run("sh", "-c", "test -S /run/mailreeve/milter.sock",
                                    check=False).code == 0, 20, "milterd")
    world.mail.run("postqueue", "-f")
    world.mail.run("postkick", "public", "pickup", "W", check=False)  # It may look by itself.
    is_signed(world, "until it is there again",
              world.wait_for_mail_outside(FAR, "patient", seconds=90))

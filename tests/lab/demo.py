"""The demonstration: real messages through the governed host, and a table of what
was sent, what was expected and what arrived. Runs inside a world; present.py
stands outside, forwards the ports and ends it.
"""

import json
import os
import re
import sys
import time

from .antivirus import Clamd, virus, zipped
from .checks import StoryFailed, wait_for
from .messages import compose, html_only, of_size
from .tell import prepare
from .world import World, first_with

SETTINGS = """\
lists:
  block:
    - {name: pests, sender: "*@pest.test"}
    - {name: a bad neighbourhood, network: 203.0.113.16/30}
  allow:
    - {name: our partner, ip: 203.0.113.17}
policies:
  - {name: two a day, users: [bob@example.com], daily_messages: 2}
  - {name: no POP3, users: [carol@example.com], pop3: false}
default_policy: {pop3: true}
authentication_checks: {dmarc: {reject: reject}}
antivirus: {engine: clamav, action: quarantine, clamd: {manage: true}}
spam: {enabled: true, network_tests: false}
attachments:
  enabled: true
  rules: [{name: programs, names: ["*.exe"], action: quarantine}]
"""

DOMAIN = """\
limits: {message_size: 256K}
aliases:
  - {name: billing, to: [carol]}
auto_bcc:
  - {name: about money, when: recipient, contains: billing@, to: [audit]}
disclaimers:
  - name: company
    plain: Example Company, registered in Exampletown.
    html: "<p>Example Company, <b>registered in Exampletown</b>.</p>"
"""

NAMES = ("alice", "bob", "carol", "audit")
FAR = "friend@outside.test"
NOTICE = b"registered in Exampletown"
HTML = "<html><body><p>Words.</p></body></html>"

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"

SIGNED = (b'Content-Type: multipart/signed; protocol="application/pgp-signature";'
          b' micalg=pgp-sha256; boundary="sig"\r\n\r\n--sig\r\n'
          b'Content-Type: text/plain\r\n\r\nsigned words\r\n--sig\r\n'
          b'Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n'
          b'\r\n-----END PGP SIGNATURE-----\r\n--sig--\r\n')


class Table:
    """Rows of what was sent, expected and seen; printed as they happen."""

    def __init__(self):
        self.good = True
        print(f"\n{'':3} {'what was sent':42} {'expected':30} what happened")
        print("-" * 118, flush=True)

    def row(self, what, want, got):
        """`got` is right when it begins with `want`."""
        right = got.startswith(want)
        self.good = self.good and right
        print(f"{'ok ' if right else 'NO '} {what:42} {want:30} {got[:240]}", flush=True)


def answer_of(answer):
    return "taken" if answer.code == 250 else f"refused {answer.code}: {answer.text}"


def first_line(text):
    return re.sub(r"\s+", " ", text)


def arrived(world, subject, user="alice@example.com", folder="INBOX"):
    try:
        world.wait_for_mail(user, subject, folder, seconds=15)
        return "arrived"
    except StoryFailed:
        return "never arrived"


def incoming(world, table):
    def send(what, want, sender="someone@outside.test", to="alice@example.com", door=None,
             message=None):
        subject = f"demo: {what}"
        answer = world.send(message or compose(subject, sender=sender, to=to), sender, to, door)
        got = answer_of(answer)
        if answer.code == 250:
            got = "taken, " + arrived(world, subject)
        table.row(what, want, first_line(got))

    send("a message from outside", "taken, arrived")
    send("from a sender on the block list", "refused 550", "a@pest.test")
    send("from a blocked network", "refused 550", door=world.wan.at("203.0.113.18"))
    send("from an allowed address in it", "taken, arrived", door=world.wan.at("203.0.113.17"))
    send("to nobody we know", "refused 550", to="nobody@example.com")
    send("to a foreign domain (open relay?)", "refused 554", to="x@elsewhere.test")


def held(world, subject):
    """The id and step of what is held under that subject; None: nothing is."""
    for row in json.loads(world.mgmtctl("quarantine", "list", "--json").out)["messages"]:
        if row["subject"] == subject:
            return row["id"], row["step"]
    return None


def protected(world, table):
    world.names.add('_dmarc.bank.test. TXT "v=DMARC1; p=reject"')
    answer = world.send(compose("demo: a bank", sender="alerts@bank.test"), "alerts@bank.test")
    table.row("under the name of a bank, which has DMARC", "refused 550",
              first_line(answer_of(answer)))
    answer = world.send(compose("demo: spam", GTUBE))
    table.row("spam (GTUBE)", "taken, in Junk", answer_of(answer) + ", " + (
        "in Junk" if arrived(world, "demo: spam", folder="Junk") == "arrived" else "lost"))
    for what, attachment in (("a virus (EICAR)", ("bill.com", virus())),
                             ("a program in a zip file", ("bill.zip", zipped(b"MZ", "bill.exe")))):
        subject = f"demo: {what}"
        answer = answer_of(world.send(compose(subject, attachment=attachment)))
        found = held(world, subject)
        table.row(what, "taken, held", f"{answer}, held by {found[1]}" if found else answer)
    if found:
        world.mgmtctl("quarantine", "release", found[0])
    table.row("the same, released by the administrator", "arrived", arrived(world, subject))


def outgoing(world, table):
    def submit(what, message, want, user="alice@example.com", sender=None, to=FAR):
        subject = f"demo: {what}"
        answer = world.submit(message(subject, sender=sender or user, to=to), sender or user,
                              to, user=user)
        if answer.code != 250:
            table.row(what, want, first_line(answer_of(answer)))
            return
        try:
            raw = world.wait_for_mail_outside(to, subject, seconds=15)
            table.row(what, want, f"notice in {raw.count(NOTICE)} part(s)")
        except StoryFailed:
            table.row(what, want, "never arrived")

    submit("plain text, outside", compose, "notice in 1 part")
    submit("HTML alone", lambda subject, **a: html_only(subject, HTML, **a),
           "notice in 1 part")
    submit("text and HTML", lambda subject, **a: compose(subject, html=HTML, **a),
           "notice in 2 part")
    submit("text with an attachment",
           lambda subject, **a: compose(subject, attachment=("a.txt", b"kept\n"), **a),
           "notice in 1 part")
    submit("signed by PGP: not to be touched",
           lambda subject, **a: compose(subject, **a).partition(b"Content-Type")[0] + SIGNED,
           "notice in 0 part")
    submit("over the domain's size limit",
           lambda subject, **a: of_size(subject, 300 * 1024, **a), "refused 552")
    submit("under somebody else's address", compose, "refused 553",
           sender="audit@example.com")
    for number, want in enumerate(("notice in 1", "notice in 1", "refused 550"), 1):
        submit(f"Bob's message {number} of two a day", compose, want, "bob@example.com")


def copied(world, table):
    world.send(compose("demo: an invoice", to="billing@example.com"), to="billing@example.com")
    arrived(world, "demo: an invoice", "carol@example.com")
    table.row("to billing, which audit gets a copy of", "arrived",
              arrived(world, "demo: an invoice", "audit@example.com"))


def logins(world, table):
    for name, want in (("alice", "let in"), ("carol", "refused: [AUTH]")):
        client = world.pop3()
        good, words = client.try_login(f"{name}@example.com",
                                       world.passwords[f"{name}@example.com"])
        client.quit()
        table.row(f"{name.capitalize()} reads by POP3", want,
                  "let in" if good else "refused: " + words.removeprefix("-ERR "))


def trace_of_one(world):
    message = "/tmp/demo.eml"
    world.write(message, compose("traced", sender="alice@example.com", to=FAR))
    done = world.mgmtctl("explain", "--from", "alice@example.com", "--rcpt", FAR, "--client",
                         "192.0.2.10", "--login", "alice@example.com", message, check=False)
    print("\nWhat Mailreeve does with a message of Alice's "
          "(mgmtctl explain --from alice@example.com ...):\n")
    print(done.said)
    return done.code == 0


def show(world):
    world.govern(SETTINGS, DOMAIN, [f"{name}@example.com" for name in NAMES])
    Clamd(world.mail).start()
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")
    table = Table()
    incoming(world, table)
    protected(world, table)
    outgoing(world, table)
    copied(world, table)
    logins(world, table)
    good = trace_of_one(world)
    alarms = world.alarms()
    for line in alarms:
        print(f"alarm: {line}")
    return table.good and good and not alarms


def main():
    stage, ready = sys.argv[1], int(sys.argv[2])
    prepare()
    world = World(stage)
    code = 1
    try:
        world.start()
        code = 0 if show(world) else 1
        if code:
            world.print_logs()
        os.write(ready, b"%d %d" % (code, world.mail.pid))
        os.close(ready)
        while os.getppid() == 0:  # present.py ends the world
            time.sleep(3600)
    except KeyboardInterrupt:
        pass
    except Exception as problem:
        world.print_logs()
        print(f"the demonstration failed: {problem}")
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()

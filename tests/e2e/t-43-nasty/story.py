"""What people try who do not mean well: to relay, to write as somebody else, to get
round a list, a blind copy, a quota or a login rule by the way an address, a header
or the end of a message is written; and what a local user can reach.
"""

import contextlib
import re
import signal
import smtplib

from lab import check, compose, contains, lacks, wait_for

FAR = "friend@outside.test"

DOMAIN = """
additional: [example.net]
aliases:
  - {name: info, to: [alice]}
  - {name: group, to: [alice, bob]}
auto_bcc:
  - {name: journal, when: sender, contains: alice@, to: [audit]}
  - {name: Bob's mail, when: recipient, contains: bob@, to: [audit]}
"""

SETTINGS = """
lists:
  block:
    - {name: nobody writes here, recipient: closed@example.com}
    - {name: nobody is heard here, recipient: quiet@example.com, action: discard}
    - {name: a pest, sender: pest@outside.test}
    - {name: a pest with an umlaut, sender: "pest@bücher.test"}
policies:
  - {name: inside only, users: [carol@example.com], internal_only: true}
  - {name: few, users: [dave@example.com], daily_messages: 2}
  - {name: no mailbox, users: [eve@example.com], imap: false, pop3: false}
"""

NAMES = ("alice", "bob", "carol", "dave", "eve", "audit", "closed", "quiet")


def story(world):
    world.govern(SETTINGS, domain=DOMAIN, accounts=[f"{name}@example.com" for name in NAMES])
    world.apply()
    nobody_relays(world)
    inside_stays_inside(world)
    nobody_is_somebody_else(world)
    lists_hold(world)
    nobody_leaves_the_journal(world)
    marks_are_ours(world)
    the_quota_holds(world)
    nothing_is_smuggled(world)
    logins_hold(world)
    local_users_reach_nothing(world)
    without_us_mail_waits(world)


@contextlib.contextmanager
def session(world, user=None, port=25):
    """A client outside, or one that has logged in."""
    client = world.smtp(world.lan if user else world.wan, port, tls=port == 465)
    with contextlib.closing(client):
        if port == 587:
            client.secure()
        client.ehlo()
        if user:
            check(f"{user} logs in", client.authenticate(user, world.passwords.get(
                user, world.passwords["dave@example.com"])).code, 235)
        yield client


def answer_to(client, sender, to):
    client.docmd("RSET")
    client.docmd(f"MAIL FROM:<{sender}>")
    return client.docmd(f"RCPT TO:<{to}>")[0]


def all_refused(world, label, pairs, user=None, port=25):
    """No pair of sender and recipient is taken. A session for each few: Postfix
    slows those down who are refused often."""
    taken = []
    for start in range(0, len(pairs), 9):
        with session(world, user, port) as client:
            taken += [pair for pair in pairs[start:start + 9]
                      if not 500 <= answer_to(client, *pair) < 600]
    check(label, taken, [])


ROUTES = ["x@outside.test", "x%outside.test@example.com", "x%outside.test@mail.example.com",
          "outside.test!x@example.com", "outside.test!x@mail.example.com",
          "@mail.example.com:x@outside.test", '"x@outside.test"@example.com',
          '"x@outside.test"@mail.example.com', "x@outside.test@localhost",
          "x@[203.0.113.25]", "alice@example.com@outside.test",
          "x@example.com.outside.test", '"x%outside.test"@localhost', "outside.test!x"]


def nobody_relays(world):
    pairs = [("someone@far.test", to) for to in ROUTES]
    for port in (25, 465, 587):
        all_refused(world, f"nothing is relayed for a stranger on port {port}", pairs, port=port)
    all_refused(world, "nor for one who says to be Alice",
                [("alice@example.com", to) for to in ROUTES[:4]])


def inside_stays_inside(world):
    carol = "carol@example.com"
    all_refused(world, "Carol, who writes to insiders only, finds no way out",
                [(carol, to) for to in ROUTES] + [("", FAR)], carol, 587)
    with session(world, carol, 587) as client:
        check("but to Bob", answer_to(client, carol, "BOB+x@example.net"), 250)
    client = world.sieve()
    contains("she may file her mail", client.login(carol, world.passwords[carol]), "OK")
    answer = client.put("out", f'redirect "{FAR}";\n')
    contains("and cannot have it forwarded", answer, "NO", "forward")


def nobody_is_somebody_else(world):
    alice = "alice@example.com"
    others = ["bob@example.com", "BOB@EXAMPLE.NET", "bob+alice@example.com",
              "group@example.com", '"bob"@example.com', '"b\\ob"@example.com', "bob",
              "bob%example.com", "bob%example.com@mail.example.com", "bob@example.com.",
              "@example.com:bob@example.com", '"bob@example.com"@example.com',
              "alice@example.com@outside.test", '"quoted @"@example.com',
              '" alice"@example.com', "nobody@example.com", "x@outside.test"]
    all_refused(world, "Alice cannot send as anybody else",
                [(other, "bob@example.com") for other in others], alice, 587)
    with session(world, alice, 587) as client:
        for own in (alice, "Alice+x@EXAMPLE.net", "info@example.com", ""):
            check(f"she can as <{own}>", answer_to(client, own, "bob@example.com"), 250)


CLOSED = ["closed@example.net", "CLOSED+x@example.com.", '"closed"@example.com',
          '"cl\\osed"@example.com', '"closed+a b"@example.com',
          "@example.com:closed@example.com", "closed%example.com@mail.example.com",
          "example.com!closed@mail.example.com", "closed@example.com@mail.example.com",
          '"closed@example.com"@mail.example.com']


def lists_hold(world):
    all_refused(world, "the closed mailbox is closed, however it is written",
                [("a@far.test", to) for to in CLOSED])
    pests = ["pest@outside.test", "PEST+1@Outside.Test.", '"pest"@outside.test',
             '"pest+a b"@outside.test', "@x.test:pest@outside.test",
             "pest@xn--bcher-kva.test", "Pest@XN--BCHER-KVA.test"]
    all_refused(world, "a pest is one, however it is written",
                [(pest, "alice@example.com") for pest in pests])
    for number, quiet in enumerate(["quiet@example.com", '"qu\\iet"@example.com',
                                    '"QUIET+a b"@example.net', "quiet@example.com."]):
        answer = world.send(compose(f"hush {number}"), to=[quiet, "bob@example.com"])
        check(f"{quiet} is discarded without a word", answer.code, 250)
        world.wait_for_mail("bob@example.com", f"hush {number}")
    lacks("and the others' copies only arrive", b"".join(world.inbox("quiet@example.com")),
          b"hush")


def nobody_leaves_the_journal(world):
    def recorded(subject, sender, to=FAR, user="alice@example.com", headers=()):
        message = compose(subject, sender="alice@example.com", headers=headers)
        answer = (world.submit(message, sender, to, user=user) if user
                  else world.send(message, sender, to))
        check(f"{subject}: goes out", answer.code, 250)
        world.wait_for_mail("audit@example.com", subject)
        check(f"{subject}: and a copy is kept", True)

    for field in ("Delivered-To", "X-Original-To", "X-Forwarded-For"):
        recorded(f"a forged {field}", "alice@example.com",
                 headers=[(field, "audit@example.com"), ("Auto-Submitted", "auto-replied")])
        recorded(f"a stranger's forged {field}", "someone@outside.test", "bob@example.com",
                 user=None, headers=[(field, "audit@example.com")])
    recorded("the null sender", "")
    recorded("a quoted sender", '"alice"@EXAMPLE.net')
    for number, bob in enumerate(['"b\\ob"@example.com', '"bob+a b"@example.net',
                                  "BOB@example.com."]):
        recorded(f"to Bob in other words {number}", "someone@outside.test", bob, user=None)


def marks_are_ours(world):
    forged = ("X-Mailreeve-Content", "X-MAILREEVE-Authentication", "X-Mailreeve-Released",
              "X-Mailreeve-Id", "X-Mailreeve-Notice")
    message = compose("marked by a stranger", headers=[(name, "fine") for name in forged])
    check("a stranger's message with marks like ours", world.send(message).code, 250)
    raw = world.wait_for_mail("alice@example.com", "marked by a stranger")
    lacks("arrives without them", raw.lower(), b"x-mailreeve-")
    message = compose("marked by Bob", sender="bob@example.com",
                      headers=[(name, "fine") for name in forged[:4]])
    check("Bob's", world.submit(message, "bob@example.com", "alice@example.com").code, 250)
    lacks("as well", world.wait_for_mail("alice@example.com", "marked by Bob").lower(),
          b"x-mailreeve-")


def the_quota_holds(world):
    message = compose("counted", sender="dave@example.com")
    with session(world, "dave@example.com", 587) as client:
        for _ in range(3):
            answer_to(client, "dave@example.com", FAR)
        client.docmd("RSET")
        check("what was begun and given up counts for nothing",
              client.transmit("dave@example.com", FAR, message).code, 250)
    with session(world, "DAVE@example.net", 587) as client:
        check("Dave by another name is Dave",
              client.transmit("dave+x@example.net", [FAR, "bob@example.com"], message).code, 250)
        begun = b"MAIL FROM:<dave@example.com>\r\nRCPT TO:<friend@outside.test>\r\n"
        client.send((begun + b"BDAT 12 LAST\r\nSubject: x\r\n") * 3)
        codes = [client.getreply()[0] for _ in range(9)]
        check("three more, all at once and in chunks: none goes out", codes[2::3], [550] * 3)
        client.docmd("RSET")
        check("nor one with the null sender", client.transmit("", FAR, message).code, 550)


def nothing_is_smuggled(world):
    for number, end in enumerate([b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r",
                                  b"\r.\r\n", b"\0\r\n.\n"]):
        with session(world) as client:
            answer_to(client, "a@far.test", "alice@example.com")
            client.docmd("DATA")
            client.send(b"From: a@far.test\r\nSubject: outer %d\r\n\r\nx" % number + end
                        + b"MAIL FROM:<bob@example.com>\r\nRCPT TO:<alice@example.com>\r\n"
                        b"DATA\r\nSubject: inner\r\n\r\nx\r\n.\r\n")
            check(f"a message that pretends to end with {end} is one message",
                  client.getreply()[0], 250)
            check("   and the session goes on", client.noop()[0], 250)
        world.wait_for_mail("alice@example.com", f"outer {number}")
    heads = [raw.partition(b"\r\n\r\n")[0] for raw in world.inbox("alice@example.com")]
    lacks("none of them brought another", b"".join(heads), b"Subject: inner")


def logins_hold(world):
    names = ("EVE@example.net", "eve+x@example.com", "eve@example.com\0x",
             "eve@example.com*alice@example.com", "alice@example.com*eve@example.com",
             " eve@example.com", "eve", "eve'@example.com")
    for number, name in enumerate(names, 11):
        # Each from elsewhere: Dovecot lets those wait who fail often.
        client = world.pop3(world.lan.at(f"192.0.2.{number}"))
        try:
            good, _ = client.try_login(name, world.passwords["eve@example.com"])
            check(f"Eve has no POP3, as {name!r} neither", good, False)
        finally:
            client.quit()


def local_users_reach_nothing(world):
    """nobody stands for any user of the system who is in no group of ours."""
    def as_nobody(*argv):
        return world.mail.run("setpriv", "--reuid", "nobody", "--regid", "nogroup",
                              "--clear-groups", *argv, check=False).out.split()

    knock = ("import socket, sys\nfor path in sys.argv[1:]:\n  try:\n"
             "    socket.socket(socket.AF_UNIX).connect(path); print(path)\n"
             "  except PermissionError: pass\n")
    sockets = world.mail.run("find", "/run/mailreeve", "-type", "s").out.split()
    contains("there are sockets", sockets, "/run/mailreeve/milter.sock",
             "/run/mailreeve/policy.sock")
    check("no local user can talk to any", as_nobody("python3", "-c", knock, *sockets), [])
    check("nor write to anything of ours",
          as_nobody("find", "/etc/mailreeve", "/var/lib/mailreeve", "/etc/dovecot",
                    "/etc/postfix", "-writable", "-not", "-type", "l"), [])
    check("nor read an account, a counter or what was sent, nor hold up an apply",
          as_nobody("find", "/var/lib/mailreeve", "(", "-name", "*.db*", "-o", "-name",
                    "apply.lock", ")", "-readable"), [])


def submitted(world):
    """The code of the answer that ends Alice's try to send."""
    try:
        return world.submit(compose("early", sender="alice@example.com"), "alice@example.com",
                            FAR).code
    except smtplib.SMTPResponseException as refusal:
        return refusal.smtp_code


def without_us_mail_waits(world):
    for name in ("milterd", "policyd"):
        unit = world.mail.unit(name)
        unit.stop()
        check(f"without {name} mail from outside waits",
              world.send(compose("early")).code // 100, 4)
        check("   and mail to outside", submitted(world) // 100, 4)
        unit.start()
        wait_for(lambda: world.send(compose(f"after {name}")).code == 250, 20, "it to return")
    unit = world.mail.unit("milterd")
    unit.send_signal(signal.SIGSTOP)
    try:
        check("with a milterd that hangs it waits, too",
              world.send(compose("early")).code // 100, 4)
    finally:
        unit.send_signal(signal.SIGCONT)
    early = [raw for raw in world.inbox("alice@example.com")
             if re.search(rb"^Subject: early", raw, re.M)]
    check("and none of it slipped by", early, [])

"""Mail that a filter takes for spam is held: found again, looked at, released to
whom it was for, once, with its author's signature still good; what the MTA refuses
for now waits, what it refuses for good has failed; and what is too old is gone.
"""

import base64
import hashlib
import json

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lab import check, compose, contains, lacks, wait_for

ALIASES = """
aliases:
  - {name: sales, to: [alice, team]}
  - {name: team, to: [bob]}
"""
HTML = "<p>Hello <script>steal()</script><img src='https://evil.test/x.png'></p>"
SPAM = """
spam:
  enabled: true
  action: quarantine
  server: 127.0.0.1:783
  filters: [{name: pest, sender: "*@outside.test", verdict: spam}]
"""
QUARANTINE = "/var/lib/mailreeve/quarantine"


class Author:
    """Whose mail is held, and who signs it."""

    def __init__(self, world):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = base64.b64encode(self.key.public_key().public_bytes(
            serialization.Encoding.DER,
            serialization.PublicFormat.SubjectPublicKeyInfo)).decode()
        self.record = f"v=DKIM1; k=rsa; p={public}"
        parts = [self.record[at:at + 200] for at in range(0, len(self.record), 200)]
        world.names.add("s1._domainkey.outside.test. TXT "
                        + " ".join(f'"{part}"' for part in parts))

    def write(self, subject, **parts):
        raw = compose(subject, **parts)
        private = self.key.private_bytes(serialization.Encoding.PEM,
                                         serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption())
        return dkim.sign(raw, b"s1", b"outside.test", private) + raw

    def signed(self, raw):
        return dkim.verify(raw, dnsfunc=lambda name, timeout=5: self.record.encode())


def held(world, *filters):
    answer = world.mgmtctl("quarantine", "search", "--json", *filters)
    return json.loads(answer.out)["messages"]


def states(world, number):
    message = json.loads(world.mgmtctl("quarantine", "show", number, "--json").out)
    return {one["address"]: one["state"] for one in message["recipients"]}


def release(world, number, *options):
    outcome = world.mgmtctl("quarantine", "release", number, "--json", *options, check=False)
    return outcome, json.loads(outcome.out)


def hold(world, message, to="alice@example.com"):
    before = {one["id"] for one in held(world)}
    answer = world.send(message, "someone@outside.test", to)
    check("it is taken", answer.code, 250)
    new = [one for one in held(world) if one["id"] not in before]
    check("and held", len(new), 1)
    return new[0]["id"]


def story(world):
    author = Author(world)
    world.govern(SPAM, domain=ALIASES)
    number, message = is_held_and_found(world, author)
    is_safe_to_look_at(world, number, message)
    is_released_once(world, author, number)
    the_release_socket_takes_nothing_else(world)
    for_now_and_for_good(world, author)
    is_deleted(world, author)
    two_administrators(world, author)
    is_gone_after_its_days(world, author)


def is_held_and_found(world, author):
    message = author.write("Your account", text="Hello Alice.\n", html=HTML,
                           attachment=("invoice.zip", b"PK\3\4"))
    number = hold(world, message, "sales@example.com")
    check("for everybody behind the alias", states(world, number),
          {"alice@example.com": "held", "bob@example.com": "held"})
    check("it is in nobody's mailbox", world.inbox("alice@example.com"), [])
    for label, filters in {
            "sender": ["--from", "someone@outside.test"],
            "part of the sender": ["--from", "*@outside.test"],
            "recipient": ["--to", "bob@example.com"],
            "alias": ["--to", "sales@example.com"],
            "subject": ["--subject", "ACCOUNT"],
            "step": ["--step", "spam"],
            "kind": ["--kind", "spam"],
            "time": ["--since", "1h"],
            "free text": ["your acc"]}.items():
        check(f"found by {label}", [one["id"] for one in held(world, *filters)], [number])
    for label, filters in {
            "another sender": ["--from", "x@outside.test"],
            "another recipient": ["--to", "carol@example.com"],
            "a virus": ["--virus", "Eicar"],
            "another kind": ["--kind", "virus"],
            "another state": ["--state", "released"]}.items():
        check(f"not found by {label}", held(world, *filters), [])
    log = json.loads(world.mgmtctl("log", "--verdict", "quarantine", "--json").out)["events"]
    check("the log tells of it", len(log), 1)
    return number, message


def is_safe_to_look_at(world, number, message):
    listed = held(world)[0]
    check("the hash is that of the bytes sent", listed["sha256"],
          hashlib.sha256(message).hexdigest())
    same = world.mail.run("sh", "-c", f"mgmtctl quarantine original {number} | sha256sum")
    check("and the original has it, to the byte", same.out.split()[0], listed["sha256"])
    text = world.mgmtctl("quarantine", "view", number).out
    contains("the view shows the text and names the parts", text, "Hello Alice.",
             "Your account", "invoice.zip")
    page = world.mgmtctl("quarantine", "view", "--html", number).out
    lacks("the page runs and loads nothing", page, "steal", "evil", "<script", "<img")
    files = world.mail.run("sh", "-c", f"stat -c '%a %U' {QUARANTINE}/*/*/*/{number}.eml").out
    check("nobody else reads the file", files.strip(), "600 mailreeve")


def is_released_once(world, author, number):
    outcome, answer = release(world, number, "--to", "alice@example.com")
    check("the release succeeds", outcome.code, 0)
    contains("with the MTA's own answer", answer["recipients"][0]["answer"], "250 2.0.0")
    raw = world.wait_for_mail("alice@example.com", "Your account")
    check("its author's signature is still good", author.signed(raw), True)
    contains("it says where it has been", raw, b"X-Mailreeve-Released: " + number.encode(),
             b"client=203.0.113.10")
    contains("no bounce goes to its author", raw, b"Return-Path: <>")
    check("only Alice has it", states(world, number),
          {"alice@example.com": "released", "bob@example.com": "held"})
    outcome = world.mgmtctl("quarantine", "release", number, "--to", "alice@example.com",
                            check=False)
    check("to release it again is refused", outcome.code, 1)
    both = world.mail.run("sh", "-c", f"""
        for n in 1 2 3 4 5 6; do mgmtctl quarantine release {number} --json >/tmp/$n.out 2>&1 & done
        wait; grep -l '"begun":true' /tmp/?.out | wc -l""")
    check("of six who release the rest at once, one does", both.out.strip(), "1")
    world.wait_for_mail("bob@example.com", "Your account")
    check("Bob has it once", len(world.inbox("bob@example.com")), 1)
    check("and so has Alice", len(world.inbox("alice@example.com")), 1)


TALK = """
import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect("/var/spool/postfix/public/mailreeve-release")
f = s.makefile("rwb")
def say(text):
    f.write(text + b"\\r\\n"); f.flush()
def hear():
    while True:
        line = f.readline()
        if line[3:4] != b"-": return line.decode().strip()
hear(); say(b"EHLO x"); hear()
say(b"MAIL FROM:<> " + sys.argv[1].encode()); answer = hear()
if answer[0] == "2":
    say(b"RCPT TO:<alice@example.com>"); print(hear()); say(b"DATA"); answer = hear()
print(answer)
"""


def the_release_socket_takes_nothing_else(world):
    token = "mrq1.20260301-7K2M9QXR4TPB.NNNNNNNNNNNNNNNN.4102444800." + 32 * "A"
    for label, parameter in {"no token": "", "a forged token": f"ENVID={token}"}.items():
        said = world.mail.run("python3", "-c", TALK, parameter).out
        contains(f"{label}: refused", said, "554 5.7.1")
    outcome = world.mail.run("setpriv", "--reuid", "vmail", "--regid", "vmail", "--clear-groups",
                             "python3", "-c", TALK, "", check=False)
    contains("other users of the host do not even reach it", outcome.err, "PermissionError")


def reload_until(world, words):
    """The release listener answers RCPT TO with `words`."""
    world.mail.run("postfix", "reload")
    wait_for(lambda: words in world.mail.run("python3", "-c", TALK, "").out, 20, words)


def for_now_and_for_good(world, author):
    number = hold(world, author.write("Patience"))
    world.mail.run("cp", "-p", "/etc/postfix/master.cf", "/tmp/master.cf")
    world.mail.run("sed", "-i", "/^mailreeve-release/,/^pickup/ s/-o smtpd_recipient_.*/"
                   "-o { smtpd_recipient_restrictions = check_recipient_access "
                   "static:{452 4.2.2 busy}, reject }/", "/etc/postfix/master.cf")
    reload_until(world, "452 4.2.2")
    _, answer = release(world, number)
    contains("the MTA says 452", answer["recipients"][0]["answer"], "452 4.2.2")
    check("so it is on its way", answer["recipients"][0]["state"], "releasing")
    world.mail.run("cp", "-p", "/tmp/master.cf", "/etc/postfix/master.cf")
    reload_until(world, "250 2.1.5")
    check("nothing has arrived", len(world.inbox("alice@example.com")), 1)
    world.wait_for_mail("alice@example.com", "Patience", seconds=150)
    wait_for(lambda: states(world, number)["alice@example.com"] == "released", 20,
             "the released state")

    world.account("carol@example.com")
    number = hold(world, author.write("Gone"), "carol@example.com")
    world.mgmtctl("account", "delete", "carol@example.com", "--yes")
    outcome, answer = release(world, number)
    check("to a mailbox that is no more it fails", answer["recipients"][0]["state"], "failed")
    check("and says so by its exit status", outcome.code, 1)
    contains("with the MTA's answer kept", answer["recipients"][0]["answer"], "550")
    world.account("carol@example.com")
    outcome, answer = release(world, number)
    check("when the mailbox is back it is released", answer["recipients"][0]["state"],
          "released")
    world.wait_for_mail("carol@example.com", "Gone")


def is_deleted(world, author):
    number = hold(world, author.write("Rubbish"))
    world.mgmtctl("quarantine", "delete", number, "--yes")
    check("deleted", states(world, number), {"alice@example.com": "deleted"})
    events = json.loads(world.mgmtctl("log", "--verdict", "delete", "--json").out)["events"]
    contains("the log knows by whom", "\n".join(one["reason"] for one in events),
             f"uid 0 deletes {number}")
    check("and whose", [one["recipients"] for one in events], [["alice@example.com"]])
    check("its bytes are gone", world.mail.run(
        "sh", "-c", f"ls {QUARANTINE}/*/*/*/{number}.*", check=False).code != 0)
    outcome = world.mgmtctl("quarantine", "release", number, check=False)
    check("and cannot be released", outcome.code, 1)


def two_administrators(world, author):
    world.configure(SPAM + "quarantine: {release_rights: {spam: two_administrators}}",
                    domain=ALIASES)
    world.apply()
    number = hold(world, author.write("Four eyes"))
    _, answer = release(world, number)
    check("one administrator is not enough", answer["begun"], False)
    _, answer = release(world, number)
    check("the same one twice is not, either", answer["begun"], False)
    world.mail.run("sh", "-c", "useradd -m second; usermod -aG mailreeve-admin second")
    outcome = world.mail.run("su", "second", "-s", "/bin/sh", "-c",
                             f"mgmtctl quarantine release {number} --json")
    check("two are", json.loads(outcome.out)["begun"])
    world.wait_for_mail("alice@example.com", "Four eyes")


def is_gone_after_its_days(world, author):
    young = hold(world, author.write("Young"))
    old = hold(world, author.write("Old"))
    world.mail.run("python3", "-c", f"""
import sqlite3
db = sqlite3.connect("/var/lib/mailreeve/db/state.db", timeout=10)
db.execute("UPDATE quarantine_message SET received = received - 31 * 86400000 "
           "WHERE id = '{old}'")
db.commit()
""")
    said = world.mgmtctl("job", "run", "quarantine-cleanup").out
    contains("after 30 days it is deleted", said, "1 message")
    check("row and bytes", (world.mgmtctl("quarantine", "show", old, check=False).code,
                            world.mail.run("sh", "-c", f"ls {QUARANTINE}/*/*/*/{old}.*",
                                           check=False).code != 0), (1, True))
    check("the other stays", states(world, young), {"alice@example.com": "held"})

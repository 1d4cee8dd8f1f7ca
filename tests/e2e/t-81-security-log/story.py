"""The security log: whoever refuses, marks or keeps a message, postscreen or milterd, the
log has it once, under the type that an administrator looks for.
"""

import json

from lab import check, compose, contains, wait_for
from lab.antivirus import FOUND, Clamd, virus
from lab.messages import html_only
from lab.signers import Key

SETTINGS = """
postscreen:
  enabled: true
  greet_wait_seconds: 1
  threshold: 1
  dns_lists: [{zone: bad.test, score: 1}]
lists:
  block: [{name: pests, sender: pest@outside.test}]
authentication_checks:
  dkim: {enabled: true, failure: mark}
antivirus: {engine: clamav, action: quarantine, clamd: {manage: true}}
spam:
  enabled: true
  network_tests: false
  threshold: 50
  auto_learn: {enabled: false, spam_above: 50}
  time_limit: 60
  correspondents: {enabled: false}
  filters: [{name: offers, sender: offers@outside.test, verdict: spam}]
attachments:
  enabled: true
  rules: [{name: programs, names: ["*.exe"], action: quarantine}]
content:
  scan: {enabled: true, tags: {iframe: reject}}
content_rules:
  enabled: true
  threshold: 1
  action: quarantine
  rules: [{name: project, pattern: blue falcon, score: 2}]
"""

ALICE = "alice@example.com"
SOMEONE = "someone@outside.test"

# Each type: where the message comes from, and what the record says.
WANTED = {
    "reject": ("203.0.113.10", "Relay access denied"),
    "dnsbl": ("203.0.113.11", "blocked using bad.test"),
    "block_list": ("203.0.113.12", "pests"),
    "spf": ("203.0.113.13", "strict.test"),
    "dkim": ("203.0.113.14", "signer.test"),
    "dmarc": ("203.0.113.15", "bank.test"),
    "virus": ("203.0.113.16", FOUND),
    "spam": ("203.0.113.17", "offers"),
    "attachment": ("203.0.113.18", "programs"),
    "malicious_content": ("203.0.113.19", "iframe"),
    "data_protection": ("203.0.113.10", "project"),
}


def story(world):
    signer = Key("signer.test", "s1")
    for record in (signer.record(), "11.113.0.203.bad.test. A 127.0.0.2",
                   'strict.test. TXT "v=spf1 -all"',
                   '_dmarc.bank.test. TXT "v=DMARC1; p=reject"'):
        world.names.add(record)
    world.govern(SETTINGS)
    Clamd(world.mail).start()
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")
    one_of_each(world, signer)
    each_is_logged(world)
    searched(world)


def one_of_each(world, signer):
    def send(kind, message, code, sender=SOMEONE, to=ALICE):
        answer = world.send(message, sender, to, door=world.wan.at(WANTED[kind][0]))
        check(f"{kind}: the client hears", answer.code, code)

    send("reject", compose("relay"), 554, to="x@elsewhere.test")
    send("dnsbl", compose("listed"), 550)
    send("block_list", compose("a pest"), 550, "pest@outside.test")
    send("spf", compose("not from there"), 550, "x@strict.test")
    signed = signer.sign(compose("signed", sender="news@signer.test"))
    send("dkim", signed.replace(b"Hello.", b"Hallo."), 250)
    send("dmarc", compose("from a bank", sender="alerts@bank.test"), 550)
    send("virus", compose("an invoice", attachment=("invoice.com", virus())), 250)
    send("spam", compose("an offer", sender="offers@outside.test"), 250, "offers@outside.test")
    send("attachment", compose("a tool", attachment=("tool.exe", b"MZ" + bytes(200))), 250)
    send("malicious_content",
         html_only("a page", "<iframe src='http://a.test/'></iframe>"), 554)
    send("data_protection", compose("secret", "The blue falcon flies.\n"), 250)


def log(world, *criteria):
    return json.loads(world.mgmtctl("--json", "log", "security", *criteria).out)["records"]


def each_is_logged(world):
    wait_for(lambda: len(log(world)) >= len(WANTED), 20, "a record of each message")
    records = log(world)
    check("each message is there once, under its type",
          sorted((one["type"], one["source"]) for one in records),
          sorted((kind, source) for kind, (source, _) in WANTED.items()))
    for one in records:
        contains(f"{one['type']}: what was found is said", one["event"],
                 WANTED[one["type"]][1])
        check(f"{one['type']}: with sender and recipient",
              bool(one["sender"]) and bool(one["recipient"]), True)


def searched(world):
    for kind, (source, _) in WANTED.items():
        check(f"found by the type {kind}",
              [one["source"] for one in log(world, "--type", kind)], [source])
    check("found by subject", [one["type"] for one in log(world, "--subject", "an inv*")],
          ["virus"])
    done = world.mgmtctl("log", "security", "--type", "ransom", check=False)
    check("a type that does not exist is an error", done.code != 0, True)
    contains("which names those that do", done.err, "ransom", "malicious_content")

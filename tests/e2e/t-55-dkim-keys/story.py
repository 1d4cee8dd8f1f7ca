"""DKIM keys: those of an OpenDKIM are taken over with its patterns; a rotation overlaps,
is moved on by what the DNS is seen to answer, and warns of a record that goes away.
"""

import json
import re

from lab import check, compose, contains, lacks

FAR = "friend@outside.test"

KEY_TABLE = """\
# what signed here before
default._domainkey.example.com example.com:default:/etc/dkimkeys/default.private
news example.com:news:/etc/dkimkeys/news.private
each %:shared:/etc/dkimkeys/shared.private
foreign customer.test:s1:/etc/dkimkeys/foreign.private
open example.net:open:/etc/dkimkeys/open.private
"""

SIGNING_TABLE = """\
*@example.com default._domainkey.example.com
news@example.com news
*@example.net each
*@customer.test foreign
*@example.net open
"""


def story(world):
    world.govern(domain="additional: [example.net]\n")
    import_from_opendkim(world)
    rotation(world)
    a_record_goes_away(world)


def dkim(world, *argv, **options):
    return json.loads(world.mgmtctl("dkim", *argv, "--json", **options).out)


def states(world, domain="example.com"):
    return {key["selector"]: key["state"] for key in dkim(world, "list", domain)["keys"]}


def publish(world, key):
    world.names.add(key["zone"].replace(" IN TXT ", " TXT ", 1))


def signers(world, subject, sender="alice@example.com"):
    """The selectors that a message leaves with, each of them verified by dkimpy."""
    answer = world.submit(compose(subject, sender=sender, to=FAR), "alice@example.com", FAR)
    check(f"{subject}: goes out", answer.code, 250)
    raw = world.wait_for_mail_outside(FAR, subject).replace(b"\n", b"\r\n")
    head = raw.partition(b"\r\n\r\n")[0].decode().replace("\r\n\t", " ").replace("\r\n ", " ")
    found = [re.search(r"\bs=([^; ]+)", line)[1] for line in head.split("\r\n")
             if line.startswith("DKIM-Signature:")]
    for index in range(len(found)):
        done = world.far.run("dkimverify", "--index", str(index), input=raw, check=False)
        contains(f"{subject}: dkimpy verifies {found[index]}", done.said.lower(),
                 "signature ok")
    return found


def import_from_opendkim(world):
    world.mail.run("mkdir", "-p", "/etc/dkimkeys")
    records = {}
    for name in ("default", "news", "shared", "foreign", "open"):
        file = f"/etc/dkimkeys/{name}.private"
        world.mail.run("openssl", "genrsa", "-out", file, "2048")
        mode = {"open": "644", "shared": "640"}.get(name, "600")
        world.mail.run("chmod", mode, file)
        public = world.mail.run("sh", "-c", f"openssl rsa -in {file} -pubout -outform DER"
                                " 2>/dev/null | base64 -w0").out
        records[name] = public
    before = world.mail.run("sha256sum", "/etc/dkimkeys/default.private").out
    for name, domain in (("default", "example.com"), ("shared", "example.net")):
        text = f"v=DKIM1; p={records[name]}"
        world.names.add(f"{name}._domainkey.{domain}. TXT \"{text[:200]}\" \"{text[200:]}\"")
    world.mail.write("/etc/opendkim/KeyTable", KEY_TABLE)
    world.mail.write("/etc/opendkim/SigningTable", SIGNING_TABLE)
    tables = ("--key-table", "/etc/opendkim/KeyTable",
              "--signing-table", "/etc/opendkim/SigningTable")

    said = world.mgmtctl("dkim", "import", *tables, "--dry-run").out
    contains("the preview says what would come", said, "news@example.com alone",
             "customer.test is no domain of the settings",
             "a key above signs for all of example.com already",
             "everybody may use this private key",
             "example.net shared: a group can use this key, too")
    check("and imports nothing", states(world, ""), {})
    said = world.mgmtctl("dkim", "import", *tables, "--yes").out
    lacks("no private key is printed", said, "PRIVATE KEY")
    check("keys whose records are there sign at once", states(world), {"default": "active"})
    check("also where the table says: the author's domain", states(world, "example.net"),
          {"shared": "active"})
    check("OpenDKIM's files stay as they are",
          world.mail.run("sha256sum", "/etc/dkimkeys/default.private").out, before)
    check("mail leaves with them", signers(world, "imported"), ["default"])
    check("of each domain", signers(world, "additional", "alice@example.net"), ["shared"])

    world.mail.write("/etc/opendkim/KeyTable", "default example.com\n")
    done = world.mgmtctl("dkim", "import", *tables, "--yes", check=False)
    check("a table that cannot be read is refused", done.code, 1)
    contains("with file and line", done.err, "/etc/opendkim/KeyTable:1: must be NAME")


def rotation(world):
    [key] = dkim(world, "rotate", "example.com")["keys"]
    new = key["selector"]
    check("the next key waits", states(world), {"default": "active", new: "pending"})
    check("while the old one signs", signers(world, "waiting"), ["default"])
    done = world.mgmtctl("dkim", "rotate", "example.com", check=False)
    contains("one rotation at a time", done.err, "has a next key already")
    publish(world, key)
    said = world.mgmtctl("dkim", "activate", "example.com").out
    contains("once its record is seen it takes over", said, f"{new} has taken its place")
    check("the old one is kept for mail under way", states(world),
          {"default": "retiring", new: "active"})
    check("the new one signs", signers(world, "rotated"), [new])

    file = "/var/lib/mailreeve/dkim/default._domainkey.example.com"
    check("the retiring key is still there",
          world.mail.run("test", "-e", file, check=False).code, 0)
    world.mgmtctl("job", "run", "dkim-keys")
    check("and stays while the overlap lasts", states(world)["default"], "retiring")
    a_week_passes(world)
    world.mgmtctl("job", "run", "dkim-keys")
    check("then it is retired", states(world), {"default": "retired", new: "active"})
    check("and its private half is gone",
          world.mail.run("test", "-e", file, check=False).code, 1)
    contains("which is on record", world.mgmtctl("log", "--json", "--text", "default of example.com").out,
             "may be taken out of the DNS")


def a_week_passes(world):
    """For the retiring keys alone: they have been so for a week longer."""
    world.mail.run("/usr/bin/python3", "-c", "import sqlite3\n"
                   "with sqlite3.connect('/var/lib/mailreeve/db/state.db') as db:\n"
                   "    db.execute(\"UPDATE dkim_key SET since = since - 604800 \"\n"
                   "               \"WHERE state = 'retiring'\")\n")


def a_record_goes_away(world):
    [key] = [key for key in dkim(world, "list", "example.com")["keys"]
             if key["state"] == "active"]
    world.names.remove(key["name"] + ".")
    world.mgmtctl("job", "run", "dkim-keys")
    contains("a record that goes away is a warning",
             world.mgmtctl("log", "--json", "--verdict", "warning").out,
             f"{key['selector']} of example.com: its record is no longer right")
    check("its key still signs", states(world)[key["selector"]], "active")
    publish(world, key)
    world.mgmtctl("job", "run", "dkim-keys")
    contains("that it is back is told, too",
             world.mgmtctl("log", "--json", "--text", "its record is back").out, key["selector"])

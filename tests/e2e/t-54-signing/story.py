"""Signing: a key is used once its record is seen; then mail arrives at the far end
with two signatures that others verify, whatever was done to it on its way out; mail
of signing networks is signed and not judged, mail of strangers never is; none of them
may relay.
"""

import json
import re

from lab import check, compose, contains, lacks
from lab.opendkim import Verifier, results

FAR = "friend@outside.test"
DOMAIN = """
additional: [example.net]
disclaimers:
  - {name: company, plain: "Grüße von Example Company."}
"""
SETTINGS = """
dkim: {signing_networks: [203.0.113.17/32, 203.0.113.19/32]}
networks:
  local: [127.0.0.0/8, "::1/128", 192.0.2.0/24]
  trusted: [203.0.113.19/32]
"""


def story(world):
    world.govern(SETTINGS, DOMAIN)
    keys = a_key_waits_for_its_record(world)
    published_it_signs(world, keys)
    with Verifier(world.far):
        every_shape_holds(world)
    who_is_signed_for(world)
    hosts_of_ours(world)
    explained(world)
    a_key_that_cannot_be_read(world, keys)


def dkim(world, *argv, **options):
    return json.loads(world.mgmtctl("dkim", *argv, "--json", **options).out)


def signatures(raw):
    """The d= and s= of each signature."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    head = head.replace("\n\t", " ").replace("\n ", " ")
    found = []
    for line in head.split("\n"):
        if line.startswith("DKIM-Signature:"):
            tags = dict(re.findall(r"\b([a-z]+)=([^; ]+)", line))
            found.append((tags["d"], tags["s"]))
    return found


def sent(world, subject, message, sender="alice@example.com", user=None):
    answer = world.submit(message, sender, FAR, user=user)
    check(f"{subject}: goes out", answer.code, 250)
    return world.wait_for_mail_outside(FAR, subject)


def from_alice(subject, text="Words.\n", sender="alice@example.com", **more):
    return compose(subject, text, sender=sender, to=FAR, **more)


def verified(world, what, raw):
    """By dkimpy, each signature by itself. The far end's folder has no CRLF."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    for index in range(len(signatures(raw))):
        done = world.far.run("dkimverify", "--index", str(index), input=raw, check=False)
        contains(f"{what}: dkimpy verifies signature {index + 1}", done.said.lower(),
                 "signature ok")


def publish(world, keys):
    for key in keys:
        world.names.add(key["zone"].replace(" IN TXT ", " TXT ", 1))


def a_key_waits_for_its_record(world):
    keys = dkim(world, "create", "example.com")["keys"]
    check("create makes a pair", sorted(key["algorithm"] for key in keys),
          ["ed25519", "rsa"])
    mode = world.mail.run("stat", "-c", "%a %U", "/var/lib/mailreeve/dkim",
                          f"/var/lib/mailreeve/dkim/{keys[0]['name']}").out.split("\n")
    check("its files are the daemons' own", mode[:2], ["700 mailreeve", "600 mailreeve"])
    lacks("no private key is printed", json.dumps(keys), "PRIVATE")
    shown = world.mgmtctl("dkim", "show", "example.com").out
    for line in shown.split("\n"):
        if not line.startswith(";") and line:
            check("strings of a record have 255 octets at most",
                  all(len(text) <= 255 for text in re.findall(r'"([^"]*)"', line)))

    done = world.mgmtctl("dkim", "check", "example.com", check=False)
    check("check says that the record is not there", done.code, 1)
    contains("in words", done.out, "missing")
    world.mgmtctl("job", "run", "dkim-keys")
    check("a key that is not published stays pending",
          {key["state"] for key in dkim(world, "list")["keys"]}, {"pending"})
    check("and signs nothing", signatures(sent(world, "before", from_alice("before"))), [])
    return keys


def published_it_signs(world, keys):
    publish(world, keys)
    check("check sees the records", world.mgmtctl("dkim", "check", check=False).code, 0)
    world.mgmtctl("job", "run", "dkim-keys")
    check("the job takes both keys into use",
          {key["state"] for key in dkim(world, "list")["keys"]}, {"active"})
    raw = sent(world, "after", from_alice("after"))
    check("a message leaves with two signatures, RSA first", signatures(raw),
          [("example.com", key["selector"]) for key in keys])
    verified(world, "after", raw)


def every_shape_holds(world):
    references = " ".join(f"<{number}.of.a.long.thread@mail.outside.test>"
                          for number in range(60))
    eight = (b"From: alice@example.com\r\nTo: friend@outside.test\r\nSubject: eight bits\r\n"
             b"References: " + references.encode() + b"\r\nMIME-Version: 1.0\r\n"
             b"Content-Type: text/plain; charset=utf-8\r\n"
             b"Content-Transfer-Encoding: 8bit\r\n\r\n"
             + "Schöne Grüße, und  viele  Leerzeichen. \r\n\r\n\r\n".encode())
    shapes = {
        "plain": from_alice("plain"),
        "eight bits": eight,
        "two branches": from_alice("two branches", html="<p>Wörter</p>"),
        "with a file": from_alice("with a file", attachment=("f.bin", bytes(range(256)) * 99)),
        "long lines": (b"From: alice@example.com\r\nSubject: long lines\r\n\r\n"
                       + b"word " * 900 + b"\r\n.\r\n..\r\n"),
        "signed before": b"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=other;\r\n"
                         b" h=from; bh=AAAA; b=AAAA\r\n" + from_alice("signed before"),
    }
    for keyword in ("", "8bitmime"):
        world.far.run("postconf", f"smtpd_discard_ehlo_keywords={keyword}")
        world.far.run("postfix", "reload")
        for subject, message in shapes.items():
            where = "to a server without 8BITMIME" if keyword else "to a server of today"
            name = f"{subject}{' again' if keyword else ''}"
            raw = sent(world, name, message.replace(b"Subject: " + subject.encode(),
                                                    b"Subject: " + name.encode()))
            contains(f"{subject}, {where}: for OpenDKIM both signatures hold", results(raw),
                     "dkim=pass", "header.a=rsa-sha256", "header.a=ed25519-sha256")
            check("it sees two that pass", results(raw).count("dkim=pass"), 2)
            if subject != "signed before":
                verified(world, subject, raw)
            if subject == "eight bits":
                contains("with the disclaimer, in seven bits", raw,
                         b"Content-Transfer-Encoding: quoted-printable",
                         b"Example Company")
                check("and no line too long", max(map(len, raw.split(b"\n"))) <= 998)
            contains("with a date and an id", raw.lower(), b"\ndate:", b"\nmessage-id:")


def who_is_signed_for(world):
    raw = sent(world, "another author", from_alice("another author",
                                                   sender="ceo@outside.test"))
    check("an author that is not ours is not signed for", signatures(raw), [])
    raw = sent(world, "two authors", from_alice("two authors",
                                                sender="alice@example.com, x@outside.test"))
    check("nor are two authors of different domains", signatures(raw), [])
    raw = sent(world, "additional domain", from_alice("additional domain",
                                                      sender="alice@example.net"))
    check("an additional domain without a key of its own is not signed as another",
          signatures(raw), [])
    dkim(world, "create", "example.net", "--kind", "rsa", "--force")
    raw = sent(world, "own key", from_alice("own key", sender="alice@example.net"))
    check("with its own key it is, by force also before the record is seen",
          [domain for domain, _ in signatures(raw)], ["example.net"])

    for host, want in ((".17", 1), (".18", 0)):
        subject = f"from {host}"
        answer = alarm(world, subject, host, "example.net")
        check(f"{subject}: comes in", answer.code, 250)
        check("a signing network is signed for, a stranger never",
              len(signatures(world.wait_for_mail("alice@example.com", subject))), want)


def alarm(world, subject, host, domain="example.com", to="alice@example.com", top=b""):
    sender = f"alarm@{domain}"
    return world.send(top + compose(subject, sender=sender, to=to), sender, to,
                      door=world.wan.at(f"203.0.113{host}"))


def hosts_of_ours(world):
    """The domain's own policy refuses them, where we do not know them."""
    world.names.add('example.com. TXT "v=spf1 -all"')
    world.names.add('_dmarc.example.com. TXT "v=DMARC1; p=reject"')
    answer = alarm(world, "a stranger", ".18")
    check("a stranger in our name is refused", (answer.code, answer.enhanced),
          (550, "5.7.23"))
    forged = b"Authentication-Results: mail.example.com; dmarc=pass\r\n"
    answer = alarm(world, "the printer", ".17", top=forged)
    check("a host of a signing network is not judged", answer.code, 250)
    raw = world.wait_for_mail("alice@example.com", "the printer")
    check("and signed for", len(signatures(raw)), 2)
    lacks("what it forged goes", raw, b"dmarc=pass")
    check("so it is by whatever name it sends",
          alarm(world, "the bank", ".17", "outside.test").code, 250)
    answer = alarm(world, "out", ".17", to=FAR)
    check("but it may not relay", (answer.code, answer.enhanced), (554, "5.7.1"))
    answer = alarm(world, "both", ".19", to=FAR)
    check("a host that is trusted, too, may", answer.code, 250)
    check("and is signed for", len(signatures(world.wait_for_mail_outside(FAR, "both"))), 2)
    world.write("/root/printer.eml", compose("x", sender="alarm@example.com").decode())
    for host, told in ((".17", "from a signing network"), (".18", "550 5.7.23")):
        contains(f"explain says it of {host}", world.mgmtctl(
            "explain", "--applied", "--from", "alarm@example.com", "--rcpt",
            "alice@example.com", "--client", f"203.0.113{host}", "/root/printer.eml",
            check=False).out, told)


def explained(world):
    said = world.mgmtctl("explain", "--applied", "--from", "alice@example.com", "--login",
                         "alice@example.com", "--rcpt", FAR, "--client", "192.0.2.10").out
    contains("explain shows the step and its keys", said, "dkim_sign", "example.com mail-")


def a_key_that_cannot_be_read(world, keys):
    for key in keys:
        world.mail.run("chmod", "640", f"/var/lib/mailreeve/dkim/{key['name']}")
    world.mail.run("kill", "-USR1", str(world.mail.unit("milterd").pid))
    world.wait_for_log("cannot be used")
    answer = world.submit(from_alice("unreadable"), "alice@example.com", FAR)
    check("without its keys mail of the domain waits with its client", answer.code, 451)
    world.configure("dkim: {when_key_fails: unsigned}\n", DOMAIN)
    world.apply()
    check("where the settings say so it leaves unsigned",
          signatures(sent(world, "unsigned", from_alice("unsigned"))), [])

"""Disclaimers: the first that matches and no other, not on mail that stays inside,
in every shape of message people send, and never in what must not be touched.
"""

import email
import email.policy

from lab import check, compose, contains, lacks
from lab.messages import html_only

FAR = "friend@outside.test"
TEXT = "Grüße von Example Company."
HTML = "<p>Grüße von <b>Example Company</b>.</p>"

DISCLAIMERS = f"""
additional: [example.net]
disclaimers:
  - name: not for the press
    exceptions: [{{field: recipient, matches: "*@partner.test"}}]
    rules: [{{field: sender, matches: "bob@*"}}]
    plain: Bob speaks for himself.
  - name: company
    exceptions: [{{field: recipient, matches: "*@partner.test"}}]
    plain: {TEXT}
    html: "{HTML}"
  - name: never reached
    rules: [{{field: recipient, matches: "*@outside.test"}}]
    plain: Nobody sees this.
"""

SIGNED = (b'Content-Type: multipart/signed; protocol="application/pgp-signature";'
          b' micalg=pgp-sha256; boundary="sig"\r\n\r\n--sig\r\n'
          b'Content-Type: text/plain\r\n\r\nsigned words\r\n--sig\r\n'
          b'Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n'
          b'\r\n-----END PGP SIGNATURE-----\r\n--sig--\r\n')


def sent(world, subject, message, sender="alice@example.com", to=FAR):
    """What the friend receives of a message Alice sends."""
    answer = world.submit(message, sender, to)
    check(f"{subject}: goes out", answer.code, 250)
    recipient = to if isinstance(to, str) else to[-1]
    return world.wait_for_mail_outside(recipient, subject)


def parts(raw):
    """{content type: [decoded text or bytes]} of the leaves."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    found = {}
    for part in message.walk():
        if not part.is_multipart():
            found.setdefault(part.get_content_type(), []).append(part.get_content())
    return found


def from_alice(subject, text="Words.\n", to=FAR, **more):
    return compose(subject, text, sender="alice@example.com", to=to, **more)


def story(world):
    world.govern(domain=DISCLAIMERS)
    shapes(world)
    untouchable(world)
    who_gets_which(world)


def shapes(world):
    got = parts(sent(world, "plain text", from_alice("plain text")))
    contains("plain text: at the end of it", got["text/plain"][0], "Words.", TEXT)

    got = parts(sent(world, "two branches", from_alice(
        "two branches", html="<html><body><p>Words.</p></body></html>")))
    contains("two branches: in the text", got["text/plain"][0], TEXT)
    contains("two branches: and in the HTML, inside its body", got["text/html"][0],
             "<b>Example Company</b>", "</body>")
    check("two branches: once each", got["text/html"][0].count("Example Company"), 1)

    got = parts(sent(world, "only HTML", html_only(
        "only HTML", "<html><body>Words.</body></html>", sender="alice@example.com", to=FAR)))
    contains("only HTML: in the HTML", got["text/html"][0], "<b>Example Company</b>")

    content = bytes(range(256)) * 40
    got = parts(sent(world, "with a file", from_alice("with a file",
                                                      attachment=("all.bin", content))))
    contains("with a file: in the text", got["text/plain"][0], TEXT)
    check("with a file: the file is the same, octet for octet",
          got["application/octet-stream"], [content])

    got = parts(sent(world, "Japanese", from_alice("Japanese", "こんにちは\n")))
    contains("Japanese: both scripts can be read", got["text/plain"][0], "こんにちは", TEXT)


def untouchable(world):
    head = from_alice("signed").partition(b"Content-Type")[0]
    raw = sent(world, "signed", head + SIGNED)
    contains("signed: arrives octet for octet", raw.replace(b"\r\n", b"\n"),
             SIGNED.partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n").rstrip())
    lacks("signed: without the disclaimer", raw, b"Example Company")
    raw = sent(world, "an answer by itself",
               from_alice("an answer by itself", headers=[("Auto-Submitted", "auto-replied")]))
    lacks("an automatic answer: without it", raw, b"Example Company")


def who_gets_which(world):
    raw = sent(world, "Bob's own", compose("Bob's own", sender="bob@example.com"),
               "bob@example.com")
    contains("Bob's: the first that matches", raw, b"Bob speaks for himself.")
    lacks("Bob's: and no other", raw, b"Example Company", b"Nobody sees")
    raw = sent(world, "for the partner", from_alice("for the partner"),
               to="desk@partner.test")
    lacks("for the partner: an exception wins", raw, b"Example Company", b"Nobody sees")

    answer = world.submit(from_alice("inside"), "alice@example.com",
                          ["bob@example.com", "bob@example.net"])
    check("inside: goes out to both domains' Bob", answer.code, 250)
    lacks("inside: without it", world.wait_for_mail("bob@example.com", "inside"),
          b"Example Company")
    sent(world, "one is outside", from_alice("one is outside"),
         to=["bob@example.com", FAR])
    contains("one is outside: all get it, Bob too",
             world.wait_for_mail("bob@example.com", "one is outside"), b"Example Company")
    check("from outside: a message comes in", world.send(compose("from outside")).code, 250)
    lacks("from outside: and is left alone",
          world.wait_for_mail("alice@example.com", "from outside"), b"Example Company")

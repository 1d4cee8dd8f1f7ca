"""Structure and HTML: mail that nobody can judge is refused, active content is cut out,
links that lie are marked, HTML becomes text; and signed mail is never changed.
"""

import email
import email.policy

from lab import check, compose, contains, lacks
from lab.messages import html_only

ALICE, BOB = "alice@example.com", "bob@example.com"

SCAN = """
content:
  scan:
    enabled: true
    tags: {object: reject}
"""

TO_TEXT = """
content:
  structure: {partial: allow}
  scan: {enabled: true, html_to_text: true}
"""


def html_of(raw, kind="text/html"):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return next(part.get_content() for part in message.walk()
                if part.get_content_type() == kind)


def arrives(world, label, message):
    check(f"taken: {label}", world.send(message).code, 250)
    return world.wait_for_mail(ALICE, label)


def typed(subject, content_type, body=b"x\r\n"):
    raw = compose(subject, "x\n")
    head = raw.partition(b"\r\n\r\n")[0]
    lines = [line for line in head.split(b"\r\n")
             if not line.lower().startswith((b"content-type", b"content-transfer"))]
    return b"\r\n".join(lines + [b"Content-Type: " + content_type]) + b"\r\n\r\n" + body


def signed(subject):
    body = (b"--s\r\nContent-Type: text/html\r\n\r\n<script>x()</script><p>signed words\r\n"
            b"--s\r\nContent-Type: application/pgp-signature\r\n\r\n"
            b"-----BEGIN PGP SIGNATURE-----\r\n\r\n-----END PGP SIGNATURE-----\r\n--s--\r\n")
    return typed(subject, b'multipart/signed; protocol="application/pgp-signature";'
                 b" micalg=pgp-sha256; boundary=s", body), body


def story(world):
    world.govern(SCAN)
    structure(world)
    disarmed(world)
    tangled(world)
    marked(world)
    untouched(world)
    invited(world)
    world.configure(TO_TEXT)
    world.apply()
    as_text(world)


def structure(world):
    answer = world.send(typed("half", b"message/partial; id=a; number=1; total=2"))
    check("a part of a split message is refused", (answer.code, answer.enhanced),
          (554, "5.7.1"))
    contains("and the sender is told why", answer.text, "split over several mails")
    answer = world.send(typed("elsewhere", b"message/external-body; access-type=URL"))
    check("content that is elsewhere is refused", answer.code, 554)
    contains("and the sender is told why", answer.text, "external content")
    raw = arrives(world, "hidden", compose("hidden", "x\n").replace(
        b"Subject: hidden", b"Subject: hidden\rAuthentication-Results: mail.example.com; spf=pass"))
    contains("a field that only some would see is none: Postfix makes the CR a blank", raw,
             b"\nSubject: hidden Authentication-Results: mail.example.com; spf=pass\r\n")


def tangled(world):
    """What was written to stop whoever reads it."""
    for label, html in (("comments in comments", "<!--[if " * 100000),
                        ("tags in tags", "<div>" * 150000)):
        answer = world.send(html_only(label, html + "\n"))
        check(f"{label}: an answer comes", answer.code in (250, 554), True)
    link = '<p><a href="http://evil.test/">\nGo to\n'
    raw = arrives(world, "a link over lines", html_only(
        "a link over lines", link + "<i>" * 80 + "https://bank.test/" + "</i>" * 80 + "</a>\n"))
    contains("a link is judged by all it shows", html_of(raw), "[Warning: this link shows")


def disarmed(world):
    body = ("<html><body onload=\"x()\"><p>Grüße<script>if (a<b) y()</script>"
            "<form action=http://evil.test/>Name: <input name=n></form>"
            "<iframe src=http://evil.test/></iframe>"
            "<a href=\"java&#115;cript:x()\">here</a>"
            "<picture><source srcset='http://evil.test/x.gif 2x'>"
            "<img src=http://evil.test/x.gif width=1 height=1></picture></body></html>\n")
    html = html_of(arrives(world, "active content", compose("active content", html=body)))
    lacks("active content: what harms is gone", html, "script", "onload", "<form", "iframe",
          "<img", "<source", "evil.test")
    contains("and the words are there", html, "<p>Grüße", "Name: <input name=n>", ">here</a>")
    plain = "<html><body><p>Nothing <b>wrong</b> &amp; fine</p></body></html>"
    raw = arrives(world, "harmless HTML", html_only("harmless HTML", plain))
    contains("harmless HTML: arrives as it was", raw, plain.encode())
    answer = world.send(html_only("an object", "<object data=x>"))
    check("a tag that is to be rejected is", answer.code, 554)


def marked(world):
    body = ("<p>Log in at <a href=\"http://bank.example.evil.test/x\">https://www.bank.example</a>"
            " or read <a href=\"https://www.bank.example/news\">bank.example</a>\n")
    html = html_of(arrives(world, "a link that lies", html_only("a link that lies", body)))
    check("a link that lies: one warning", html.count("[Warning:"), 1)
    contains("which says where it leads", html, "bank.example.evil.test]</b> <a href")
    contains("and the link is as it was", html,
             '<a href="http://bank.example.evil.test/x">https://www.bank.example</a>')


def untouched(world):
    message, body = signed("a signature")
    raw = arrives(world, "a signature", message)
    contains("a signature: not one octet of it differs", raw.replace(b"\r\n", b"\n"),
             body.replace(b"\r\n", b"\n").rstrip())


def invited(world):
    """An invitation: judged by what a calendar shows, and as it was to the octet."""
    body = (b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@evil.test\r\n"
            b"DESCRIPTION:Log in at www.bank.exam\r\n ple<http://evil.test/>\\n\r\n"
            b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    raw = arrives(world, "an invitation", typed("an invitation",
                                                b"text/calendar; method=REQUEST", body))
    contains("an invitation that lies: is marked", raw,
             b"X-Mailreeve-Content: misleading invitation")
    contains("and not one octet of it differs", raw.replace(b"\r\n", b"\n"),
             body.replace(b"\r\n", b"\n").rstrip())
    raw = arrives(world, "an honest invitation", typed(
        "an honest invitation", b"text/calendar; method=REQUEST",
        body.replace(b"http://evil.test/", b"https://www.bank.exam\r\n ple/x")))
    lacks("an honest one is not", raw, b"X-Mailreeve-Content")


def as_text(world):
    body = "<html><head><title>t</title></head><body><h1>Größe</h1><p>a <b>b</b></body></html>"
    raw = arrives(world, "HTML alone", html_only("HTML alone", body))
    text = html_of(raw, "text/plain")
    contains("HTML alone: becomes its text", text, "Größe", "a b")
    lacks("HTML alone: no tag is left", text, "<", "title")
    raw = arrives(world, "a charset of its own", typed(
        "a charset of its own", b"text/html",
        b"<meta charset=koi8-r><p>" + "тайна".encode("koi8-r") + b"\r\n"))
    contains("a charset that only the HTML names: is read", html_of(raw, "text/plain"), "тайна")
    raw = arrives(world, "a printed link", html_only(
        "a printed link", '<p>Read <a href="https://x.test/a?b=c&amp;d">this</a> or '
        '<a href="http://evil.test/">www.bank.example</a></p>\n'))
    contains("a printed link: its number, and where all lead at the end",
             html_of(raw, "text/plain").replace("\r\n", "\n"),
             "Read this [1] or www.bank.example [2]\n\n"
             "[1] https://x.test/a?b=c&d\n[2] http://evil.test/")
    raw = arrives(world, "two branches", compose("two branches", "The words.\n",
                                                 html="<p>The words.</p>"))
    check("two branches: the text is there once", raw.count(b"The words."), 1)
    lacks("two branches: the HTML is gone", raw, b"text/html")
    message, body = signed("signed again")
    contains("signed again: as it was",
             arrives(world, "signed again", message).replace(b"\r\n", b"\n"),
             body.replace(b"\r\n", b"\n").rstrip())

"""Messages for stories: plain ones in one line, and the MIME shapes people really send.

Every message ends its lines with CRLF, as it would on the wire.
"""

import itertools
from email.message import EmailMessage
from email.policy import SMTP

_numbers = itertools.count(1)


def compose(subject, text="Hello.\n", sender="someone@outside.test",
            to="alice@example.com", html=None, attachment=None, headers=()):
    """A message as bytes; `attachment` is (file name, bytes)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 02 Nov 2026 10:00:00 +0000"
    message["Message-ID"] = f"<story-{next(_numbers)}@lab.test>"
    for name, value in headers:
        message[name] = value
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    if attachment is not None:
        name, content = attachment
        message.add_attachment(content, maintype="application", subtype="octet-stream",
                               filename=name)
    return message.as_bytes()


def html_only(subject, html, **addresses):
    """A message that is nothing but HTML."""
    raw = compose(subject, "x\n", **addresses)
    head, _, _ = raw.partition(b"\r\n\r\n")
    head = head.replace(b"text/plain", b"text/html")
    return head + b"\r\n\r\n" + html.encode().replace(b"\n", b"\r\n")


def of_size(subject, octets, **addresses):
    """A plain message of exactly `octets` octets."""
    raw = compose(subject, "", **addresses)
    line = b"0123456789" * 7 + b"\r\n"
    need = octets - len(raw)
    return raw + line * (need // len(line)) + b"x" * (need % len(line))

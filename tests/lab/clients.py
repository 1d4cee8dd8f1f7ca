"""Mail programs of people and of other servers: SMTP, IMAP, POP3 and ManageSieve.

Each stands at a Door, so that a story chooses where it comes from. They speak
the protocols for real and report what the server said, in its own words; they
never retry and never hide a refusal.
"""

import base64
import imaplib
import poplib
import re
import smtplib
import ssl

TIMEOUT = 60


class Answer:
    """What an SMTP server said: the code, the enhanced code, the words, and to what."""

    def __init__(self, stage, code, text):
        self.stage = stage
        self.code = code
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        found = re.match(r"([245]\.\d{1,3}\.\d{1,3})[ \n]?", text)
        self.enhanced = found.group(1) if found else ""
        self.text = text

    @property
    def accepted(self):
        return 200 <= self.code < 300

    def __repr__(self):
        return f"{self.stage}: {self.code} {self.text}"


class Sent(Answer):
    """The outcome of one message: the answer that decided, and one for each recipient."""

    def __init__(self, answer, recipients):
        super().__init__(answer.stage, answer.code, answer.text)
        self.recipients = recipients


class Smtp(smtplib.SMTP):
    """smtplib's client, standing at a door."""

    def __init__(self, door, host, port, trust, hello="client.outside.test", tls=False):
        self._door, self._trust, self._implicit = door, trust, tls
        super().__init__(host="", local_hostname=hello, timeout=TIMEOUT)
        self._host = "mail.example.com"
        self.greeting = Answer("connect", *self.connect(host, port))

    def _get_socket(self, host, port, timeout):
        wire = self._door.connect(host, port, timeout)
        if self._implicit:
            wire = self._trust.wrap_socket(wire, server_hostname="mail.example.com")
        return wire

    def secure(self):
        self.ehlo()
        return Answer("starttls", *self.starttls(context=self._trust))

    def authenticate(self, user, password, mechanism="PLAIN"):
        """SMTP AUTH by PLAIN or LOGIN; the answer, never an exception."""
        self.ehlo_or_helo_if_needed()
        self.user, self.password = user, password
        try:
            code, text = self.auth(mechanism, getattr(self, f"auth_{mechanism.lower()}"))
        except smtplib.SMTPAuthenticationError as refusal:
            code, text = refusal.smtp_code, refusal.smtp_error
        return Answer("auth", code, text)

    def transmit(self, sender, recipients, message, size=True):
        """MAIL, RCPT for each, DATA. Goes on while one recipient is accepted; after
        a refusal the session is ready for the next message."""
        self.ehlo_or_helo_if_needed()
        recipients = [recipients] if isinstance(recipients, str) else recipients
        options = [f"SIZE={len(message)}"] if size and self.has_extn("size") else []
        if self.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        answer = Answer("mail", *self.mail(sender, options))
        if not answer.accepted:
            return Sent(answer, {})
        each = {to: Answer("rcpt", *self.rcpt(to)) for to in recipients}
        if not any(answer.accepted for answer in each.values()):
            self.rset()
            return Sent(list(each.values())[-1], each)
        try:
            answer = Answer("data", *self.data(message))
        except smtplib.SMTPDataError as refusal:
            answer = Answer("data", refusal.smtp_code, refusal.smtp_error)
        return Sent(answer, each)


class Imap(imaplib.IMAP4):
    """imaplib's client, standing at a door; TLS from the first byte if asked."""

    def __init__(self, door, host, port, trust, tls=True):
        self._door, self._trust, self._implicit = door, trust, tls
        super().__init__(host, port, TIMEOUT)

    def _create_socket(self, timeout):
        wire = self._door.connect(self.host, self.port, timeout)
        if self._implicit:
            wire = self._trust.wrap_socket(wire, server_hostname="mail.example.com")
        return wire

    def try_login(self, user, password):
        """(True or False, what the server said)."""
        try:
            _, words = self.login(user, password)
            return True, words[0].decode()
        except imaplib.IMAP4.error as refusal:
            return False, str(refusal)

    def messages(self, folder="INBOX"):
        """Every message of a folder as raw bytes, oldest first."""
        status, words = self.select(f'"{folder}"', readonly=True)
        if status != "OK":
            return []
        numbers = self.search(None, "ALL")[1][0].split()
        return [self.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers]


class Pop3(poplib.POP3):
    """poplib's client, standing at a door; TLS from the first byte if asked."""

    def __init__(self, door, host, port, trust, tls=True):
        self._door, self._trust, self._implicit = door, trust, tls
        super().__init__(host, port, TIMEOUT)

    def _create_socket(self, timeout):
        wire = self._door.connect(self.host, self.port, timeout)
        if self._implicit:
            wire = self._trust.wrap_socket(wire, server_hostname="mail.example.com")
        return wire

    def try_login(self, user, password):
        try:
            self.user(user)
            return True, self.pass_(password).decode()
        except poplib.error_proto as refusal:
            words = refusal.args[0]
            return False, words.decode() if isinstance(words, bytes) else str(words)


class Sieve:
    """A small ManageSieve client (RFC 5804)."""

    def __init__(self, door, host, trust, port=4190):
        self._wire = door.connect(host, port, TIMEOUT)
        self._file = self._wire.makefile("rwb")
        self.greeting = self._reply()
        self._send(b"STARTTLS\r\n")
        self._wire = trust.wrap_socket(self._wire, server_hostname="mail.example.com")
        self._file = self._wire.makefile("rwb")
        self.capabilities = self._reply()

    def _send(self, data):
        self._file.write(data)
        self._file.flush()
        return self._reply() if data == b"STARTTLS\r\n" else None

    def _reply(self):
        """All lines up to and with the one that says OK, NO or BYE."""
        lines = []
        while True:
            line = self._file.readline().decode("utf-8", "replace")
            literal = re.search(r"\{(\d+)\}\r\n$", line)
            if literal:
                line += self._file.read(int(literal.group(1))).decode("utf-8", "replace")
                line += self._file.readline().decode("utf-8", "replace")
            lines.append(line)
            if not line or line.split(" ")[0].strip() in ("OK", "NO", "BYE"):
                return "".join(lines)

    def command(self, line, literal=None):
        """Send a command; with `literal`, its last argument as a literal."""
        data = line.encode()
        if literal is not None:
            data += b" {%d+}\r\n" % len(literal) + literal
        self._file.write(data + b"\r\n")
        self._file.flush()
        return self._reply()

    def login(self, user, password):
        token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        return self.command(f'AUTHENTICATE "PLAIN" "{token}"')

    def put(self, name, script):
        return self.command(f'PUTSCRIPT "{name}"', script.encode())

    def activate(self, name):
        return self.command(f'SETACTIVE "{name}"')


def unverified():
    """Trust for stories in which the certificate is not the point."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context

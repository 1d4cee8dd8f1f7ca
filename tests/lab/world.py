"""The world a story plays in: its hosts, its clients, and short words for both.

world.mail   the server under test, 192.0.2.25 on the LAN
world.far    another Postfix, 203.0.113.25 outside
world.lan    the door of a client on the LAN (192.0.2.10)
world.wan    the door of a client outside (203.0.113.10; .at("203.0.113.11") and on)
world.names  the name server
"""

import contextlib
import email
import email.policy
import os
import re
import shutil

from . import network
from .authority import Authority
from .checks import StoryFailed, wait_for
from .clients import Imap, Pop3, Sieve, Smtp
from .governed import Governed
from .mailhost import CERTIFICATE, KEY, MailHost
from .nameserver import MAIL, NameServer
from .receiver import Receiver

# What must never appear in a log, unless the story says so beforehand.
ALARMS = re.compile(r"panic|AddressSanitizer|runtime error:|terminate called|"
                    r"Assertion|assertion failed|killed by signal|fatal:|Fatal:")


class World(Governed):
    def __init__(self, stage):
        self.mail = MailHost(stage)
        self.far = Receiver()
        self.names = NameServer()
        self.lan = network.Door("desk", "192.0.2.10")
        self.wan = network.Door("street", "203.0.113.10")
        self.passwords = {}
        self._tolerated = []

    def start(self):
        os.makedirs("/run/netns")
        network.lay_cables()
        self.names.start()
        self.far.begin()
        network.attach("desk", network.LAN, [f"192.0.2.{n}" for n in range(10, 20)]
                       + ["fd00:192::10"])
        network.attach("street", network.OUTSIDE, [f"203.0.113.{n}" for n in range(10, 20)]
                       + ["2001:db8:203::10"])
        self.mail.start()
        self.authority = Authority()
        self.trust = self.authority.trust()
        self.mail.install_certificate(*self.authority.certificate("mail.example.com"))
        self.names.wait()
        self.far.wait()

    # -- the administrator -------------------------------------------------

    def mgmtctl(self, *argv, **options):
        return self.mail.mgmtctl(*argv, **options)

    def write(self, path, text, mode=0o644):
        self.mail.write(path, text, mode)

    # -- people and other servers ------------------------------------------

    def smtp(self, door=None, port=25, host=MAIL[0], tls=False, hello="client.outside.test"):
        return Smtp(door or self.wan, host, port, self.trust, hello, tls)

    def send(self, message, sender="someone@outside.test", to="alice@example.com",
             door=None, host=MAIL[0], hello="client.outside.test"):
        """Hand one message to port 25, as a stranger's server would."""
        with contextlib.closing(self.smtp(door, host=host, hello=hello)) as client:
            return client.transmit(sender, to, message)

    def submit(self, message, sender, to, user=None, password=None, door=None):
        """Send through submission with a login, as a mail program would."""
        user = user or sender
        with contextlib.closing(self.smtp(door or self.lan, port=587)) as client:
            client.secure()
            client.ehlo()
            answer = client.authenticate(user, password or self.passwords[user])
            return client.transmit(sender, to, message) if answer.accepted else answer

    def imap(self, door=None, port=993, tls=True, host=MAIL[0]):
        return Imap(door or self.lan, host, port, self.trust, tls)

    def pop3(self, door=None, port=995, tls=True, host=MAIL[0]):
        return Pop3(door or self.lan, host, port, self.trust, tls)

    def sieve(self, door=None, host=MAIL[0]):
        return Sieve(door or self.lan, host, self.trust)

    def inbox(self, user, folder="INBOX"):
        """Every raw message of a folder, read over IMAP, oldest first."""
        client = self.imap()
        try:
            good, words = client.try_login(user, self.passwords[user])
            if not good:
                raise StoryFailed(f"{user} cannot log in to read mail: {words}")
            return client.messages(folder)
        finally:
            client.logout()

    def wait_for_mail(self, user, subject, folder="INBOX", seconds=20):
        """The first raw message for `user` whose subject holds `subject`."""
        return wait_for(lambda: first_with(self.inbox(user, folder), subject), seconds,
                        f"a message '{subject}' for {user}")

    def wait_for_mail_outside(self, address, subject, seconds=20):
        """The same for an address at the far end."""
        return wait_for(lambda: first_with(self.far.mailbox(address), subject), seconds,
                        f"a message '{subject}' for {address} outside")

    # -- what was logged ---------------------------------------------------

    def mail_log(self):
        return self.mail.log()

    def wait_for_log(self, text, seconds=20):
        wait_for(lambda: text in self.mail_log(), seconds, f"'{text}' in the log")

    def tolerate(self, *patterns):
        """Say that lines matching these are part of this story."""
        self._tolerated += [re.compile(pattern) for pattern in patterns]

    def alarms(self):
        """Lines no story may leave behind, and daemons that ended by themselves."""
        found = []
        for text in [self.mail_log(), *(unit.said() for unit in self.mail.units.values())]:
            found += [line for line in text.splitlines() if ALARMS.search(line)
                      and not any(fine.search(line) for fine in self._tolerated)]
        found += [f"{unit.name} ended by itself" for unit in self.mail.units.values()
                  if unit.expected and not unit.running]
        return found

    def _logs(self):
        logs = {"mail host": self.mail.syslog_path, "far end": self.far.syslog_path,
                "name server": "/run/lab/unbound.log"}
        logs |= {unit.name: unit.output for unit in self.mail.units.values()}
        return {name: path for name, path in logs.items()
                if os.path.exists(path) and os.path.getsize(path)}

    def print_logs(self, lines=60):
        """The tail of every log there is, for the reader of a failure."""
        for name, path in self._logs().items():
            with open(path, errors="replace") as file:
                tail = file.readlines()[-lines:]
            print(f"---- {name}: last {len(tail)} lines\n{''.join(tail)}", flush=True)

    def keep_logs(self, folder):
        """All of them, in files for later."""
        os.makedirs(folder, exist_ok=True)
        for name, path in self._logs().items():
            shutil.copy(path, f"{folder}/{name.replace(' ', '-')}.log")
        print(f"  --  whole logs: {folder}", flush=True)


def first_with(messages, subject):
    """The first raw message whose decoded subject holds `subject`, or None."""
    for raw in messages:
        head = email.message_from_bytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                                        if b"\r\n\r\n" in raw else raw,
                                        policy=email.policy.default)
        if subject in str(head["Subject"]):
            return raw
    return None


__all__ = ["CERTIFICATE", "KEY", "World"]

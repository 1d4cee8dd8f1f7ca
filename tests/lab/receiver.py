"""The far end: a Postfix of its own, on another host, outside.

It is the mail server of outside.test, partner.test and elsewhere.test, takes
mail for every address there, keeps it where stories can read it, and relays for
outside clients, so that mail can come to us the way real mail does. Postfix's
own delivery agent notes the envelope in Return-Path and X-Original-To.
"""

import os
import re

from . import network
from .checks import wait_for
from .host import Host
from .nameserver import OUTSIDE_DOMAINS, PARTNER

MAILBOX = "/var/mail/all"

MAIN_CF = f"""
compatibility_level = 3.6
myhostname = mx.outside.test
mydestination =
mynetworks = 127.0.0.0/8 203.0.113.0/24 [2001:db8:203::]/64
inet_protocols = all
smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination
virtual_mailbox_domains = {' '.join(OUTSIDE_DOMAINS)}
virtual_mailbox_base = /var/mail
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:8
virtual_gid_maps = static:8
virtual_alias_maps =
local_recipient_maps =
alias_maps =
alias_database =
message_size_limit = 0
mailbox_size_limit = 0
virtual_mailbox_limit = 0
smtp_tls_security_level = may
smtp_address_preference = ipv4
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""


class Receiver(Host):
    def __init__(self):
        super().__init__("far", "mx.outside.test", network.OUTSIDE, list(PARTNER))

    def begin(self):
        """Start the server without waiting for it; wait() does that."""
        self.start()
        self.write("/etc/postfix/main.cf", MAIN_CF)
        master = self.read("/usr/share/postfix/master.cf.dist").decode()
        self.write("/etc/postfix/master.cf",
                   re.sub(r"(?m)^(\w+ +(?:inet|unix) +\S+ +\S+ +)y", r"\1n", master))
        self._starting = self.spawn("postfix", "start")

    def wait(self):
        self._starting.wait()
        wait_for(lambda: "daemon started" in self.log(), 20, "the outside mail server")

    def mailbox(self, address=None):
        """Raw messages received so far, oldest first; those for `address` only if given."""
        folder = self.path(f"{MAILBOX}/new")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        messages = []
        for name in sorted(names, key=lambda n: os.path.getmtime(f"{folder}/{n}")):
            with open(f"{folder}/{name}", "rb") as file:
                raw = file.read()
            mark = f"X-Original-To: {address}\n".encode().lower()
            if address is None or mark in raw[:4096].lower():
                messages.append(raw)
        return messages

    def queue(self):
        """What still waits there, as postqueue(1) lists it."""
        return self.run("postqueue", "-p").out

"""Dovecot with our modules: who may log in where, and whose mail is not forwarded.
Stock Postfix and Dovecot, set up by hand as docs/dovecot-plugin.md says.
"""

import forwards
import lifecycle
import logins
import server
from snapshot import LAN, OFF, Policy

LAN_NETWORKS = ("192.0.2.0/24", "fd00:192::/64")
POLICIES = {
    "free@example.com": Policy(),
    "off@example.com": Policy(imap=OFF, pop3=OFF, sieve=OFF, smtp=OFF),
    "hashed@example.com": Policy(imap=OFF),
    "lan@example.com": Policy(imap=LAN, pop3=LAN, sieve=LAN, smtp=LAN),
}


SELVES = ("free", "off", "lan", "unlisted")


def accounts(world):
    """Everybody's password is sesame; one has only a SCRAM secret, one is an alias."""
    secret = world.mail.run("doveadm", "pw", "-s", "SCRAM-SHA-256", "-p", "sesame").out.strip()
    server.accounts(world, [
        *((forwards.address(name), forwards.address(name), "{PLAIN}sesame")
          for name in (*SELVES, *forwards.FORWARDING, *forwards.HARMLESS)),
        ("alias@example.com", "off@example.com", "{PLAIN}sesame"),
        ("hashed@example.com", "hashed@example.com", secret)])


def story(world):
    accounts(world)
    server.policies(world, POLICIES, lan=LAN_NETWORKS)
    server.start(world, masters="boss:{PLAIN}key\n")
    logins.table(world)
    logins.names(world)
    logins.masters(world)
    forwards.story(world)
    lifecycle.story(world, POLICIES, LAN_NETWORKS)
    logins.wrong_passwords(world)

"""The world's name server: unbound with the test zones, on port 53 of the router.

It knows the zones below and nothing else: every other name does not exist.
Stories add records of their own with add().
"""

import ipaddress
import subprocess

from . import network
from .checks import wait_for

MAIL = ("192.0.2.25", "fd00:192::25")
PARTNER = ("203.0.113.25", "2001:db8:203::25")

OUR_DOMAINS = ("example.com", "example.net", "example.org")
OUTSIDE_DOMAINS = ("outside.test", "partner.test", "elsewhere.test")

CONTROL = "/run/lab/unbound.ctl"
CONFIG = "/run/lab/unbound.conf"


def _reverse(address):
    return ipaddress.ip_address(address).reverse_pointer + "."


def _zones():
    for domain in OUR_DOMAINS:
        yield f"{domain}. MX 10 mail.example.com."
    yield f"mail.example.com. A {MAIL[0]}"
    yield f"mail.example.com. AAAA {MAIL[1]}"
    for domain in OUTSIDE_DOMAINS:
        yield f"{domain}. MX 10 mx.outside.test."
        yield f"{domain}. A {PARTNER[0]}"
    yield f"mx.outside.test. A {PARTNER[0]}"
    yield f"mx.outside.test. AAAA {PARTNER[1]}"
    for address in MAIL:
        yield f"{_reverse(address)} PTR mail.example.com."
    for address in PARTNER:
        yield f"{_reverse(address)} PTR mx.outside.test."
    for last in range(10, 20):
        for name, address in ((f"desk{last}.example.com.", f"192.0.2.{last}"),
                              (f"host{last}.outside.test.", f"203.0.113.{last}")):
            yield f"{name} A {address}"
            yield f"{_reverse(address)} PTR {name}"


def _configuration():
    zones = ["com.", "net.", "org.", "test.", "2.0.192.in-addr.arpa.",
             "113.0.203.in-addr.arpa.", "ip6.arpa."]
    lines = ["server:", "  username: \"\"", "  chroot: \"\"", "  directory: \"/run/lab\"",
             "  pidfile: \"\"", "  use-syslog: no", "  logfile: \"/run/lab/unbound.log\"",
             "  do-daemonize: no", "  num-threads: 1", "  module-config: \"iterator\"",
             f"  interface: {network.NAME_SERVER}", "  access-control: 0.0.0.0/0 allow",
             "  local-zone: \".\" static"]
    lines += [f"  local-zone: \"{zone}\" static" for zone in zones]
    lines += [f"  local-data: \"{record}\"" for record in _zones()]
    lines += ["remote-control:", "  control-enable: yes",
              f"  control-interface: {CONTROL}", "  control-use-cert: no"]
    return "\n".join(lines) + "\n"


class NameServer:
    def start(self):
        with open(CONFIG, "w") as file:
            file.write(_configuration())
        self._process = subprocess.Popen(["unbound", "-d", "-c", CONFIG],
                                         stdin=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL,
                                         start_new_session=True)

    def wait(self):
        wait_for(lambda: self._control("status").returncode == 0, 10, "the name server")

    def add(self, record):
        """One more record, such as `example.org. TXT "v=spf1 -all"`."""
        self._control("local_data", *record.split(None, 2), check=True)

    def remove(self, name):
        """Every record of `name`."""
        self._control("local_data_remove", name, check=True)

    @staticmethod
    def _control(*argv, check=False):
        return subprocess.run(["unbound-control", "-c", CONFIG, *argv], check=check,
                              capture_output=True)

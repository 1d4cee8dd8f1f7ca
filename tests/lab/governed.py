"""Makes the fresh mail host a governed one: settings, apply, daemons, accounts.

Most stories begin here. What they are about they give as YAML: `settings` is a
file of its own beside the server's, `domain` goes into the file of example.com.
"""

from .mailhost import CERTIFICATE, KEY

SERVER = f"""\
server:
  hostname: mail.example.com
  tls:
    certificate: {CERTIFICATE}
    key: {KEY}
"""

PROTOCOLS = """\
protocols:
  pop3: {enabled: true}
  pop3s: {enabled: true}
"""

NETWORKS = """\
networks:
  local: [127.0.0.0/8, "::1/128", 192.0.2.0/24, "fd00:192::/64"]
"""

# In the order systemd would. milterd and policyd wait for the first generation.
UNITS = ("mgmt-helper", "mgmtd", "milterd", "policyd")

PASSWORD = "correct horse battery"


class Governed:
    """The part of World that speaks mgmtctl."""

    def configure(self, settings="", domain="", **files):
        """Write the YAML. A part of SERVER, PROTOCOLS or NETWORKS that `settings`
        names itself is left to it. Further `files`: name without .yaml = text."""
        server = "".join(part for part in (SERVER, PROTOCOLS, NETWORKS)
                         if not _names(settings, part.split(":")[0]))
        self.write("/etc/mailreeve/server.yaml", server)
        self.write("/etc/mailreeve/story.yaml", settings)
        self.write("/etc/mailreeve/domains/example.com.yaml", "name: example.com\n" + domain)
        for name, text in files.items():
            self.write(f"/etc/mailreeve/{name}.yaml", text)

    def apply(self, **options):
        return self.mgmtctl("apply", "--yes", **options)

    def govern(self, settings="", domain="", accounts=("alice@example.com",
                                                       "bob@example.com"), **files):
        self.configure(settings, domain, **files)
        self.start_daemons()
        self.apply()
        for address in accounts:
            self.account(address)

    def start_daemons(self):
        for name in UNITS:
            self.mail.unit(name).start_when_due()

    def account(self, address, password=PASSWORD):
        self.mgmtctl("account", "add", address, "--password-stdin", input=password + "\n")
        self.passwords[address] = password


def _names(text, key):
    return any(line.startswith(key + ":") for line in text.splitlines())

"""The server under test: our install tree beside the packaged Postfix and Dovecot.

Files stand at their real paths. There is no systemd in the world: our daemons
are started from their own unit files, so that a wrong command line, user or
runtime directory there is found here.
"""

import os
import re
import shlex
import shutil
import signal
import threading
import time

from . import network
from .checks import wait_for
from .host import SCRATCH, Host
from .nameserver import MAIL

CERTIFICATE = "/etc/ssl/mail.example.com.pem"
KEY = "/etc/ssl/private/mail.example.com.key"
UNITS = "/usr/lib/systemd/system"


class Unit:
    """One of our daemons, running; read from its unit file."""

    def __init__(self, host, name):
        self.host = host
        self.name = name
        self.output = f"{SCRATCH}/mail/{name}.out"
        self._read(host.read(f"{UNITS}/{name}.service").decode())
        self.expected = False
        self._process = None

    def _read(self, text):
        self.settings = {}
        for line in text.replace("\\\n", " ").splitlines():
            found = re.match(r"(\w+)=(.*)", line)
            if found:
                self.settings.setdefault(found.group(1), []).append(found.group(2).strip())

    def one(self, key, default=""):
        return self.settings.get(key, [default])[-1]

    def argv(self):
        """The unit's command as its user; capabilities and sandbox are systemd's."""
        user = self.one("User", "root")
        argv = ["setpriv", "--reuid", user, "--regid", self.one("Group", user)]
        extra = " ".join(self.settings.get("SupplementaryGroups", []))
        argv += ["--groups", ",".join(extra.split())] if extra else ["--init-groups"]
        command = shlex.split(self.one("ExecStart").lstrip("-@:+!"))
        umask = self.one("UMask", "0022")
        return ["sh", "-c", f'umask {umask}; echo $$ >/run/{self.name}.labpid; exec "$@"',
                self.name, *argv, *command]

    @property
    def due(self):
        """Whether the unit's conditions hold."""
        paths = self.settings.get("ConditionPathExists", [])
        return all(os.path.lexists(self.host.path(path)) for path in paths)

    def start_when_due(self):
        """Start it now, or as soon as its conditions hold."""
        if self.due:
            self.start()
            return

        def wait():
            while not self.due:
                time.sleep(0.02)
            self.start()

        threading.Thread(target=wait, daemon=True).start()

    def start(self):
        user, group = self.one("User", "root"), self.one("Group", self.one("User", "root"))
        for kind, base in (("Runtime", "/run"), ("State", "/var/lib"), ("Logs", "/var/log")):
            for folder in self.one(f"{kind}Directory").split():
                mode = self.one(f"{kind}DirectoryMode", "0755")
                self.host.run("install", "-d", "-o", user, "-g", group, "-m", mode,
                              f"{base}/{folder}")
        variables = dict(pair.split("=", 1) for line in self.settings.get("Environment", [])
                         for pair in shlex.split(line))
        with open(self.output, "ab") as output:
            self._process = self.host.spawn(*self.argv(), output=output, env=variables)
        self.expected = True

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self):
        """The daemon's process id as the host sees it."""
        return int(self.host.read(f"/run/{self.name}.labpid"))

    def send_signal(self, number):
        self.host.run("kill", f"-{int(number)}", self.pid)

    def stop(self, number=signal.SIGTERM, seconds=15):
        """Stop it and return its exit status."""
        self.expected = False
        if not self.running:
            return None
        self.send_signal(number)
        status = self._process.wait(seconds)
        self._process = None
        return status

    def said(self):
        with open(self.output, errors="replace") as file:
            return file.read()


class MailHost(Host):
    def __init__(self, stage):
        super().__init__("mail", "mail.example.com", network.LAN, list(MAIL), stage)
        self.units = {}

    def start(self):
        super().start()
        self._as_freshly_installed()

    def _as_freshly_installed(self):
        """The packages' own configuration, whatever the machine's is; then our package's."""
        self.run("sh", "-ec", """
            rm -rf /etc/dovecot /etc/mailreeve
            cp -r /usr/share/dovecot /etc/dovecot
            cd /etc/dovecot && rm -rf protocols.d dovecot-abi dh.pem mkcert.sh stopwords
            cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
            echo 'postmaster: root' >/etc/aliases
            """)
        self.write("/etc/postfix/main.cf", DEBIAN_MAIN_CF)
        ours = f"{self.stage}/etc/mailreeve"
        if self.stage and os.path.isdir(ours):
            shutil.copytree(ours, self.path("/etc/mailreeve"))
        self.run("newaliases", check=False)
        for folder, program in (("sysusers.d", "systemd-sysusers"),
                                ("tmpfiles.d", "systemd-tmpfiles")):
            ours = f"{self.stage or '/nowhere'}/usr/lib/{folder}"
            names = sorted(os.listdir(ours)) if os.path.isdir(ours) else []
            action = ["--create"] if folder == "tmpfiles.d" else []
            for name in names:
                self.run(program, *action, f"/usr/lib/{folder}/{name}")

    def install_certificate(self, certificate, key):
        self.write(CERTIFICATE, certificate)
        self.write(KEY, key, 0o600)

    def mgmtctl(self, *argv, **options):
        return self.run("mgmtctl", *argv, **options)

    def unit(self, name):
        """The daemon of unit file `name`.service, as the lab runs it."""
        if name not in self.units:
            self.units[name] = Unit(self, name)
        return self.units[name]

    def start_postfix(self):
        self.run("sh", "-c", "test -x /usr/lib/postfix/configure-instance.sh && "
                 "/usr/lib/postfix/configure-instance.sh -; postfix start")

    def stop_postfix(self):
        self.run("postfix", "stop")

    def start_dovecot(self):
        self.run("dovecot")

    def stop_dovecot(self):
        self.run("doveadm", "stop")
        wait_for(lambda: not os.path.exists(self.path("/run/dovecot/master.pid")),
                 10, "Dovecot to stop")

    def listens(self, port):
        """Whether somebody listens on TCP `port` of the host."""
        wanted = f"{port:04X}"
        for table in ("tcp", "tcp6"):
            with open(f"/proc/{self.pid}/net/{table}") as file:
                for line in file.readlines()[1:]:
                    fields = line.split()
                    if fields[3] == "0A" and fields[1].endswith(":" + wanted):
                        return True
        return False

    def wait_listening(self, *ports, seconds=20):
        for port in ports:
            wait_for(lambda: self.listens(port), seconds, f"port {port}")


# What Debian's installer leaves for "Internet Site".
DEBIAN_MAIN_CF = """\
smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no
append_dot_mydomain = no
readme_directory = no
compatibility_level = 3.6
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = mail.example.com
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
myorigin = /etc/mailname
mydestination = $myhostname, localhost.example.com, localhost
relayhost =
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = all
inet_protocols = all
"""

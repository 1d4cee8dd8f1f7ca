"""The antivirus engines of a story's mail host: the packaged clamd and c-icap, with
signatures made here, and a mirror on loopback that freshclam fetches from.

`virus()` is the test file every engine knows; it stands here in two halves, so that no
engine of the machine takes this file for one.
"""

import email
import hashlib
import io
import socket
import zipfile
from email.message import EmailMessage
from email.policy import SMTP

from .checks import wait_for

NAME = "Lab.Eicar"
FOUND = f"{NAME}.UNOFFICIAL"  # As clamd calls what did not come from ClamAV.

SIGNATURES = "/var/lib/clamav"
CLAMD_SOCKET = "/run/clamav/clamd.ctl"
CLAMD_PID = "/run/clamav/lab.pid"
ICAP_PID = "/run/c-icap/c-icap.pid"
MIRROR_PORT = 18000


def virus():
    return (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-"
            + b"ANTIVIRUS-TEST-FILE!$H+H*")


def zipped(content, name="invoice.com"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def attached_message(subject, inner, sender="someone@outside.test", to="alice@example.com"):
    """A message that carries `inner`, a message as bytes, as message/rfc822."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message.set_content("See the attached message.\n")
    message.add_attachment(email.message_from_bytes(inner, policy=SMTP))
    return message.as_bytes()


class Clamd:
    """The mail host's clamd, with the configuration that stands there."""

    def __init__(self, host):
        self.host = host
        digest = hashlib.md5(virus()).hexdigest()
        host.run("install", "-d", "-o", "clamav", "-g", "clamav", SIGNATURES, "/run/clamav",
                 "/var/log/clamav")
        host.write(f"{SIGNATURES}/lab.hdb", f"{digest}:{len(virus())}:{NAME}\n")

    def start(self):
        # The host's own child: who runs a command here stops when that is stopped.
        self.host.run("sh", "-c", f"clamd --foreground >/dev/null 2>&1 & echo $! >{CLAMD_PID}")
        wait_for(self.answers, 60, "clamd")

    def start_anew(self):
        self.host.run("sh", "-c", f"kill $(cat {CLAMD_PID})")
        wait_for(lambda: not self.answers(), 60, "clamd's end")
        self.start()

    def answers(self):
        return self.ask(b"zPING\0") == b"PONG"

    def ask(self, *words):
        """clamd's answer to a command and what follows it; None without one."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            try:
                client.connect(self.host.path(CLAMD_SOCKET))
                client.sendall(b"".join(words))
                return client.makefile("rb").read().rstrip(b"\0")
            except OSError:
                return None

    def learn(self, name, text):
        """A signature that knows `text`, in force when this returns."""
        self.host.write(f"{SIGNATURES}/{name}.ndb", f"{name}:0:*:{text.encode().hex()}\n")
        self.reload_until(text, True)

    def forget(self, name, text):
        self.host.run("rm", f"{SIGNATURES}/{name}.ndb")
        self.reload_until(text, False)

    def reload_until(self, text, found):
        self.ask(b"zRELOAD\0")
        wait_for(lambda: self.finds(text) == found, 60, "the new signatures")

    def finds(self, text):
        bytes_ = text.encode()
        answer = self.ask(b"zINSTREAM\0", len(bytes_).to_bytes(4), bytes_, bytes(4))
        return answer is not None and answer.endswith(b" FOUND")

    def stop(self):
        _end(self.host, CLAMD_PID)

    def pause(self):
        """It takes connections and answers none."""
        self.host.run("kill", "-STOP", self.host.read(CLAMD_PID).decode().strip())

    def resume(self):
        self.host.run("kill", "-CONT", self.host.read(CLAMD_PID).decode().strip())


class Icap:
    """c-icap on loopback's port 1344, with its virus_scan service asking clamd."""

    def __init__(self, host):
        self.host = host
        host.run("install", "-d", "-o", "c-icap", "-g", "c-icap", "/run/c-icap",
                 "/var/log/c-icap")
        host.write("/etc/c-icap/lab.conf", CONFIGURATION)

    def start(self):
        self.host.spawn("c-icap", "-N", "-f", "/etc/c-icap/lab.conf")
        self.host.wait_listening(1344)

    def stop(self):
        _end(self.host, ICAP_PID)
        wait_for(lambda: not self.host.listens(1344), 20, "c-icap to end")


class Mirror:
    """Signature files over HTTP, from a directory of the mail host."""

    folder = "/run/signatures"
    url = f"http://127.0.0.1:{MIRROR_PORT}"

    def __init__(self, host):
        self.host = host
        host.run("install", "-d", self.folder)

    def offer(self, name, text):
        self.host.write(f"{self.folder}/{name}", text)

    def start(self):
        self.host.spawn("python3", "-m", "http.server", str(MIRROR_PORT), "--bind",
                        "127.0.0.1", "--directory", self.folder)
        self.host.wait_listening(MIRROR_PORT)


def _end(host, pid_file):
    pid = host.read(pid_file).decode().strip()
    host.run("kill", pid)
    # clamd lets go of idle sessions first, which takes half a minute.
    wait_for(lambda: host.run("kill", "-0", pid, check=False).code != 0, 60, f"{pid} to end")


CONFIGURATION = f"""\
PidFile {ICAP_PID}
CommandsSocket /run/c-icap/c-icap.ctl
Timeout 60
KeepAliveTimeout 60
StartServers 1
MaxServers 2
MinSpareThreads 5
MaxSpareThreads 10
ThreadsPerChild 10
Port 127.0.0.1:1344
User c-icap
Group c-icap
ServerName lab
TmpDir /tmp
ModulesDir /usr/lib/x86_64-linux-gnu/c_icap
ServicesDir /usr/lib/x86_64-linux-gnu/c_icap
TemplateDir /usr/share/c_icap/templates/
LoadMagicFile /etc/c-icap/c-icap.magic
ServerLog /var/log/c-icap/server.log
AccessLog /var/log/c-icap/access.log
Module common clamd_mod.so
clamd_mod.ClamdSocket {CLAMD_SOCKET}
Service antivirus_module virus_scan.so
ServiceAlias avscan virus_scan?allow204=on&sizelimit=off&mode=simple
virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE
virus_scan.MaxObjectSize 25M
virus_scan.DefaultEngine clamd
"""

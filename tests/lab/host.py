"""A host in the world: its own files, processes, name and network.

The host sees the packages of the machine, its own memory-backed layers above
them, and if asked the install tree of this project, all at the real paths.
"""

import json
import os
import subprocess
import sys

from . import network

SCRATCH = "/run/lab"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
               "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb"}


class Failed(RuntimeError):
    """A command on a host ended badly, with all it said."""


class Done:
    """How a command on a host ended."""

    def __init__(self, argv, completed):
        self.argv = argv
        self.code = completed.returncode
        self.out = completed.stdout
        self.err = completed.stderr

    @property
    def said(self):
        return self.out + self.err

    def __repr__(self):
        return (f"{' '.join(self.argv)} -> {self.code}\n"
                f"--- stdout\n{_end_of(self.out)}--- stderr\n{_end_of(self.err)}")


class Host:
    """Start one with start(); it ends with the world, or by stop()."""

    def __init__(self, name, hostname, bridge, addresses, stage=None):
        self.name = name
        self.hostname = hostname
        self.bridge = bridge
        self.addresses = addresses
        self.stage = stage
        self.scratch = f"{SCRATCH}/{name}"
        self.syslog_path = f"{self.scratch}/syslog"
        self.pid = None
        self._init = None

    @property
    def address(self):
        return self.addresses[0]

    def start(self):
        os.makedirs(self.scratch)
        network.attach(self.name, self.bridge, self.addresses)
        if self.stage:
            # A copy: root's, as installed, and not touched by the next build.
            subprocess.run(["cp", "-r", self.stage, f"{self.scratch}/stage"], check=True)
        spec = {"scratch": self.scratch, "stage": self.stage and f"{self.scratch}/stage",
                "syslog": self.syslog_path,
                "hostname": self.hostname, "addresses": self.addresses,
                "name_server": network.NAME_SERVER}
        init = os.path.join(os.path.dirname(__file__), "hostinit.py")
        self._init = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{self.name}", "unshare", "--mount", "--pid",
             "--fork", "--kill-child", "--uts", "--ipc", sys.executable, init,
             json.dumps(spec)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True)
        if self._init.stdout.readline() != b"ready\n":
            raise RuntimeError(f"host {self.name} did not come up")
        with open(f"/proc/{self._init.pid}/task/{self._init.pid}/children") as file:
            self.pid = int(file.read().split()[0])

    def stop(self):
        """Pull the plug: every process of the host is gone at once."""
        self._init.kill()
        self._init.wait()

    def path(self, path):
        """Where the story finds the host's file `path`."""
        return f"/proc/{self.pid}/root{path}"

    def write(self, path, text, mode=0o644):
        where = self.path(path)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(where, mode)

    def read(self, path):
        with open(self.path(path), "rb") as file:
            return file.read()

    def command(self, argv):
        """`argv` as a command that runs inside this host.

        With its root (-r, -w) as well: where the lab itself runs in a chroot, entering
        the mount namespace alone would lead out of it, to the machine's own files.
        """
        return ["nsenter", "-t", str(self.pid), "-m", "-u", "-n", "-p", "-i", "-r", "-w",
                "--"] + [str(word) for word in argv]

    def run(self, *argv, input=None, timeout=120, check=True, env=None):
        """Run a command to its end; a failure is an exception unless `check=False`.

        Output goes through files, so that a daemon the command leaves behind
        does not keep the story waiting for the end of a pipe.
        """
        data = input.encode() if isinstance(input, str) else input
        out, err = (open(os.memfd_create(name), "w+b") for name in ("out", "err"))
        with out, err:
            process = subprocess.Popen(
                self.command(argv), stdout=out, stderr=err,
                stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
                env=ENVIRONMENT | (env or {}))
            try:
                process.communicate(data, timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise Failed(f"{self.name}: {' '.join(argv)} took over {timeout} s\n"
                             + _all_of(out) + _all_of(err)) from None
            done = Done(list(map(str, argv)), subprocess.CompletedProcess(
                argv, process.returncode, _all_of(out), _all_of(err)))
        if check and done.code != 0:
            raise Failed(f"{self.name}: {done!r}")
        return done

    def spawn(self, *argv, output=None, env=None):
        """Start a command and let it run; what it prints goes to `output`."""
        return subprocess.Popen(self.command(argv), stdin=subprocess.DEVNULL,
                                stdout=output or subprocess.DEVNULL,
                                stderr=subprocess.STDOUT, start_new_session=True,
                                env=ENVIRONMENT | (env or {}))

    def reopen_logs(self):
        """What logrotate tells rsyslog."""
        self.run("kill", "-HUP", "1")

    def log(self):
        """All that reached the host's system log so far."""
        with open(self.syslog_path, errors="replace") as file:
            return file.read()


def _end_of(text):
    return text if len(text) <= 3000 else "...\n" + text[-3000:]


def _all_of(file):
    file.seek(0)
    return file.read().decode("utf-8", "replace")

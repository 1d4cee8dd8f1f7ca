"""What the machine must offer, and the way into a world of its own.

A world is one process tree in fresh mount, network, pid, host name and IPC
namespaces. When its first process ends, for whatever reason, the kernel ends
everything in it and frees its network and its file systems: there is nothing
to clean up, and nothing of the machine itself is ever changed.
"""

import ctypes
import os
import shutil
import signal
import subprocess

PROGRAMS = {
    "ip": "iproute2",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "openssl": "openssl",
    "unbound": "unbound",
    "postfix": "postfix",
    "dovecot": "dovecot-core",
    "systemd-sysusers": "systemd",
    "systemd-tmpfiles": "systemd",
}

NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
              "--uts", "--ipc", "--mount-proc"]

# The least a world does; a kernel or container that forbids it is found here.
PROBE = """
mount -t tmpfs probe /run && mkdir /run/upper /run/work /run/netns &&
mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work overlay /etc &&
ip link add probe type bridge && ip netns add probe
"""

SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def reason_to_skip():
    """Why no world can be made here, in one line; None when it can."""
    if os.geteuid() != 0:
        return "needs root, for namespaces and overlay mounts"
    for program, package in PROGRAMS.items():
        if not shutil.which(program, path=SEARCH):
            return f"{program} is missing (package {package}); run dev/setup"
    probe = subprocess.run(NAMESPACES + ["sh", "-c", PROBE], capture_output=True,
                           text=True, stdin=subprocess.DEVNULL)
    if probe.returncode != 0:
        words = " ".join(probe.stderr.split())
        return f"the kernel or container forbids namespaces or overlay mounts: {words}"
    return None


def enter(argv):
    """Become `argv` inside a new world, which ends when our parent process does."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.environ["PATH"] = SEARCH
    os.execvp(NAMESPACES[0], NAMESPACES + argv)

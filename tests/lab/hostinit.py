"""The first process of a host in the world: its file systems, its reaper, its log.

Started by host.py with one JSON argument. The machine's own files are seen
read-only, below layers that live in memory; /var, /run, /tmp, /root and /home are empty at the
start. Whatever reaches /dev/log is written to one file, stamped on arrival; mail's part
also to /var/log/mail.log on the host, which SIGHUP opens anew, as for rsyslog.
Never returns: the host ends with it.
"""

import ctypes
import datetime
import json
import os
import re
import select
import shutil
import signal
import socket
import sys
import time

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT = 1, 2, 4, 32
MS_BIND, MS_MOVE, MS_REC = 4096, 8192, 16384
libc = ctypes.CDLL(None, use_errno=True)

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

VAR = {  # path: mode; what packages expect to find below /var
    "backups": 0o755, "cache": 0o755, "lib": 0o755, "log": 0o755, "mail": 0o2775,
    "spool": 0o755, "tmp": 0o1777, "opt": 0o755, "spool/postfix": 0o755,
    "lib/postfix": 0o755, "lib/dovecot": 0o755,
}

# The queue as Debian's package leaves it: owned by postfix and this group.
QUEUE = {"root": (0o700, ("active", "bounce", "corrupt", "defer", "deferred", "flush",
                          "hold", "incoming", "private", "saved", "trace")),
         "postdrop": (0o730, ("maildrop",))}


def mount(source, target, kind=None, flags=0, options=None):
    code = lambda text: text.encode() if text is not None else None
    if libc.mount(code(source), code(target), code(kind), flags, code(options)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mount {kind or 'bind'} on {target}: {os.strerror(number)}")


def layer(scratch, target, layers):
    """A writable layer in memory over `layers` (topmost first) over `target`."""
    upper = f"{scratch}/upper{target}"
    work = f"{scratch}/work{target}"
    os.makedirs(upper)
    os.makedirs(work)
    lower = ":".join([path for path in layers if os.path.isdir(path)] + [target])
    mount("overlay", target, "overlay", 0,
          f"lowerdir={lower},upperdir={upper},workdir={work}")


def make_dev(scratch):
    """A /dev with the harmless devices and room for a /dev/log of our own."""
    fresh = f"{scratch}/dev"
    os.mkdir(fresh)
    mount("tmpfs", fresh, "tmpfs", MS_NOSUID, "mode=755")
    for device in DEVICES:
        open(f"{fresh}/{device}", "w").close()
        mount(f"/dev/{device}", f"{fresh}/{device}", flags=MS_BIND)
    os.mkdir(f"{fresh}/shm")
    mount("tmpfs", f"{fresh}/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")
    os.mkdir(f"{fresh}/pts")
    mount("devpts", f"{fresh}/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=620")
    os.symlink("pts/ptmx", f"{fresh}/ptmx")
    os.symlink("/proc/self/fd", f"{fresh}/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{fresh}/{name}")
    mount(fresh, "/dev", flags=MS_MOVE)


def make_var(staged):
    mount("tmpfs", "/var", "tmpfs", 0, "mode=755")
    for path, mode in VAR.items():
        os.mkdir(f"/var/{path}")
        os.chmod(f"/var/{path}", mode)
    os.symlink("/run", "/var/run")
    shutil.chown("/var/mail", "root", "mail")
    shutil.chown("/var/lib/postfix", "postfix", "postfix")
    queue = "/var/spool/postfix"
    os.mkdir(f"{queue}/pid")
    os.mkdir(f"{queue}/public")
    os.chmod(f"{queue}/public", 0o2710)
    shutil.chown(f"{queue}/public", "postfix", "postdrop")
    for group, (mode, names) in QUEUE.items():
        for name in names:
            os.mkdir(f"{queue}/{name}")
            os.chmod(f"{queue}/{name}", mode)
            shutil.chown(f"{queue}/{name}", "postfix", group)
    if os.path.isdir(staged):
        shutil.copytree(staged, "/var", dirs_exist_ok=True)


def replace(path, text):
    if os.path.lexists(path):
        os.remove(path)
    with open(path, "w") as file:
        file.write(text)


def furnish(spec):
    scratch, stage = spec["scratch"], spec["stage"]
    mount("proc", "/proc", "proc")
    for target in ("/usr", "/etc"):
        layer(scratch, target, [stage + target] if stage else [])
    make_dev(scratch)
    make_var(f"{stage}/var" if stage else "")
    # From here on nothing of the machine can be written, not even by mistake.
    mount(None, "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY)
    for path in ("/root", "/home"):
        mount("tmpfs", path, "tmpfs", 0, "mode=700" if path == "/root" else "mode=755")
    mount("tmpfs", "/run", "tmpfs", MS_NOSUID, "mode=755")
    os.mkdir("/run/lock", 0o1777)
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID, "mode=1777")
    socket.sethostname(spec["hostname"])
    replace("/etc/hostname", spec["hostname"] + "\n")
    replace("/etc/mailname", spec["hostname"] + "\n")
    replace("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"
            + "".join(f"{address} {spec['hostname']} {spec['hostname'].split('.')[0]}\n"
                      for address in spec["addresses"]))
    replace("/etc/resolv.conf", f"nameserver {spec['name_server']}\n")


def listen():
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    log.bind("/dev/log")
    os.chmod("/dev/log", 0o666)
    return log


def mail_log(name):
    """/var/log/mail.log as Debian's rsyslog makes it."""
    fd = os.open("/var/log/mail.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    shutil.chown("/var/log/mail.log", "root", "adm")
    file = open(fd, "a", buffering=1)

    def keep_mail(facility, now, text):
        if facility == 2:
            stamp = datetime.datetime.fromtimestamp(now).astimezone().isoformat(
                timespec="microseconds")
            file.write(f"{stamp} {name} {text}\n")
    return keep_mail


def keep(datagram, log_file, keep_mail):
    """One line of log: our time of arrival, then tag and text as sent."""
    text = datagram.decode("utf-8", "replace").rstrip("\n\0")
    priority = re.match(r"<(\d+)>", text)
    text = re.sub(r"^<\d+>(\w{3} [ \d]\d \d\d:\d\d:\d\d )?", "", text)
    now = time.time()
    keep_mail(int(priority.group(1)) >> 3 if priority else 0, now, text)
    stamp = time.strftime("%H:%M:%S", time.localtime(now))
    log_file.write(f"{stamp}.{int(now * 1000) % 1000:03d} {text}\n")


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def serve(log, log_file, name):
    wake, signalled = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGHUP, lambda *_: None)
    keep_mail = mail_log(name)
    signal.set_wakeup_fd(signalled, warn_on_full_buffer=False)
    while True:
        ready, _, _ = select.select([log, wake], [], [])
        if wake in ready:
            if signal.SIGHUP in os.read(wake, 4096):  # Rotated.
                keep_mail = mail_log(name)
            reap()
        if log in ready:
            keep(log.recv(65536), log_file, keep_mail)


def main():
    spec = json.loads(sys.argv[1])
    # Ctrl-C belongs to the story, which ends the world in its own order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o022)
    log_file = open(spec["syslog"], "a", buffering=1)
    furnish(spec)
    log = listen()
    os.chdir("/")
    os.write(1, b"ready\n")
    serve(log, log_file, spec["hostname"].split(".")[0])


main()

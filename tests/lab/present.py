"""Presents the demonstration to a person: starts its world, and when the table is
printed forwards loopback ports of this machine to the mail host, until Ctrl-C.

    python3 -m lab.present STAGE [--once | --shell]
"""

import contextlib
import ctypes
import glob
import os
import signal
import socket
import subprocess
import sys
import threading

from . import machine, network
from .demo import NAMES
from .governed import PASSWORD
from .nameserver import MAIL

PORTS = {2525: 25, 5587: 587, 4465: 465, 1143: 143, 9993: 993, 1110: 110, 9995: 995,
         4190: 4190}


def start(stage):
    """The world's process, and the end of a pipe that tells how the table came out."""
    told, ready = os.pipe()
    os.set_inheritable(ready, True)
    process = subprocess.Popen(
        machine.NAMESPACES + [sys.executable, "-B", "-m", "lab.demo", stage, str(ready)],
        pass_fds=[ready], preexec_fn=die_with_us)
    os.close(ready)
    return process, told


def die_with_us():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Ctrl-C is for the presenter; who ends the world itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def as_we_know(process, number):
    """Our number of the process that the world's first one knows by `number`."""
    for path in glob.glob("/proc/[0-9]*/status"):
        with contextlib.suppress(OSError):
            with open(path) as file:
                status = dict(line.split(":", 1) for line in file)
            numbers = status["NSpid"].split()
            if numbers[1:2] == [number] and is_below(process.pid, numbers[0]):
                return numbers[0]
    return None


def is_below(ancestor, number):
    while int(number) > 1:
        if int(number) == ancestor:
            return True
        with open(f"/proc/{number}/stat") as file:
            number = file.read().rpartition(")")[2].split()[1]
    return False


def into_world(process, port):
    """A connection to the mail host, made inside the world's network."""
    return network.within_file(f"/proc/{process.pid}/ns/net",
                               lambda: socket.create_connection((MAIL[0], port), 10))


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def forward(process, listener, port):
    while True:
        here, _ = listener.accept()
        try:
            there = into_world(process, port)
        except OSError:
            here.close()
            continue
        for pair in ((here, there), (there, here)):
            threading.Thread(target=pump, args=pair, daemon=True).start()


def open_doors(process):
    """Listen on loopback; a port that is taken is left out and said so."""
    print("\nThe mail host is yours:")
    for here, there in PORTS.items():
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", here))
            listener.listen()
        except OSError as problem:
            print(f"  127.0.0.1:{here} is not free ({problem.strerror}); "
                  f"port {there} is not forwarded")
            continue
        threading.Thread(target=forward, args=(process, listener, there),
                         daemon=True).start()
        print(f"  127.0.0.1:{here:<5} -> port {there}")
    print(f"  accounts: {', '.join(name + '@example.com' for name in NAMES)}; "
          f"password: {PASSWORD}")


def shell_on(host):
    return ["nsenter", "-t", host, "-m", "-u", "-n", "-p", "-i", "-r", "-w"]


def let_in(process, host, shell):
    """Until somebody ends it."""
    open_doors(process)
    print("\nOn the mail host: mgmtctl status; mgmtctl trace --to alice@example.com; "
          "mgmtctl quarantine list")
    if shell:
        print("The end of this shell ends it all.", flush=True)
        subprocess.run([*shell_on(host), "env", "PATH=" + machine.SEARCH, "HOME=/root",
                        "bash", "-i"], cwd="/", check=False)
        return
    print(f"A shell there:  sudo {' '.join(shell_on(host))} bash\n"
          "Ctrl-C ends it all.", flush=True)
    process.wait()


def main():
    reason = machine.reason_to_skip()
    if reason:
        sys.exit(f"dev/demo: {reason}")
    process, told = start(sys.argv[1])
    answer = ""
    try:
        answer, _, number = os.read(told, 64).decode().partition(" ")
        if answer and "--once" not in sys.argv:
            let_in(process, as_we_know(process, number), "--shell" in sys.argv)
    except KeyboardInterrupt:
        print()
    process.kill()
    process.wait()
    sys.stdout.flush()
    os._exit(0 if answer == "0" else 1)


main()

"""Power is lost while apply installs: mgmtctl is killed before every rename it makes,
one after the other. Each time the next start finds the old generation or the new
one, complete; never something between.
"""

import os
import re

from lab import check, compose

BEFORE = "protocols:\n  pop3: {enabled: false}\n"
AFTER = "protocols:\n  pop3: {enabled: true}\n  managesieve: {enabled: false}\n"

RENAMES = "rename,renameat,renameat2"
FOLDERS = ("/etc/postfix", "/etc/dovecot")
LITTER = ".mailreeve-new."


def installed(world):
    """{path: text} of all that apply installs; each file names its generation."""
    files = {}
    for folder in FOLDERS:
        base = world.mail.path(folder)
        for place, _, names in os.walk(base):
            for name in names:
                if LITTER in name:
                    continue  # No server reads it; it must be gone in the end.
                path = os.path.join(place, name)
                with open(path, errors="replace") as file:
                    files[folder + path.removeprefix(base)] = re.sub(
                        r"generation \d+", "generation N", file.read())
    return files


def killed_at(world, number):
    """Apply, killed at its rename no. `number`; False when it makes fewer."""
    done = world.mail.run(
        "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={RENAMES}", "-e",
        f"inject={RENAMES}:signal=SIGKILL:when={number}", "mgmtctl", "apply", "--yes",
        check=False)
    return done.code != 0


def in_force_after_restart(world, old, new):
    """Which of the two is in force; anything else is told file by file."""
    world.mgmtctl("recover")
    found = installed(world)
    if found in (old, new):
        return "old" if found == old else "new"
    side = lambda path, text: ("same" if old.get(path) == new.get(path) == text
                               else "old" if text == old.get(path)
                               else "new" if text == new.get(path) else "neither")
    return "something between: " + ", ".join(
        f"{path} {side(path, found.get(path))}" for path in sorted(found | old | new)
        if side(path, found.get(path)) != "same")


def story(world):
    world.govern(BEFORE)
    old = installed(world)
    world.configure(AFTER)
    world.apply()
    new = installed(world)
    check("the two generations differ", old != new)

    outcomes = ["new"]
    for number in range(1, 200):
        if outcomes[-1] == "new":
            world.configure(BEFORE)
            world.apply()
            check("the old generation is in force", installed(world) == old)
            world.configure(AFTER)
        if not killed_at(world, number):
            break
        outcomes.append(in_force_after_restart(world, old, new))
        check(f"killed at rename {number}: {outcomes[-1]}", outcomes[-1] in ("old", "new"))
    left = world.mail.run("find", *FOLDERS, "-name", f"*{LITTER}*").out.split()
    check("nothing that was half written is left lying about", left, [])
    check("apply makes many renames", len(outcomes) > 10)
    check("once new it stays new", re.fullmatch(
        "(old )*(new )*", "".join(f"{outcome} " for outcome in outcomes[1:])) is not None)
    check("and at the end mail comes in", world.send(compose("alive")).code, 250)
    world.wait_for_mail("alice@example.com", "alive")

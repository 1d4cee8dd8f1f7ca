"""Two administrators apply at once: one does, the other is told to wait, and the
host ends on exactly one of the two settings.
"""

import subprocess

from lab import check, compose, contains


def generations(world):
    return world.mgmtctl("generations", "--json").out.count('"generation"')


def story(world):
    world.govern()
    before = generations(world)
    world.configure("protocols:\n  pop3: {enabled: true}\n")
    argv = world.mail.command(["mgmtctl", "apply", "--yes"])
    both = [subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    codes = sorted(process.returncode for process in both)
    check("one succeeds, the other does not", codes, [0, 5])
    losers = [err for process, (_, err) in zip(both, said) if process.returncode]
    contains("and says why", losers[0].lower(), "another", "apply")
    check("there is one new generation", generations(world) - before, 1)
    check("apply works again", world.apply().code, 0)
    check("and mail comes in", world.send(compose("alive")).code, 250)
    world.wait_for_mail("alice@example.com", "alive")

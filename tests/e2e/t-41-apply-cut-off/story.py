"""Power is lost between any two renames of an apply, and disks fill up. After
the next start the host is wholly on the old generation or wholly on the new.
"""

import os
import re
import shutil

from lab import check, contains

FILES = ["/etc/postfix/main.cf", "/etc/postfix/master.cf", "/etc/dovecot/dovecot.conf",
         "/etc/dovecot/mailreeve-sql.conf.ext", "/var/lib/mailreeve/login-policy"]
ROWS = "SELECT 'd', name, main FROM domain UNION SELECT 'a', address, target FROM alias ORDER BY 1,2,3"
GENERATIONS = "/var/lib/mailreeve/generations"

# Each of these changes every file and the rows of the database.
OLD = ("server: {banner: old}\nmailboxes: {volume: /var/old}\n"
       "protocols: {submission: {port: 2587}}\ndefault_policy: {pop3: true}\n",
       "aliases: [{name: info, to: [old]}]\n")
NEW = ("server: {banner: new}\nmailboxes: {volume: /var/new, quota: 1G}\n"
       "protocols: {submission: {port: 3587}}\ndefault_policy: {pop3: false}\n",
       "aliases: [{name: info, to: [new]}]\n")


def state(world):
    files = {path: body(world.mail.read(path)) for path in FILES}
    rows = world.mail.run("sqlite3", "-readonly", "/var/lib/mailreeve/db/state.db", ROWS).out
    return files, rows


def body(data):
    """Without the line that names the generation."""
    return data.split(b"\n", 1)[1] if data.startswith(b"#") else data


def leftovers(world):
    return world.mail.run("find", "/etc/postfix", "/etc/dovecot", GENERATIONS,
                          "-name", "*.mailreeve-new", "-o", "-name", "intent.json").out


def configure(world, which):
    world.configure(domain=which[1])
    world.write("/etc/mailreeve/story.yaml", which[0])


def renames(world):
    """Runs an apply to its end; which rename writes the intent, and how many there are."""
    done = world.mail.run("strace", "-e", "trace=rename,renameat,renameat2", "-o",
                          "/tmp/renames", "mgmtctl", "apply", "--yes")
    check("an apply that nobody cuts off ends well", done.code, 0)
    lines = [line for line in world.mail.read("/tmp/renames").decode().splitlines()
             if re.match(r"rename(at2?)?\(", line)]
    first = next(n for n, line in enumerate(lines, 1) if "intent.json" in line)
    return first, len(lines)


def cut_off(world, number):
    return world.mail.run(
        "strace", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat,renameat2", "-e",
        f"inject=rename,renameat,renameat2:signal=SIGKILL:when={number}",
        "mgmtctl", "apply", "--yes", check=False).code


def power_cuts(world):
    configure(world, OLD)
    world.apply()
    old = state(world)
    configure(world, NEW)
    first, last = renames(world)
    new = state(world)
    check("the two generations differ everywhere",
          [path for path in FILES if old[0][path] == new[0][path]], [])
    ended_on = {"old": 0, "new": 0}
    for number in range(first - 2, last + 1):
        configure(world, OLD)
        world.apply()
        configure(world, NEW)
        if cut_off(world, number) == 0:
            break
        print(f"  --  killed at rename {number} of about {last}", flush=True)
        world.mgmtctl("recover")
        now = state(world)
        which = "old" if now == old else "new" if now == new else None
        check(f"after rename {number} the host is wholly on one generation", which is not None)
        ended_on[which] += 1
        check("nothing is left lying about", leftovers(world), "")
    check("both ends were seen", min(ended_on.values()) > 0)


def full_disk(world, directory, sentence):
    """`directory` on a file system that holds what it holds and not a page more."""
    before = state(world), os.readlink(world.mail.path(GENERATIONS + "/current"))
    world.mail.run("sh", "-ec", f"""
        mkdir /tmp/small && mount -t tmpfs -o size=4m small /tmp/small
        cp -a {directory}/. /tmp/small/
        mount --move /tmp/small {directory} && rmdir /tmp/small
        dd if=/dev/zero of={directory}/ballast bs=4k 2>/dev/null || true
        """)
    done = world.mgmtctl("apply", "--yes", check=False)
    check(f"{sentence}: exit status", done.code, 5)
    contains(f"{sentence}: the words", done.err, "No space left on device")
    check(f"{sentence}: the host is on the old generation",
          (state(world), os.readlink(world.mail.path(GENERATIONS + "/current"))), before)
    check(f"{sentence}: nothing is left lying about", leftovers(world), "")
    world.mail.run("rm", directory + "/ballast")
    world.apply()
    check(f"{sentence}: with room again it goes through", state(world) != before[0])


def story(world):
    power_cuts(world)
    configure(world, OLD)
    world.apply()
    configure(world, NEW)
    full_disk(world, GENERATIONS, "no room for a generation")
    configure(world, OLD)
    full_disk(world, "/etc/postfix", "no room beside main.cf")

"""The power goes between the file and its row, and the disk is full: a message is
held once and whole, or its sender keeps it.
"""

import json
import signal
from concurrent.futures import ThreadPoolExecutor

from lab import check, compose, wait_for

SPAM = """
spam:
  enabled: true
  action: quarantine
  server: 127.0.0.1:783
  filters: [{name: pest, sender: "*@outside.test", verdict: spam}]
"""
QUARANTINE = "/var/lib/mailreeve/quarantine"

LOCK = """
import os, sqlite3, time
db = sqlite3.connect("/var/lib/mailreeve/db/state.db", isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open("/tmp/locked", "w").close()
while not os.path.exists("/tmp/unlock"):
    time.sleep(0.02)
"""


def story(world):
    world.govern(SPAM)
    check("a message is held", world.send(compose("Before")).code, 250)
    killed_between_file_and_row(world)
    disk_full(world)


def listed(world):
    answer = world.mgmtctl("quarantine", "list", "--json")
    return json.loads(answer.out)["messages"]


def files(world):
    return world.mail.run("sh", "-c", f"ls {QUARANTINE}/*/*/*/*.eml").out.split()


def killed_between_file_and_row(world):
    world.tolerate("lost connection|milterd")
    milterd = world.mail.unit("milterd")
    message = compose("Between")
    lock = world.mail.spawn("python3", "-c", LOCK)
    wait_for(lambda: world.mail.run("test", "-e", "/tmp/locked", check=False).code == 0, 20,
             "the lock on the index")
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(world.send, message)
        wait_for(lambda: len(files(world)) == 2, 20, "the file")
        milterd.stop(signal.SIGKILL)
        answer = sending.result(60)
    check("its sender was not told that it is taken", answer.code // 100, 4)
    world.mail.run("touch", "/tmp/unlock")
    lock.wait(20)
    check("it is not in the index", len(listed(world)), 1)
    milterd.start()
    found = wait_for(lambda: [one for one in listed(world) if one["subject"] == "Between"], 20,
                     "the recovered row")
    wait_for(lambda: world.send(message).code == 250, 30, "milterd to answer again")
    again = [one for one in listed(world) if one["subject"] == "Between"]
    check("sent again it is the same message", [one["id"] for one in again],
          [one["id"] for one in found])
    check("and there is one file of it", len(files(world)), 2)


def disk_full(world):
    world.mail.run("sh", "-ec", f"""
        mount -t tmpfs -o size=256k,mode=750 small {QUARANTINE}
        chown mailreeve:mailreeve {QUARANTINE}
        dd if=/dev/zero of={QUARANTINE}/filler bs=4k 2>/dev/null || true
        """)
    before = len(listed(world))
    answer = world.send(compose("No room"))
    check("with a full disk the sender keeps it", answer.code, 451)
    check("and nothing is listed", len(listed(world)), before)
    check("nor litters the disk", world.mail.run(
        "sh", "-c", f"find {QUARANTINE} -name '*.eml*' | wc -l").out.strip(), "0")
    world.mail.run("rm", f"{QUARANTINE}/filler")
    check("with room again it is held", world.send(compose("Room")).code, 250)
    check("and listed", len(listed(world)), before + 1)

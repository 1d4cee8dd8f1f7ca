"""The soak: milterd and policyd are killed again and again while a real Postfix
outside sends, and retries, thousands of messages. Each must arrive exactly once,
or be refused for its own reason; nothing may be lost, doubled or slip by.

    python3 -m lab.soak STAGE MESSAGES KILLS
"""

import collections
import contextlib
import os
import re
import signal
import sys
import threading
import time

from .messages import compose
from .tell import prepare
from .world import World

SETTINGS = """\
lists:
  block: [{name: pests, sender: "pest@outside.test"}]
"""

SENDERS = 4
PEST_EVERY = 20      # Each so manieth message is to be refused.
RESTART_AFTER = 1.0  # As the units say.
READER = "alice@example.com"


def subject_of(number):
    return f"soak-{number:06d}"


def is_pest(number):
    return number % PEST_EVERY == 0


def hand_over(world, numbers):
    """Give the messages to the outside server, which retries until it is done."""
    with contextlib.closing(world.smtp(host=world.far.address)) as client:
        for number in numbers:
            sender = "pest@outside.test" if is_pest(number) else "someone@outside.test"
            answer = client.transmit(sender, READER, compose(subject_of(number), sender=sender))
            if answer.code != 250:
                raise RuntimeError(f"the outside server took no more: {answer}")


def kill_and_restart(unit):
    unit.stop(signal.SIGKILL)
    time.sleep(RESTART_AFTER)
    unit.start()


def killing(world, kills, stop):
    """Kill the two daemons in turn until `kills` is reached; the count, at the end."""
    done = 0
    while done < kills and not stop.is_set():
        kill_and_restart(world.mail.unit(("milterd", "policyd")[done % 2]))
        done += 1
        time.sleep(0.3)
    return done


def queue_is_empty(world):
    return all("Mail queue is empty" in host.run("postqueue", "-p").out
               for host in (world.far, world.mail))


def counted(raws):
    """Counter of soak subjects among raw messages."""
    found = collections.Counter()
    for raw in raws:
        match = re.search(rb"^Subject: (soak-\d{6})", raw, re.MULTILINE)
        if match:
            found[match.group(1).decode()] += 1
    return found


def judge(world, messages):
    """What went wrong, a line each; and how many arrived and were refused."""
    arrived = counted(world.inbox(READER))
    refused = collections.Counter()
    wrong = []
    for raw in world.far.mailbox("pest@outside.test"):
        match = re.search(rb"soak-\d{6}", raw)
        if match and b"Status: 5.7.1" in raw:
            refused[match.group(0).decode()] += 1
        elif match:
            wrong.append(f"{match.group(0).decode()} was refused for another reason")
    for number in range(messages):
        subject = subject_of(number)
        want = (0, 1) if is_pest(number) else (1, 0)
        got = (arrived[subject], refused[subject])
        if got != want:
            wrong.append(f"{subject}: arrived {got[0]} times, refused {got[1]} times")
    for raw in world.far.mailbox("someone@outside.test"):
        wrong.append("a good message was refused:\n" + raw.decode("utf-8", "replace")[:2000])
    return wrong, sum(arrived.values()), sum(refused.values())


def soak(world, messages, kills):
    world.tolerate("milter", "warning: ", "policy")
    world.govern(SETTINGS, accounts=(READER,))
    begun = time.monotonic()
    stop = threading.Event()
    counts = []
    killer = threading.Thread(target=lambda: counts.append(killing(world, kills, stop)))
    killer.start()
    senders = [threading.Thread(target=hand_over, args=(world, range(n, messages, SENDERS)))
               for n in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    print(f"all {messages} handed over after {time.monotonic() - begun:.0f} s", flush=True)
    killer.join()
    print(f"{counts[0]} kills done after {time.monotonic() - begun:.0f} s", flush=True)
    limit = time.monotonic() + 300
    while not queue_is_empty(world) and time.monotonic() < limit:
        time.sleep(0.5)
    wrong, arrived, refused = judge(world, messages)
    print(f"{messages} messages, {counts[0]} kills, {time.monotonic() - begun:.0f} s: "
          f"{arrived} arrived, {refused} refused for their own reason, {len(wrong)} wrong")
    wrong += world.alarms()
    print("\n".join(wrong[:20]))
    return not wrong and counts[0] == kills


def main():
    stage, messages, kills = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    prepare()
    world = World(stage)
    good = False
    try:
        world.start()
        good = soak(world, messages, kills)
    except Exception as problem:
        print(f"the soak failed: {problem}")
    if not good:
        world.print_logs()
    sys.stdout.flush()
    os._exit(0 if good else 1)


main()

"""spamd stopped, frozen or busy: mail is then delivered, deferred or marked, as
the setting says; nothing waits longer than its limit, and all is well again when
spamd is.
"""

import threading
import time

from lab import check, compose, contains, lacks, wait_for

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"

SETTINGS = """
spam:
  enabled: true
  network_tests: false
  time_limit: {limit}
  max_requests: {most}
  on_failure: {failure}
  keyword_groups:
    - name: words
      keywords: [{{target: subject, pattern: "certainly bad", score: 50}}]
"""

WAYS = ("deliver", "defer", "mark")


def settings(failure, limit=4, most=5):
    return SETTINGS.format(failure=failure, limit=limit, most=most)


def spamd(world, *argv):
    return world.mail.run("/etc/init.d/spamd", *argv, check=False)


def signal(world, name):
    world.mail.run("sh", "-c", f"kill -{name} $(cat /run/spamd.pid) "
                   f"$(pgrep -P $(cat /run/spamd.pid))")


def alive(world):
    return world.mail.run("spamc", "-U", "/run/spamd.sock", "-K", check=False).code == 0


def expect(world, way, label):
    subject = f"{label} {way}"
    start = time.monotonic()
    answer = world.send(compose(subject, GTUBE))
    check(f"spamd is {label}, the setting says {way}", answer.code,
          451 if way == "defer" else 250)
    check("and nobody waits for long", time.monotonic() - start < 20)
    if way == "defer":
        return
    mail = world.wait_for_mail("alice@example.com", subject)
    lacks("what was not scanned is no spam", mail, b"X-Spam-Flag")
    contains("and says so", mail, b"X-Spam-Status: No, not scanned")


def story(world):
    world.govern(settings("deliver"))
    wait_for(lambda: alive(world), 60, "spamd")

    for way in WAYS:
        world.configure(settings(way))
        world.apply()
        spamd(world, "stop")
        wait_for(lambda: not alive(world), 20, "spamd's end")
        expect(world, way, "dead")
        spamd(world, "start")
        wait_for(lambda: alive(world), 60, "spamd")
        signal(world, "STOP")
        expect(world, way, "frozen")
        signal(world, "CONT")
        wait_for(lambda: alive(world), 60, "spamd")

    spamd(world, "stop")
    wait_for(lambda: not alive(world), 20, "spamd's end")
    check("a word is enough", world.send(compose("certainly bad", "x\n")).code, 250)
    world.wait_for_mail("alice@example.com", "certainly bad", folder="Junk")
    spamd(world, "start")
    wait_for(lambda: alive(world), 60, "spamd")

    world.configure(settings("defer", limit=60, most=1))
    world.apply()
    wait_for(lambda: alive(world), 60, "spamd")
    codes = []
    crowd = [threading.Thread(target=lambda n=n: codes.append(
        world.send(compose(f"one of many {n}", "Good day.\n")).code)) for n in range(6)]
    for sender in crowd:
        sender.start()
    for sender in crowd:
        sender.join()
    check("a crowd is let in one by one", codes, [250] * 6)

    check("and spam is found again", world.send(compose("well again", GTUBE)).code, 250)
    world.wait_for_mail("alice@example.com", "well again", folder="Junk")

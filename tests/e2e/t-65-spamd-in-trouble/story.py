"""spamd stopped or frozen, with somebody else's message in the only turn that there
is: mail is then delivered, deferred or marked, as the setting says; nothing waits
longer than its limit, and all is well again when spamd is. A spamd that is only busy
lets a crowd in one by one. Senders whose name servers are silent keep nobody from
being scanned.
"""

import threading
import time

from lab import check, compose, contains, lacks, wait_for
from lab.trouble import ADDRESS, TroubledNameServer

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

# The body's hash is good, so that the key is asked for.
SIGNATURE = ("v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=key; h=from; "
             "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA")

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
        world.configure(settings(way, most=1))
        world.apply()
        spamd(world, "stop")
        wait_for(lambda: not alive(world), 20, "spamd's end")
        expect(world, way, "dead")
        spamd(world, "start")
        wait_for(lambda: alive(world), 60, "spamd")
        signal(world, "STOP")
        others = []
        ahead = threading.Thread(target=lambda: others.append(
            world.send(compose("first in the queue", "Good day.\n")).code))
        ahead.start()
        expect(world, way, "frozen")
        ahead.join()
        check("so it is with who came first", others, [451 if way == "defer" else 250])
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

    silent_name_servers(world)

    check("and spam is found again", world.send(compose("well again", GTUBE)).code, 250)
    world.wait_for_mail("alice@example.com", "well again", folder="Junk")


def silent_name_servers(world):
    dns = TroubledNameServer()
    world.configure(f"dns: {{forwarders: [{ADDRESS}], timeout: 15}}\n"
                    + settings("mark", limit=6, most=1))
    world.apply()
    wait_for(lambda: alive(world), 60, "spamd")
    domains = [f"n{n}.drop.test" for n in range(3)]
    codes = []
    crowd = [threading.Thread(target=lambda domain=domain: codes.append(world.send(compose(
        f"signed by {domain}", "",
        headers=[("DKIM-Signature", SIGNATURE.format(domain=domain))])).code))
        for domain in domains]
    for sender in crowd:
        sender.start()
    wait_for(lambda: all(f"key._domainkey.{domain}" in dns.dropped for domain in domains),
             20, "the questions for their keys")
    start = time.monotonic()
    check("others need not wait for the names", world.send(compose("not held up", GTUBE)).code,
          250)
    check("for as long as those do", any(sender.is_alive() for sender in crowd))
    check("nor at all", time.monotonic() - start < 12)
    world.wait_for_mail("alice@example.com", "not held up", folder="Junk")
    for sender in crowd:
        sender.join()
    check("and who has silent name servers is let in", codes, [250] * 3)
    for domain in domains:  # A letter without a word in it is spam.
        mail = world.wait_for_mail("alice@example.com", f"signed by {domain}", folder="Junk")
        lacks("and was scanned", mail, b"not scanned")

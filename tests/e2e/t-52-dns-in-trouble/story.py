"""A DNS that is silent, slow, cut off or talks nonsense is no answer: the message is
deferred, or accepted where the settings say so, in time and never as fail or pass.
"""

import time

from lab import check, compose, contains
from lab.trouble import ADDRESS, TroubledNameServer

LIMIT = 3     # Seconds: dns.timeout.
AT_ONCE = 15  # Whole message, on a busy machine. Without a limit a question takes minutes.

SETTINGS = """
dns: {forwarders: [%s], timeout: %d}
authentication_checks:
  spf: {temperror: %s}
  dmarc: {temperror: %s}
"""

TEMPERROR = ("servfail", "nonsense", "cut", "drop")


def story(world):
    dns = TroubledNameServer()
    world.govern(SETTINGS % (ADDRESS, LIMIT, "defer", "defer"))
    answered(world)
    for zone in TEMPERROR:
        deferred(world, f"{zone}.test", "4.7.24")
    world.configure(SETTINGS % (ADDRESS, LIMIT, "accept", "defer"))
    world.apply()
    deferred(world, "servfail.test", "4.4.3")
    world.configure(SETTINGS % (ADDRESS, LIMIT, "accept", "accept"))
    world.apply()
    for zone in TEMPERROR:
        accepted(world, f"{zone}.test")
    dead(world, dns)


def send(world, label, domain, door=None):
    """(the answer, how long it took)."""
    start = time.monotonic()
    answer = world.send(compose(label, sender=f"a@{domain}"), f"a@{domain}", door=door)
    took = time.monotonic() - start
    check(f"{label}: answered in time", took < AT_ONCE, True)
    return answer


def answered(world):
    for zone in ("good", "truncated", "slow"):
        answer = send(world, f"{zone}.test answers", f"{zone}.test")
        check("a client that may send is taken", answer.code, 250)
        answer = send(world, f"{zone}.test says no", f"{zone}.test",
                      world.wan.at("203.0.113.11"))
        check("one that may not is refused for good", (answer.code, answer.enhanced),
              (550, "5.7.23"))


def deferred(world, domain, enhanced):
    answer = send(world, f"{domain} while deferring", domain)
    check("deferred, neither refused nor let in", (answer.code, answer.enhanced),
          (451, enhanced))


def accepted(world, domain):
    label = f"{domain} while accepting"
    answer = send(world, label, domain, world.wan.at("203.0.113.11"))
    check("accepted", answer.code, 250)
    raw = world.wait_for_mail("alice@example.com", label)
    contains("and told to be unknown", raw, b"spf=temperror", b"dmarc=temperror")


def dead(world, dns):
    dns.dead = True
    accepted(world, "asked-of-the-dead.test")
    world.configure(SETTINGS % (ADDRESS, LIMIT, "defer", "defer"))
    world.apply()
    deferred(world, "asked-again.test", "4.7.24")
    answer = world.submit(compose("our own", sender="alice@example.com"), "alice@example.com",
                          "bob@example.com")
    check("our own users send on", answer.code, 250)

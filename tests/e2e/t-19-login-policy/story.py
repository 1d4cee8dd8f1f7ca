"""IMAP, POP3, ManageSieve and sending, on or off for each user, or from the LAN
only: refused in words the person sees; a wrong password learns nothing.
"""

from lab import check, compose, contains, lacks

POLICIES = """
policies:
  - {name: no IMAP, users: [alice@example.com], imap: false}
  - {name: no POP3, users: [bob@example.com], pop3: false, managesieve: false}
  - name: at the desk only
    users: [carol@example.com]
    imap_lan_only: true
    pop3_lan_only: true
    smtp_lan_only: true
    managesieve_lan_only: true
  - {name: reads only, users: [dave@example.com], smtp: false}
default_policy: {pop3: true}
"""

NAMES = ("alice", "bob", "carol", "dave", "eve")
LAN6, WAN6, MAIL6 = "fd00:192::10", "2001:db8:203::10", "fd00:192::25"


def story(world):
    world.govern(POLICIES, accounts=[f"{name}@example.com" for name in NAMES])
    on_and_off(world)
    lan_only(world)
    sending(world)
    scripts(world)
    nothing_leaks(world)
    live_at_the_next_login(world)


def try_in(world, service, name, door=None, password=None, **more):
    client = getattr(world, service)(door, **more)
    user = f"{name}@example.com"
    try:
        return client.try_login(user, password or world.passwords[user])
    finally:
        (client.logout if service == "imap" else client.quit)()


def allowed(world, label, *where, **more):
    good, words = try_in(world, *where, **more)
    check(label if good else f"{label} ({words})", good)


def refused(world, label, *where, **more):
    good, words = try_in(world, *where, **more)
    check(label, good, False)
    contains("   with a reason the person sees", words,
             "[ALERT]" if where[0] == "imap" else "[AUTH]", "for this account")


def on_and_off(world):
    refused(world, "IMAP is off for Alice", "imap", "alice")
    allowed(world, "POP3 is not", "pop3", "alice")
    refused(world, "POP3 is off for Bob", "pop3", "bob")
    allowed(world, "IMAP is not", "imap", "bob")
    for service in ("imap", "pop3"):
        allowed(world, f"Eve, of whom no policy speaks, uses {service}", service, "eve")


def lan_only(world):
    for service in ("imap", "pop3"):
        allowed(world, f"Carol uses {service} from the LAN", service, "carol", world.lan)
        refused(world, "but not from outside", service, "carol", world.wan)
        allowed(world, "the same by IPv6: from the LAN", service, "carol",
                world.lan.at(LAN6), host=MAIL6)
        refused(world, "but not from outside", service, "carol", world.wan.at(WAN6),
                host=MAIL6)
        allowed(world, "Eve does from outside", service, "eve", world.wan)


def sending(world):
    def submits(name, door):
        user = f"{name}@example.com"
        return world.submit(compose(f"by {name}"), user, "friend@outside.test", door=door)

    answer = submits("dave", world.lan)
    check("sending is off for Dave", (answer.stage, answer.code, answer.enhanced),
          ("auth", 535, "5.7.8"))
    contains("and the reply says why", answer.text, "dministrator")
    allowed(world, "he reads, though", "imap", "dave")
    check("Carol sends from the LAN", submits("carol", world.lan).code, 250)
    check("but not from outside", submits("carol", world.wan).code, 535)


def scripts(world):
    def login(name, door):
        return world.sieve(door).login(f"{name}@example.com",
                                       world.passwords[f"{name}@example.com"])

    contains("ManageSieve is off for Bob", login("bob", world.lan), "NO", "dministrator")
    contains("Eve uses it", login("eve", world.wan), "OK")
    contains("Carol does from the LAN", login("carol", world.lan), "OK")
    contains("and not from outside", login("carol", world.wan), "NO")


def nothing_leaks(world):
    good, words = try_in(world, "imap", "alice", password="wrong")
    check("a wrong password for an account without IMAP is refused", good, False)
    lacks("   and learns nothing of the policy", words, "dministrator", "ALERT")
    _, usual = try_in(world, "imap", "eve", password="wrong")
    check("   the words are those any wrong password gets", words, usual)


def live_at_the_next_login(world):
    world.configure(POLICIES.replace("imap: false", "imap: true"))
    world.apply()
    allowed(world, "after a change IMAP works for Alice at her next login", "imap", "alice")

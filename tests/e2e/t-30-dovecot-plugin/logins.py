"""Who may log in: every protocol and mechanism against every policy, from inside and
outside, with the right and the wrong password, as oneself and as a master.
"""

from attempts import all_at_once, attempt
from lab import check, contains, lacks

PROTOCOLS = ("imap", "pop3", "sieve", "smtp")
MECHANISMS = ("PLAIN", "LOGIN", "SCRAM-SHA-256")
RIGHT, WRONG = "sesame", "wrong"

OFF = {
    "imap": "NO [ALERT] IMAP is turned off for this account by the administrator.",
    "pop3": "-ERR [AUTH] POP3 is turned off for this account by the administrator.",
    "sieve": 'NO "Editing mail filters (ManageSieve) is turned off for this account by '
             'the administrator."',
    "smtp": "535 5.7.8 Error: authentication failed: Sending mail (SMTP) is turned off "
            "for this account by the administrator.",
}
LAN_ONLY = {
    "imap": "NO [ALERT] IMAP is allowed for this account only from the local network.",
    "pop3": "-ERR [AUTH] POP3 is allowed for this account only from the local network.",
    "sieve": 'NO "Editing mail filters (ManageSieve) is allowed for this account only '
             'from the local network."',
    "smtp": "535 5.7.8 Error: authentication failed: Sending mail (SMTP) is allowed for "
            "this account only from the local network.",
}


def doors(world):
    return {"the LAN": world.lan, "the LAN by IPv6": world.lan.at("fd00:192::10"),
            "outside": world.wan, "outside by IPv6": world.wan.at("2001:db8:203::10")}


def expected(protocol, kind, place):
    """The words of the refusal, or None: granted."""
    if kind == "off":
        return OFF[protocol]
    if kind == "lan" and place.startswith("outside"):
        return LAN_ONLY[protocol]
    return None


def table(world):
    """The right password: what policy says decides, at once and in its own words."""
    first = attempt(world, "imap", "PLAIN", "free@example.com", RIGHT, world.lan)
    check("an ordinary login works at all", first.granted)
    rows = [(protocol, mechanism, kind, place)
            for protocol in PROTOCOLS for mechanism in MECHANISMS
            for kind in ("free", "off", "lan") for place in doors(world)]
    outcomes = [attempt(world, protocol, mechanism, f"{kind}@example.com", RIGHT,
                        doors(world)[place])
                for protocol, mechanism, kind, place in rows]
    wrong, slow = [], []
    for row, outcome in zip(rows, outcomes):
        protocol, _, kind, place = row
        want = expected(protocol, kind, place)
        good = outcome.granted if want is None else (outcome.granted is False
                                                     and outcome.words == want)
        wrong += [] if good else [(row, outcome)]
        slow += [(row, outcome.seconds)] if outcome.seconds > 1.5 else []
    check(f"all {len(rows)} right passwords meet their account's policy", wrong, [])
    check("no refusal of a right password is delayed", slow, [])


def wrong_passwords(world):
    """A stranger cannot tell an account that is off from one that is not, or from none."""
    rows = [(protocol, mechanism, user) for protocol in PROTOCOLS for mechanism in MECHANISMS
            for user in ("free@example.com", "off@example.com", "nobody@example.com")]
    places = [world.wan.at(f"203.0.113.{10 + n}") for n in range(10)]
    outcomes = all_at_once([
        lambda row=row, door=places[at % len(places)]:
        attempt(world, *row, WRONG, door) for at, row in enumerate(rows)])
    for protocol in PROTOCOLS:
        said = {outcome.words for row, outcome in zip(rows, outcomes) if row[0] == protocol}
        check(f"{protocol}: a wrong password gets one answer, whoever is asked for",
              len(said), 1)
        lacks(f"{protocol}: and it says nothing of any policy", said.pop(),
              "administrator", "local network")
    check("none of them was let in", [o for o in outcomes if o.granted is not False], [])


def masters(world):
    """A master logs in as somebody: that account's policy holds."""
    for protocol in PROTOCOLS:
        free, off = ([attempt(world, protocol, mechanism, f"{kind}@example.com*boss", "key",
                              world.lan) for mechanism in MECHANISMS]
                     for kind in ("free", "off"))
        check(f"{protocol}: a master comes in as a free account",
              [outcome.granted for outcome in free], [True] * 3)
        check(f"{protocol}: but not as one that is off",
              [outcome.granted for outcome in off], [False] * 3)
        for outcome in off:
            contains(f"{protocol}: and reads why", outcome.words, "is turned off for this account")
    outcomes = all_at_once([
        lambda user=user, password=password: attempt(world, "imap", "PLAIN", user, password,
                                                     world.lan.at("192.0.2.19"))
        for user, password in (("off@example.com*boss", WRONG), ("nobody@example.com*boss", "key"),
                               ("off@example.com*thief", "key"))])
    check("a master's wrong password, a stranger as master, nobody as goal: all refused",
          [outcome.granted for outcome in outcomes], [False] * 3)
    for outcome in outcomes:
        lacks("without a word of policy", outcome.words, "turned off")


def names(world):
    """However the name is written, it is the account's policy that counts."""
    for user in ("OFF@Example.COM", "alias@example.com"):
        outcome = attempt(world, "imap", "PLAIN", user, RIGHT, world.lan)
        check(f"{user} is off too", (outcome.granted, outcome.words), (False, OFF["imap"]))
    outcome = attempt(world, "imap", "SCRAM-SHA-256", "hashed@example.com", RIGHT, world.lan)
    check("a stored SCRAM secret serves as well", (outcome.granted, outcome.words),
          (False, OFF["imap"]))
    outcome = attempt(world, "imap", "PLAIN", "unlisted@example.com", RIGHT, world.lan)
    check("an account that the snapshot does not list has the default policy",
          outcome.granted)

"""SPF: who may not send for a domain is refused at DATA, in the domain's own words;
so is who greets with a name that he may not use; softfail and permerror as the
settings say. Our users are not asked about.
"""

from lab import check, compose, contains, lacks

ZONES = """
    strict.test.           TXT "v=spf1 ip4:203.0.113.10 exp=why.strict.test -all"
    why.strict.test.       TXT "%{i} is none of ours"
    soft.test.             TXT "v=spf1 ip4:203.0.113.10 ~all"
    neutral.test.          TXT "v=spf1 ?all"
    wrong.test.            TXT "v=spf1 ipv4:203.0.113.10 -all"
    by-mx.test.            TXT "v=spf1 mx include:also.by-mx.test -all"
    by-mx.test.            MX 10 host12.outside.test.
    also.by-mx.test.       TXT "v=spf1 ip6:2001:db8:203::/64 -all"
    elsewhere-told.test.   TXT "v=spf1 redirect=strict.test"
    host11.outside.test.   TXT "v=spf1 a -all"
    host12.outside.test.   TXT "v=spf1 -all"
    example.com.           TXT "v=spf1 a:mail.example.com -all"
"""

SETTINGS = """
networks:
  local: [127.0.0.0/8, "::1/128", 192.0.2.0/24, "fd00:192::/64"]
  trusted: [192.0.2.11/32]
authentication_checks:
  spf: {%s}
"""


def publish(world, zones):
    for record in filter(None, map(str.strip, zones.splitlines())):
        world.names.add(record)


def story(world):
    publish(world, ZONES)
    world.govern(SETTINGS % "")
    by_default(world)
    our_own(world)
    explained(world)
    as_set(world)


def results(world, subject):
    """Our Authentication-Results of a message of Alice's, unfolded."""
    head = world.wait_for_mail("alice@example.com", subject).partition(b"\r\n\r\n")[0]
    lines = head.decode().replace("\r\n\t", " ").replace("\r\n ", " ").split("\r\n")
    return [line for line in lines if line.startswith("Authentication-Results: ")]


def taken(world, label, sender, result, door=None, **options):
    answer = world.send(compose(label, sender=sender or "x@outside.test"), sender, door=door,
                        **options)
    check(f"taken: {label}", answer.code, 250)
    contains("and the result is told", " ".join(results(world, label)),
             "Authentication-Results: mail.example.com;", result)


def refused(world, label, sender, code, enhanced, *words, door=None, **options):
    answer = world.send(compose(label, sender="x@outside.test"), sender, door=door, **options)
    check(f"refused: {label}", (answer.code, answer.enhanced), (code, enhanced))
    contains("in words", answer.text, *words)


def by_default(world):
    street, next_door = world.wan, world.wan.at("203.0.113.11")
    taken(world, "a client that the domain names", "a@strict.test",
          "spf=pass smtp.mailfrom=strict.test")
    refused(world, "one that it does not", "a@strict.test", 550, "5.7.23",
            "203.0.113.11 is not allowed to send mail for strict.test",
            "strict.test explains: 203.0.113.11 is none of ours", door=next_door)
    refused(world, "a redirected domain", "a@elsewhere-told.test", 550, "5.7.23",
            "elsewhere-told.test", door=next_door)
    taken(world, "softfail", "a@soft.test", "spf=softfail", door=next_door)
    taken(world, "neutral", "a@neutral.test", "spf=neutral", door=street)
    taken(world, "a record that cannot be understood", "a@wrong.test", "spf=permerror")
    taken(world, "no record", "a@outside.test", "spf=none smtp.mailfrom=outside.test")
    taken(world, "the mail exchange", "a@by-mx.test", "spf=pass",
          door=world.wan.at("203.0.113.12"))
    taken(world, "IPv6 of an included domain", "a@by-mx.test", "spf=pass",
          door=world.wan.at("2001:db8:203::10"), host="fd00:192::25")
    taken(world, "a bounce from a host that may say its name", "",
          "spf=pass smtp.helo=host11.outside.test", door=next_door,
          hello="host11.outside.test")
    refused(world, "a bounce from one that may not", "", 550, "5.7.23",
            "host12.outside.test", hello="host12.outside.test")
    refused(world, "who greets with a name that is not his", "a@outside.test", 550, "5.7.23",
            "203.0.113.11 is not allowed to call itself host12.outside.test", door=next_door,
            hello="host12.outside.test")
    taken(world, "who greets with his own", "a@outside.test",
          "spf=pass smtp.helo=host11.outside.test", door=next_door,
          hello="host11.outside.test")
    refused(world, "a stranger with our own name", "bob@example.com", 550, "5.7.23",
            "example.com")


def our_own(world):
    answer = world.submit(compose("from a desk", sender="bob@example.com"), "bob@example.com",
                          "alice@example.com")
    check("who logged in is not asked", answer.code, 250)
    check("and nothing is written about it", results(world, "from a desk"), [])
    answer = world.send(compose("from the scanner", sender="bob@example.com"),
                        "bob@example.com", door=world.lan.at("192.0.2.11"))
    check("nor is a trusted network", answer.code, 250)


def explained(world):
    done = world.mgmtctl("explain", "--from", "a@strict.test", "--rcpt", "alice@example.com",
                         "--client", "203.0.113.11")
    contains("explain asks the DNS and says what it saw", done.out, "spf", "reject",
             "203.0.113.11 for strict.test by -all", "550 5.7.23")


def as_set(world):
    next_door = world.wan.at("203.0.113.11")
    world.configure(SETTINGS % "softfail: reject, permerror: reject, fail: mark, "
                                "helo_fail: accept")
    world.apply()
    refused(world, "softfail, where the settings reject it", "a@soft.test", 550, "5.7.23",
            "soft.test", door=next_door)
    refused(world, "permerror, where the settings reject it", "a@wrong.test", 550, "5.7.24",
            "wrong.test", door=next_door)
    taken(world, "fail, where the settings mark it", "a@strict.test", "spf=fail",
          door=next_door)
    raw = world.wait_for_mail("alice@example.com", "fail, where the settings mark it")
    contains("marked", raw, b"X-Mailreeve-Authentication: spf fail")
    taken(world, "HELO, where the settings do not ask", "a@outside.test", "spf=none",
          door=next_door, hello="host12.outside.test")
    world.configure(SETTINGS % "enabled: false")
    world.apply()
    taken(world, "switched off", "a@strict.test", "spf=fail", door=next_door)
    raw = world.wait_for_mail("alice@example.com", "switched off")
    lacks("unmarked", raw, b"X-Mailreeve-Authentication")

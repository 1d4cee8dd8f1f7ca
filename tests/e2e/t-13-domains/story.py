"""Domains: an additional domain shares users, aliases and settings of its main
one; a second main domain has its own; what is no domain of ours is refused.
"""

from lab import check, compose, contains

DOMAIN = """
additional: [example.net]
aliases:
  - {name: sales, to: [alice]}
disclaimers:
  - {name: company, plain: Example Company}
"""


def story(world):
    world.write("/etc/mailreeve/domains/example.org.yaml", "name: example.org\n")
    world.govern(domain=DOMAIN, accounts=("alice@example.com", "alice@example.org"))

    for address in ("alice@example.com", "alice@example.net", "ALICE@Example.Net",
                    "sales@example.net", "alice+tag@example.net"):
        check(f"mail for {address} is taken",
              world.send(compose(f"for {address}"), to=address).code, 250)
        world.wait_for_mail("alice@example.com", f"for {address}")

    check("the other main domain has an Alice of its own",
          world.send(compose("for org"), to="alice@example.org").code, 250)
    world.wait_for_mail("alice@example.org", "for org")
    check("who got nothing else", len(world.inbox("alice@example.org")), 1)
    answer = world.send(compose("x"), to="sales@example.org")
    check("but no alias of the first", (answer.code, answer.enhanced), (550, "5.1.1"))
    answer = world.send(compose("x"), to="alice@example.edu")
    check("a domain that is not ours is not relayed to", (answer.code, answer.enhanced),
          (554, "5.7.1"))

    answer = world.submit(compose("under the other name", sender="alice@example.net"),
                          "alice@example.net", "friend@outside.test",
                          user="alice@example.com")
    check("Alice may send under the additional domain", answer.code, 250)
    contains("and its disclaimer is that of the main one",
             world.wait_for_mail_outside("friend@outside.test", "under the other name"),
             b"Example Company")
    good, _ = world.imap().try_login("alice@example.net", world.passwords["alice@example.com"])
    check("and log in under it", good)

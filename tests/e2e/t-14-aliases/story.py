"""Aliases lead to users, to other aliases and outside; a loop among them is
refused before it does harm, and a person in two of them gets one copy.
"""

from lab import check, compose, contains

ALIASES = """
aliases:
  - {name: info, to: [alice]}
  - {name: team, to: [alice, bob]}
  - {name: everybody, to: [team, info, bob]}
  - {name: abroad, to: [friend@outside.test]}
"""

LOOP = """
aliases:
  - {name: ring, to: [rang]}
  - {name: rang, to: [ring]}
"""


def story(world):
    world.govern(domain=ALIASES)
    for name, readers in (("info", ["alice"]), ("team", ["alice", "bob"]),
                          ("everybody", ["alice", "bob"])):
        check(f"mail for {name} is taken",
              world.send(compose(f"to {name}"), to=f"{name}@example.com").code, 250)
        for reader in readers:
            world.wait_for_mail(f"{reader}@example.com", f"to {name}")
    check("Bob, who is in everybody twice, has one copy of each",
          len(world.inbox("bob@example.com")), 2)

    check("mail for an alias that leads outside is taken",
          world.send(compose("to abroad"), to="abroad@example.com").code, 250)
    contains("and goes there", world.wait_for_mail_outside("friend@outside.test", "to abroad"),
             b"X-Original-To: friend@outside.test")

    world.configure(domain=LOOP)
    refusal = world.mgmtctl("apply", "--yes", check=False)
    check("a loop is refused as invalid settings", refusal.code, 3)
    contains("the refusal shows the ring, and where it stands", refusal.err,
             "example.com.yaml:", "ring", "rang")
    check("and the aliases in force stay",
          world.send(compose("still"), to="info@example.com").code, 250)
    world.wait_for_mail("alice@example.com", "still")

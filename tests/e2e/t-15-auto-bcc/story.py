"""Automatic blind copies: by sender, by recipient and of everything; once per
target, never seen by the others, never for refused mail, never in a circle.
"""

from lab import check, compose, contains, lacks

RULES = """
auto_bcc:
  - {name: from Alice, when: sender, contains: alice@, to: [audit]}
  - {name: about money, when: recipient, contains: billing, to: [audit, keeper@outside.test]}
  - {name: switched off, enabled: false, when: all, to: [nosy]}
aliases:
  - {name: billing, to: [bob]}
"""

PEOPLE = [f"{name}@example.com" for name in ("alice", "bob", "audit", "nosy")]


def copies(world, user, subject):
    return sum(subject.encode() in raw.partition(b"\r\n\r\n")[0]
               for raw in world.inbox(user))


def story(world):
    world.govern(domain=RULES, accounts=PEOPLE)

    answer = world.submit(compose("outgoing", sender="alice@example.com"), "alice@example.com",
                          "friend@outside.test")
    check("Alice writes outside", answer.code, 250)
    copy = world.wait_for_mail("audit@example.com", "outgoing")
    contains("the copy keeps the sender", copy, b"Return-Path: <alice@example.com>")
    original = world.wait_for_mail_outside("friend@outside.test", "outgoing")
    lacks("the friend sees nothing of it", original, b"audit@example.com")

    answer = world.send(compose("incoming bill"), to="billing@example.com")
    check("a bill comes from outside", answer.code, 250)
    world.wait_for_mail("bob@example.com", "incoming bill")
    world.wait_for_mail("audit@example.com", "incoming bill")
    world.wait_for_mail_outside("keeper@outside.test", "incoming bill")

    answer = world.submit(compose("both rules", sender="alice@example.com"),
                          "alice@example.com", "billing@example.com")
    check("Alice writes to billing: two rules match", answer.code, 250)
    world.wait_for_mail("bob@example.com", "both rules")
    world.wait_for_mail("audit@example.com", "both rules")
    world.wait_for_mail_outside("keeper@outside.test", "both rules")

    answer = world.submit(compose("direct", sender="alice@example.com"), "alice@example.com",
                          ["audit@example.com", "bob@example.com"])
    check("Alice writes to the auditor himself", answer.code, 250)
    world.wait_for_mail("bob@example.com", "direct")
    world.wait_for_mail("audit@example.com", "direct")

    answer = world.send(compose("no such"), to="nobody-billing@example.com")
    check("mail that is refused", answer.code, 550)
    answer = world.send(compose("a bounce"), sender="", to="billing@example.com")
    check("and a bounce", answer.code, 250)
    world.wait_for_mail("bob@example.com", "a bounce")

    for subject, count in (("outgoing", 1), ("incoming bill", 1), ("both rules", 1),
                           ("direct", 1), ("no such", 0), ("a bounce", 0)):
        check(f"the auditor has {count} of '{subject}'",
              copies(world, "audit@example.com", subject), count)
    check("and the rule that is switched off made none",
          world.inbox("nosy@example.com"), [])

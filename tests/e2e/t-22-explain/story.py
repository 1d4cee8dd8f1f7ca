"""`mgmtctl explain` says beforehand what will happen to a message: each check in
order, what it saw, what it says. The same message, sent for real, fares the same.
"""

from lab import check, compose, contains

SETTINGS = """
lists:
  block: [{name: pests, sender: "*@pest.test"}]
"""

DOMAIN = """
limits: {message_size: 64K}
disclaimers: [{name: company, plain: Example Company}]
auto_bcc: [{name: archive, when: sender, contains: alice@, to: [bob]}]
"""

FILE = "/tmp/message.eml"


def explained(world, message, *flags):
    world.write(FILE, message)
    return world.mgmtctl("explain", *flags, FILE, check=False)


def story(world):
    world.govern(SETTINGS, domain=DOMAIN)

    message = compose("from a pest", sender="a@pest.test")
    said = explained(world, message, "--from", "a@pest.test", "--rcpt", "alice@example.com",
                     "--client", "203.0.113.10").out
    contains("explain names the entry that refuses", said, "pests", "550")
    check("the real one is refused", world.send(message, "a@pest.test").code, 550)

    message = compose("outgoing", sender="alice@example.com", to="friend@outside.test")
    said = explained(world, message, "--from", "alice@example.com", "--rcpt",
                     "friend@outside.test", "--client", "192.0.2.10", "--login",
                     "alice@example.com").out
    contains("explain shows the checks, the copy and the disclaimer", said, "message_size",
             "archive", "company")
    answer = world.submit(message, "alice@example.com", "friend@outside.test")
    check("the real one goes out", answer.code, 250)
    contains("with the disclaimer",
             world.wait_for_mail_outside("friend@outside.test", "outgoing"),
             b"Example Company")
    world.wait_for_mail("bob@example.com", "outgoing")

    large = compose("large", "x\n" * 40000, sender="alice@example.com")
    said = explained(world, large, "--from", "alice@example.com", "--rcpt",
                     "friend@outside.test", "--client", "192.0.2.10", "--login",
                     "alice@example.com").out
    contains("explain says that this one is too large", said, "552")
    check("and so it is", world.submit(large, "alice@example.com",
                                       "friend@outside.test").code, 552)
    check("explaining sent nothing", len(world.far.mailbox()), 1)

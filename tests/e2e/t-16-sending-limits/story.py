"""Sending limits of a domain and of a policy: the size of a message, and of a single
attachment as it is when decoded. They bind those who send from here, nobody else.
"""

from lab import check, compose, contains
from lab.messages import of_size

KIB = 1024
FAR = "friend@outside.test"

LIMITS = """
limits: {message_size: 200K, attachment_size: 60K}
"""

POLICY = """
policies:
  - {name: photographers, users: [bob@example.com], attachment_size: 100K}
"""


def with_attachment(label, octets, **addresses):
    return compose(label, attachment=("photo.raw", b"\x07" * octets), **addresses)


def story(world):
    world.govern(POLICY, domain=LIMITS)
    alice, bob = "alice@example.com", "bob@example.com"

    answer = world.submit(of_size("190 KiB", 190 * KIB), alice, FAR)
    check("a message of 190 KiB goes out", answer.code, 250)
    answer = world.submit(of_size("210 KiB", 210 * KIB), alice, FAR)
    check("one of 210 KiB is refused", (answer.code, answer.enhanced), (552, "5.3.4"))

    answer = world.submit(with_attachment("exactly", 60 * KIB), alice, FAR)
    check("an attachment of exactly 60 KiB goes out, although base64 makes it 82",
          answer.code, 250)
    answer = world.submit(with_attachment("one too many", 60 * KIB + 1), alice, FAR)
    check("one octet more is refused", (answer.code, answer.enhanced), (552, "5.3.4"))
    contains("and the reply speaks of the attachment", answer.text.lower(), "attachment")

    answer = world.submit(with_attachment("by policy", 90 * KIB), bob, FAR)
    check("Bob, whom a policy allows more, sends 90 KiB", answer.code, 250)
    answer = world.submit(with_attachment("beyond it", 110 * KIB), bob, FAR)
    check("but not 110", answer.code, 552)

    answer = world.send(with_attachment("from outside", 120 * KIB))
    check("what comes from outside is not bound by them", answer.code, 250)
    world.wait_for_mail(alice, "from outside")
    for subject in ("190 KiB", "exactly", "by policy"):
        world.wait_for_mail_outside(FAR, subject)
    check("nothing that was refused got out", len(world.far.mailbox(FAR)), 3)

"""The SMTP profile: host name and banner are shown, and a message that is too
large, has too many recipients or went through too many hops is refused with a
clear code.
"""

from lab import check, compose, contains
from lab.messages import of_size

SETTINGS = """
server:
  hostname: mail.example.com
  banner: Example Post Office
  max_recipients: 3
  max_hops: 5
  max_message_size: 100K
  tls:
    certificate: /etc/ssl/mail.example.com.pem
    key: /etc/ssl/private/mail.example.com.key
"""

KIB = 1024
NAMES = ("alice", "bob", "carol", "dave")


def passed(hops):
    """A message that has already passed so many hosts."""
    return compose(f"{hops} hops", headers=[
        ("Received", f"from a{n}.test by b{n}.test; Mon, 02 Nov 2026 10:00:00 +0000")
        for n in range(hops)])


def story(world):
    addresses = [f"{name}@example.com" for name in NAMES]
    world.govern(SETTINGS, accounts=addresses)

    with world.smtp() as client:
        contains("the greeting holds host name and banner", client.greeting.text,
                 "mail.example.com", "Example Post Office")
        client.ehlo()
        check("the size limit is announced", client.esmtp_features["size"], str(100 * KIB))

    check("a message of 90 KiB is taken", world.send(of_size("fits", 90 * KIB)).code, 250)
    answer = world.send(of_size("announced", 101 * KIB))
    check("one of 101 KiB is refused at MAIL, when its size is announced",
          (answer.stage, answer.code, answer.enhanced), ("mail", 552, "5.3.4"))
    with world.smtp() as client:
        answer = client.transmit("someone@outside.test", "alice@example.com",
                                 of_size("not announced", 101 * KIB), size=False)
        check("and after DATA, when it is not", (answer.stage, answer.code, answer.enhanced),
              ("data", 552, "5.3.4"))

    answer = world.send(compose("for three"), to=addresses[:3])
    check("three recipients are taken", answer.code, 250)
    answer = world.send(compose("for four"), to=addresses)
    check("one for four is refused as a whole", (answer.stage, answer.code, answer.enhanced),
          ("data", 550, "5.5.3"))

    check("a message that passed three hosts is taken", world.send(passed(3)).code, 250)
    answer = world.send(passed(20))
    check("one that passed twenty is refused as a loop", (answer.code, answer.enhanced[:4]),
          (554, "5.4."))
    contains("in words", answer.text.lower(), "too many hops")

    world.wait_for_mail("alice@example.com", "3 hops")
    check("Alice has what was taken, and nothing else",
          sorted(subjects(world.inbox("alice@example.com"))),
          ["3 hops", "fits", "for three"])


def subjects(messages):
    return [line[9:].decode().strip() for raw in messages for line in raw.split(b"\r\n")
            if line.startswith(b"Subject: ")]

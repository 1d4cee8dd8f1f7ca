"""The daily quota: so many messages and octets a day for each user, exact also when
32 of their programs send at once; refused mail does not count; the administrator
lists and clears it.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

from lab import StoryFailed, check, compose, contains
from lab.messages import of_size

KIB = 1024
FAR = "friend@outside.test"

QUOTA = """
limits: {daily_messages: 100, message_size: 100K}
"""

POLICY = """
policies:
  - {name: frugal, users: [bob@example.com], daily_messages: 0, daily_volume: 50K}
  - {name: two a day, users: [carol@example.com], daily_messages: 2}
"""


def story(world):
    world.govern(POLICY, domain=QUOTA, accounts=[f"{name}@example.com" for name in
                                                 ("alice", "bob", "carol", "dave")])
    parallel_senders_get_exactly_the_quota(world)
    volume_counts(world)
    refused_mail_does_not_count(world)
    listed_and_cleared(world)


def parallel_senders_get_exactly_the_quota(world):
    all_logged_in = Barrier(32)
    one_by_one = Lock()  # Checking a password costs on purpose; it is not the point.

    def send_many(sender):
        with world.smtp(world.lan, port=587) as client:
            client.secure()
            client.ehlo()
            with one_by_one:
                answer = client.authenticate("alice@example.com",
                                             world.passwords["alice@example.com"])
            if answer.code != 235:
                all_logged_in.abort()
                raise StoryFailed(f"Alice cannot log in: {answer}")
            all_logged_in.wait(60)
            return [client.transmit("alice@example.com", FAR, compose(f"{sender}-{n}"))
                    for n in range(5)]

    with ThreadPoolExecutor(32) as pool:
        answers = [one for many in pool.map(send_many, range(32)) for one in many]
    taken = sum(answer.code == 250 for answer in answers)
    check("of 160 messages sent by 32 programs at once, 100 are taken", taken, 100)
    refusals = {(a.code, a.enhanced) for a in answers if a.code != 250}
    check("all others are refused for the quota", refusals, {(550, "5.7.1")})
    answer = world.submit(compose("one more"), "alice@example.com", FAR)
    check("one more is refused, too", answer.code, 550)
    contains("in words Alice understands", answer.text.lower(), "limit")
    answer = world.submit(compose("Dave's"), "dave@example.com", FAR)
    check("Dave is not touched by it", answer.code, 250)
    answer = world.send(compose("to Alice"))
    check("and Alice still receives", answer.code, 250)


def volume_counts(world):
    answer = world.submit(of_size("40 KiB", 40 * KIB), "bob@example.com", FAR)
    check("Bob sends 40 of his 50 KiB", answer.code, 250)
    answer = world.submit(of_size("20 KiB", 20 * KIB), "bob@example.com", FAR)
    check("20 more do not fit", answer.code, 550)
    answer = world.submit(of_size("5 KiB", 5 * KIB), "bob@example.com", FAR)
    check("5 more do", answer.code, 250)


def refused_mail_does_not_count(world):
    for _ in range(3):
        answer = world.submit(of_size("too large", 101 * KIB), "carol@example.com", FAR)
        check("what is too large is refused", answer.code, 552)
    answer = world.submit(compose("x"), "bob@example.com", FAR, user="carol@example.com")
    check("what is forged is refused", answer.code, 553)
    for word in ("first", "second"):
        answer = world.submit(compose(word), "carol@example.com", FAR)
        check(f"and Carol's {word} of two a day still goes out", answer.code, 250)
    answer = world.submit(compose("third"), "carol@example.com", FAR)
    check("the third does not", answer.code, 550)


def listed_and_cleared(world):
    rows = json.loads(world.mgmtctl("usage", "list", "--json").out)
    rows = rows if isinstance(rows, list) else rows["usage"]
    used = {row["user"]: row["messages"] for row in rows}
    check("the list shows who sent how many",
          [used.get(f"{name}@example.com") for name in ("alice", "carol", "dave")],
          [100, 2, 1])
    world.mgmtctl("usage", "clear", "carol@example.com")
    answer = world.submit(compose("again"), "carol@example.com", FAR)
    check("after her usage is cleared Carol sends again", answer.code, 250)
    answer = world.submit(compose("not Alice"), "alice@example.com", FAR)
    check("Alice, whose is not, does not", answer.code, 550)

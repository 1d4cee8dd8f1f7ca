"""What leaves the quarantine is judged as if it came now, by today's signatures, and
excused from the one verdict it was held for: a virus that was not known when a message
was held for spam keeps it where it is.
"""

import json

from lab import check, compose, contains, lacks, wait_for
from lab.antivirus import Clamd

SETTINGS = """
antivirus: {engine: clamav, action: quarantine, time_limit_seconds: 5, clamd: {manage: true}}
spam:
  enabled: true
  action: quarantine
  server: 127.0.0.1:783
  filters: [{name: pest, sender: pest@outside.test, verdict: spam}]
content_rules:
  enabled: true
  threshold: 1
  action: quarantine
  rules: [{name: falcon, pattern: blue falcon, score: 2}]
"""
PEST, STRANGER, ALICE = "pest@outside.test", "someone@outside.test", "alice@example.com"
BODY = "a worm of next week, which nobody knows today"


def story(world):
    world.govern(SETTINGS)
    clamd = Clamd(world.mail)
    clamd.start()
    plain = hold(world, "plain spam", "Buy it.\n", "spam")
    both = hold(world, "spam of the falcon", "The blue falcon sells.\n", "spam")
    worm = hold(world, "spam with a worm", f"{BODY}\n", "spam")
    attached = hold(world, "spam with a worm in a file", "See the file.\n", "spam",
                    attachment=("a.bin", BODY.encode()))
    one_verdict_is_waived(world, plain, both)
    known_by_now(world, clamd, worm, attached)
    taken_for_a_virus(world, clamd)
    no_engine_no_release(world, clamd)


def hold(world, subject, text, step, sender=PEST, **more):
    answer = world.send(compose(subject, text, sender=sender, **more), sender, ALICE)
    check(f"{subject}: taken", answer.code, 250)
    found = json.loads(world.mgmtctl("quarantine", "search", "--json", "--subject",
                                     subject).out)["messages"]
    check("and held", [(one["subject"], one["step"]) for one in found], [(subject, step)])
    return found[0]["id"]


def release(world, number):
    """(state, the MTA's answer) of its one recipient."""
    outcome = world.mgmtctl("quarantine", "release", number, "--json", check=False)
    recipient = json.loads(outcome.out)["recipients"][0]
    return recipient["state"], recipient["answer"]


def refused(world, label, number, subject):
    state, answer = release(world, number)
    check(f"{label}: not released", state, "failed")
    contains("in words that tell nothing of the engine", answer,
             "554 5.7.1 Not released: it is still held back")
    lacks("and not delivered", b"".join(world.inbox(ALICE)), f"Subject: {subject}".encode())


def trace(world):
    return world.mgmtctl("log", "--json").out


def one_verdict_is_waived(world, plain, both):
    check("spam is released when somebody says so", release(world, plain)[0], "released")
    world.wait_for_mail(ALICE, "plain spam")
    refused(world, "what a content rule would hold as well", both, "spam of the falcon")


def known_by_now(world, clamd, worm, attached):
    clamd.learn("Lab.Worm", BODY)
    refused(world, "a worm that is known by now", worm, "spam with a worm")
    refused(world, "and in an attachment", attached, "spam with a worm in a file")
    wait_for(lambda: "Lab.Worm.UNOFFICIAL (clamd)" in trace(world), 20, "its name in the log")
    clamd.forget("Lab.Worm", BODY)
    check("a signature that is withdrawn holds nothing", release(world, worm)[0], "released")
    world.wait_for_mail(ALICE, "spam with a worm")


def taken_for_a_virus(world, clamd):
    text = "a price list that a signature mistakes"
    clamd.learn("Lab.Mistake", text)
    number = hold(world, "price list", f"{text}\n", "antivirus", STRANGER)
    refused(world, "a virus is never waived", number, "price list")
    clamd.forget("Lab.Mistake", text)
    check("once it is none any more it goes", release(world, number)[0], "released")
    world.wait_for_mail(ALICE, "price list")


def no_engine_no_release(world, clamd):
    number = hold(world, "patient spam", "Wait.\n", "spam")
    world.configure(SETTINGS.replace("engine: clamav", "engine: clamav, on_failure: deliver"))
    world.apply()
    clamd.stop()
    state, answer = release(world, number)
    check("while nobody can scan it, it waits, whatever is done with new mail", state,
          "releasing")
    contains("as the MTA says", answer, "451 4.7.1")
    lacks("and is not delivered", b"".join(world.inbox(ALICE)), b"Subject: patient spam")
    clamd.start()
    world.wait_for_mail(ALICE, "patient spam", seconds=150)

"""What leaves the quarantine is judged as if it came now, by today's signatures, and
excused from the one verdict it was held for, and from those that an administrator names:
a virus that was not known when a message was held for spam keeps it where it is.
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
attachments:
  enabled: true
  rules: [{name: scripts, names: ["*.js"], action: strip}]
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
    and_another_by_its_name(world, both)
    two_have_to_name_it(world)
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


def release(world, number, *options):
    """(state, the MTA's answer) of its one recipient."""
    outcome = world.mgmtctl("quarantine", "release", number, "--json", *options, check=False)
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


def and_another_by_its_name(world, both):
    shown = world.mgmtctl("quarantine", "show", both).out
    contains("what stood in the way is told", shown,
             "in the way: content_rules: 2 of 1: falcon (2)",
             f"mgmtctl quarantine release {both} --also-waive content_rules")
    contains("and listed", world.mgmtctl("quarantine", "list").out, "failed (content_rules)")
    for label, name, words in (("a virus", "antivirus", "a virus is never waived"),
                               ("a limit", "message_size", "nothing to be waived")):
        outcome = world.mgmtctl("quarantine", "release", both, "--also-waive", name,
                                check=False)
        check(f"{label}: not to be waived", outcome.code, 1)
        contains("and told so", outcome.said, words)
    outcome = world.mgmtctl("quarantine", "release", both, "--also-waive", "dmarc", check=False)
    check("another verdict's waiver is none for this one", outcome.code, 1)
    contains("and what to say is told in full", outcome.out,
             f"release {both} --also-waive dmarc --also-waive content_rules")
    nasty = hold(world, "spam of the falcon with a script", "The blue falcon runs.\n", "spam",
                 attachment=("fly.js", b"alert(1)"))
    for label, number in (("spam", both), ("with a script", nasty)):
        check(f"{label}: both verdicts waived, it goes",
              release(world, number, "--also-waive", "content_rules")[0], "released")
    raw = world.wait_for_mail(ALICE, "spam of the falcon with a script")
    contains("its text arrives", raw, b"The blue falcon runs.", b"X-Mailreeve-Released: ")
    contains("without the file, as nobody waived that", raw, b"fly.js was removed")
    lacks("nor any of it", raw, b"alert(1)", b"YWxlcnQo")
    whole = hold(world, "falcon, whole", "The blue falcon runs.\n", "spam",
                 attachment=("fly.js", b"alert(1)"))
    check("with a third name nothing is taken out",
          release(world, whole, "--also-waive", "content_rules", "--also-waive",
                  "attachment_filter")[0], "released")
    contains("as it came", world.wait_for_mail(ALICE, "falcon, whole"), b"fly.js", b"YWxlcnQo")
    events = json.loads(world.mgmtctl("log", "--verdict", "release", "--json").out)["events"]
    contains("the log knows who waived what", "\n".join(one["reason"] for one in events),
             f"uid 0 releases {nasty}, waiving spam, content_rules",
             f"uid 0 releases {whole}, waiving spam, attachment_filter, content_rules")


def two_have_to_name_it(world):
    world.configure(SETTINGS + "quarantine: {release_rights: {content: two_administrators}}")
    world.apply()
    number = hold(world, "falcon for four eyes", "The blue falcon sees.\n", "spam")
    command = ("mgmtctl", "quarantine", "release", number, "--json")
    waive = ("--also-waive", "content_rules")
    world.mail.run("sh", "-c", "useradd -m second; usermod -aG mailreeve-admin second")

    def second(*options):
        said = world.mail.run("su", "second", "-s", "/bin/sh", "-c", " ".join(command + options),
                              check=False)
        return json.loads(said.out)

    check("one names it", json.loads(world.mail.run(*command, *waive).out)["begun"], False)
    check("another who does not agrees to nothing but spam",
          second()["recipients"][0]["state"], "failed")
    check("both do: it goes", second(*waive)["recipients"][0]["state"], "released")
    world.wait_for_mail(ALICE, "falcon for four eyes")
    world.configure(SETTINGS)
    world.apply()


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

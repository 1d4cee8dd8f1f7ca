"""Content rules (MCP): scores of words and patterns add up, in both directions; whatever
the pattern and the text, matching ends soon. A sender of our own is told, a reviewer
gets the original.
"""

import email
import time

from lab import check, compose, contains, lacks

ALICE, BOB, FAR = "alice@example.com", "bob@example.com", "friend@outside.test"

RULES = """
content_rules:
  enabled: true
  threshold: 5
  action: reject
  rules:
    - {name: project, pattern: blue falcon, score: 3}
    - {name: card number, relation: regex, pattern: "\\\\b\\\\d{4}([- ]?\\\\d{4}){3}\\\\b", score: 3}
    - {name: title, target: subject, pattern: größe, score: 6}
    - {name: pest, target: sender, relation: equals, pattern: pest@outside.test, score: 6}
    - {name: press, target: recipient, pattern: press@, score: 6}
    - {name: bulk, target: header, header: X-Mailer, pattern: Blaster, case_sensitive: true, score: 6}
    - {name: nasty, relation: regex, pattern: "(a+)+(b|bb)+(a?){40}a{40}zzz$", score: 6}
"""


def story(world):
    world.govern(RULES)
    adds_up(world)
    targets(world)
    outbound(world)
    ends_soon(world)
    letters(world)


def code(world, label, text="Hello.\n", **more):
    sender = more.get("sender", "someone@outside.test")
    return world.send(compose(label, text, **more), sender).code


def calendar(subject, lines):
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    head = compose(subject).partition(b"\r\n\r\n")[0].split(b"\r\n")
    head = [line for line in head if not line.lower().startswith(b"content-")]
    return b"\r\n".join([*head, b"Content-Type: text/calendar; method=REQUEST", b"", text.encode()])


def adds_up(world):
    check("one rule is not enough", code(world, "one", "The Blue\n  Falcon flies.\n"), 250)
    answer = world.send(compose("both", "Blue falcon pays with 1234 5678 1234 5678.\n"))
    check("two are", (answer.code, answer.enhanced), (554, "5.7.1"))
    check("the reply tells nothing of the rules", "project" in answer.text, False)
    check("in HTML, too", code(world, "html", "x\n",
                               html="<p>bl<b>ue</b> falcon 1234-5678-1234-5678"), 554)
    check("in an invitation, folded within a word",
          world.send(calendar("invited", "DESCRIPTION:Blue fal\r\n con, 1234 5678 12\r\n 34 5678")).code,
          554)
    check("the subject counts as content",
          code(world, "blue falcon", "1234567812345678\n"), 554)


def targets(world):
    check("a word in the encoded subject", code(world, "die Größe"), 554)
    check("a sender", code(world, "sender", sender="pest@outside.test"), 554)
    check("another sender", code(world, "sender", sender="bestpest@outside.test"), 250)
    check("a field, in its case", code(world, "field", headers=[("X-Mailer", "The Blaster")]), 554)
    check("and not in another", code(world, "field", headers=[("X-Mailer", "the blaster")]), 250)


def outbound(world):
    secret = "Blue falcon, 1234 5678 1234 5678.\n"
    answer = world.submit(compose("out", secret, sender=ALICE, to=FAR), ALICE, FAR)
    check("what leaves is judged, too", answer.code, 554)
    answer = world.submit(compose("fine", sender=ALICE, to=FAR), ALICE, FAR)
    check("and goes if there is nothing", answer.code, 250)
    world.wait_for_mail_outside(FAR, "fine")
    check("a recipient", world.submit(compose("r", sender=ALICE, to="press@outside.test"),
                                      ALICE, "press@outside.test").code, 554)


def ends_soon(world):
    text = ("a" * 70 + "b" * 5 + "\n") * 20_000
    started = time.monotonic()
    check("a text made for the nasty pattern is taken", code(world, "nasty", text), 250)
    check("within seconds", time.monotonic() - started < 30)
    contains("and arrives", world.wait_for_mail(ALICE, "nasty"), b"aaaaabbbbb")


def letters(world):
    """Word to the sender, where that is one of ours; the original to the reviewer."""
    world.account("reviewer@example.com")
    world.configure(RULES.replace("action: reject", "action: quarantine")
                    + "  notify_sender: true\n  forward_to: [reviewer@example.com]\n")
    world.apply()
    own = compose("Größe of the falcon", "By hand.\n", sender=ALICE, to=FAR)
    check("what a user sends is held", world.submit(own, ALICE, FAR).code, 250)
    stranger = compose("die Größe", "From afar.\n", sender="pest@outside.test")
    check("so is what a stranger sends", world.send(stranger, "pest@outside.test").code, 250)
    world.mgmtctl("job", "run", "send-notices")

    letter = world.wait_for_mail(ALICE, "Your message was held")
    contains("the user is told what became of it", letter, b"Auto-Submitted: auto-",
             b"Return-Path: <>", b"friend@outside.test")
    lacks("and not by which rule", letter, b"title")
    check("the stranger, whose address may be forged, is not",
          [one for one in world.far.mailbox("pest@outside.test") if b"was held" in one], [])
    for text, rules in ((b"By hand.", b"title"), (b"From afar.", b"title, pest")):
        original = enclosed(world, text)
        contains("the reviewer reads which rules it was", original[0], b"Rule:      " + rules)
        contains("and has the message whole", original[1], b"Gr=C3=B6=C3=9Fe", text)
    check("once each", len(world.inbox("reviewer@example.com")), 2)
    check("neither reached those it was for",
          [one for one in world.inbox(ALICE) + world.far.mailbox(FAR)
           if b"From afar." in one or b"By hand." in one], [])


def enclosed(world, text):
    """(the letter's own text, the message in it) of the reviewer's mail that holds `text`."""
    world.wait_for_mail("reviewer@example.com", "Rule ")
    raw = next(one for one in world.inbox("reviewer@example.com") if text in one)
    parts = email.message_from_bytes(raw).get_payload()
    return parts[0].get_payload(decode=True), parts[1].get_payload(0).as_bytes()

"""Users are told by mail what was held for them since the mail before: as text and as
HTML, with links that work for their own copy only, once, and not for ever. Nothing
new is no mail. Of what they sent they are told, too, and may ask for its release.
"""

import email
import email.policy
import json
import re

from lab import check, compose, contains, lacks, wait_for

SETTINGS = """
spam:
  enabled: true
  action: quarantine
  server: 127.0.0.1:783
  filters: [{name: pest, sender: "*@outside.test", verdict: spam}]
quarantine:
  link_base: https://mail.example.com
  digests:
    - {users: [bob@example.com], enabled: false}
    - {users: [carol@example.com], every: hour, language: de}
    - {users: ["*@example.com"], every: hour}
"""
RULES = """
content_rules:
  enabled: true
  threshold: 1
  action: quarantine
  rules: [{name: forbidden, target: subject, pattern: First, score: 2}]
"""
CAROL, FAR = "carol@example.com", "friend@outside.test"
PEOPLE = ("alice@example.com", "bob@example.com", "carol@example.com")


def story(world):
    world.govern(SETTINGS, accounts=PEOPLE)
    check("nothing is held, nobody is told", run_digest(world), "done: 0 digests\n")
    for name in ("First", "Second"):
        answer = world.send(compose(f"{name} <b>offer</b>"), to=list(PEOPLE))
        check(f"{name}: taken", answer.code, 250)
    check("what came in this hour is told in the next", run_digest(world), "done: 0 digests\n")
    an_hour_passes(world)
    check("two are told", run_digest(world), "done: 2 digests\n")
    letter = alice_is_told(world)
    contains("Carol reads German", world.wait_for_mail("carol@example.com", "2 neue"),
             b"postmaster@example.com")
    check("Bob is not told", world.inbox("bob@example.com"), [])
    check("nothing new, no mail", run_digest(world), "done: 0 digests\n")
    the_links_work(world, letter)


def run_digest(world):
    return world.mgmtctl("job", "run", "quarantine-digest").out


def an_hour_passes(world):
    world.mail.run("python3", "-c", """
import sqlite3
db = sqlite3.connect("/var/lib/mailreeve/db/state.db", timeout=10)
db.execute("UPDATE quarantine_message SET received = received - 3600000")
db.commit()
""")


def alice_is_told(world):
    raw = world.wait_for_mail("alice@example.com", "2 new messages", seconds=90)
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    check("a machine says so", letter["Auto-Submitted"], "auto-generated")
    check("text stands before HTML", [part.get_content_type() for part in letter.walk()],
          ["multipart/alternative", "text/plain", "text/html"])
    text = letter.get_body(["plain"]).get_content()
    contains("it lists both", text, "First <b>offer</b>", "Second <b>offer</b>",
             "someone@outside.test")
    html = letter.get_body(["html"]).get_content()
    lacks("a subject is no markup, and nothing is loaded", html, "<b>offer", "<img")
    contains("its buttons post", html, '<form method="post" '
             'action="https://mail.example.com/quarantine/link">')
    return text


def what_stands_in_the_way(world, token):
    """A reader's link waives what it was held for, and tells him of no rule."""
    world.configure(SETTINGS + RULES)
    world.apply()
    answer = json.loads(follow(world, token).out)
    check("what a rule forbids by now is not released by a link",
          [one["state"] for one in answer["recipients"]], ["failed"])
    lacks("and its reader learns of no rule", json.dumps(answer), "content_rules", "First")
    listed = json.loads(world.mgmtctl("quarantine", "list", "--state", "failed", "--json").out)
    check("an administrator does", [one["in_the_way"]["waive_as"]
                                    for one in listed["messages"][0]["recipients"]
                                    if one["state"] == "failed"], ["content_rules"])
    outcome = world.mgmtctl("quarantine", "release", "--link", token, "--also-waive",
                            "content_rules", check=False)
    check("with a link nothing more can be waived", outcome.code, 1)


FOLLOW = """
import json, socket, sys
says = []
for _ in range(int(sys.argv[1])):
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect("/run/mailreeve/mgmtd.ctl")
        wire.sendall(json.dumps({"do": "quarantine_follow", "link": sys.argv[2]}).encode()
                     + b"\\n")
        says.append(json.loads(wire.makefile().readline()))
print(json.dumps(says[-1]))
"""


def nobody_hammers_a_link(world, tokens, forged):
    def hammer(times, token):
        return json.loads(world.mail.run("python3", "-c", FOLLOW, str(times), token).out)

    said = hammer(205, tokens[0])
    check("after so many tries an hour there are no more", said["code"], "unavailable")
    contains("in words for who tries", said["error"], "too many tries; try again in ")
    said = hammer(1, tokens[1])
    check("whichever link of that mailbox it is", said["code"], "unavailable")
    contains("a guessed link is another matter", hammer(100, forged)["error"], "not one of ours")
    contains("which has an end, too", hammer(901, forged)["error"], "too many tries")


def a_sender_asks(world):
    """What our own user sent is released by an administrator, whom he asks by a link."""
    answer = world.submit(compose("First letter of mine", sender=CAROL, to=FAR), CAROL, FAR)
    check("Carol's letter is taken", answer.code, 250)
    check("and held", [one["login"] for one in held(world, "--step", "content_rules")], [CAROL])
    an_hour_passes(world)
    check("she is told", run_digest(world), "done: 1 digest\n")
    raw = world.wait_for_mail(CAROL, "1 Nachricht von Ihnen", seconds=90)
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    contains("in her language, with a button", letter.get_body(["html"]).get_content(),
             "<button type=\"submit\">Freigabe beantragen</button>")
    text = letter.get_body(["plain"]).get_content()
    contains("to whom it was", text, f"An: {FAR}")
    token = re.search(r"token=(\S+)", text).group(1)
    check("nobody has asked for anything yet", held(world, "--requested"), [])
    check("she asks", world.mgmtctl("quarantine", "request", "--link", token).out,
          f"asked for by {CAROL}\n")
    outcome = world.mgmtctl("quarantine", "request", "--link", token, check=False)
    contains("which she does once", outcome.said, "asked for already")
    asked = held(world, "--requested")
    contains("it is counted", world.mgmtctl("quarantine", "status").out,
             "1 asked for by their senders")
    check("an administrator sees who asks", [one["requested_by"] for one in asked], [CAROL])
    contains("and when", world.mgmtctl("quarantine", "show", asked[0]["id"]).out,
             f"release asked for by: {CAROL}, 20")
    check("nothing has left", world.far.mailbox(FAR), [])
    world.mgmtctl("quarantine", "release", asked[0]["id"])
    world.wait_for_mail_outside(FAR, "First letter of mine")
    check("what is decided is asked for no more", held(world, "--requested"), [])


def held(world, *filters):
    return json.loads(world.mgmtctl("quarantine", "list", "--json", *filters).out)["messages"]


def follow(world, token):
    return world.mgmtctl("quarantine", "release", "--link", token, "--json", check=False)


def the_links_work(world, text):
    tokens = re.findall(r"token=(\S+)", text)
    check("a link for each message", len(tokens), 2)
    forged = tokens[0][:-1] + ("A" if tokens[0][-1] != "A" else "B")
    check("a changed link does nothing", follow(world, forged).code, 1)
    answer = json.loads(follow(world, tokens[0]).out)
    check("a link releases to its reader alone",
          [(one["address"], one["state"]) for one in answer["recipients"]],
          [("alice@example.com", "released")])
    wait_for(lambda: len(world.inbox("alice@example.com")) == 2, 20, "the released message")
    check("and only once", follow(world, tokens[0]).code, 1)
    what_stands_in_the_way(world, tokens[1])
    nobody_hammers_a_link(world, tokens, forged)
    a_sender_asks(world)
    check("Bob's and Carol's copies are still held", sum(
        one["state"] == "held" for message in json.loads(
            world.mgmtctl("quarantine", "list", "--json").out)["messages"]
        for one in message["recipients"]), 4)

"""A virus is found by a real clamd wherever it hides: attached in base64, in a zip
file, in a message within the message. It is quarantined, deleted or delivered with a
mark, as the settings say; the recipients are told; our own users are refused.
"""

import io
import re
import zipfile

from lab import check, compose, contains, lacks, wait_for
from lab.antivirus import FOUND, Clamd, attached_message, virus, zipped

SETTINGS = """
antivirus:
  engine: clamav
  action: {action}
  notify_recipients: true
  max_scan_size: 1M
  clamd: {{manage: true}}
"""


def story(world):
    world.govern(SETTINGS.format(action="delete"))
    clamd = Clamd(world.mail)
    clamd.start()
    clean(world)
    deleted(world)
    refused_to_our_own(world)
    world.write("/etc/mailreeve/story.yaml", SETTINGS.format(action="deliver"))
    world.apply()
    delivered(world)
    too_large(world)
    too_deep(world)
    no_time(world, clamd)
    world.write("/etc/mailreeve/story.yaml", SETTINGS.format(action="quarantine"))
    world.apply()
    quarantined(world)
    allow_rules(world)
    first_settings(world)


def infected(subject, **more):
    return compose(subject, attachment=("invoice.com", virus()), **more)


def events(world):
    return world.mgmtctl("log", "--json").out


def clean(world):
    message = compose("nothing in it", headers=[("X-Virus-Status", "Clean")])
    check("a clean message is taken", world.send(message).code, 250)
    lacks("what a stranger says of viruses is taken off",
          world.wait_for_mail("alice@example.com", "nothing in it"), b"X-Virus-Status")
    wait_for(lambda: "clean (clamd)" in events(world), 20, "the scan in the trace")
    contains("its trace says who looked", events(world), "clean (clamd)")


def deleted(world):
    shapes = {"in base64": infected("virus in base64"),
              "in a zip file": compose("virus in a zip file",
                                       attachment=("a.zip", zipped(virus()))),
              "in a message within": attached_message("virus in a message within",
                                                      infected("inner"))}
    for label, message in shapes.items():
        check(f"{label}: accepted, so that no sender is told", world.send(message).code, 250)
    wait_for(lambda: events(world).count(FOUND) >= 3, 20, "three events with the name")
    world.mgmtctl("job", "run", "send-notices")
    notice = world.wait_for_mail("alice@example.com", "contained a virus").decode()
    contains("the recipient is told what was found", notice, FOUND, "has been deleted",
             "Auto-Submitted: auto-generated")
    lacks("and of no quarantine", notice, "kept in quarantine")
    subjects = b"".join(world.inbox("alice@example.com"))
    lacks("none of the messages arrived", subjects, b"Subject: virus in")


def refused_to_our_own(world):
    answer = world.submit(infected("from our own", sender="alice@example.com"),
                          "alice@example.com", "bob@example.com")
    check("what a user of ours sends is refused", (answer.code, answer.enhanced),
          (550, "5.7.1"))
    lacks("without the engine's words", answer.text, FOUND)


def delivered(world):
    check("with deliver it is taken", world.send(infected("marked")).code, 250)
    message = world.wait_for_mail("alice@example.com", "marked").decode()
    contains("and marked in subject and header", message, "Subject: [VIRUS] marked",
             f"X-Virus-Status: Infected ({FOUND})")


def too_large(world):
    message = compose("very large", attachment=("a.bin", b"0123456789" * 120_000))
    check("a message over max_scan_size is taken", world.send(message).code, 250)
    contains("and marked as not scanned",
             world.wait_for_mail("alice@example.com", "very large").decode(),
             "X-Virus-Status: Not scanned (too large)")


def too_deep(world):
    nested = b"Good day."
    for _ in range(25):
        nested = zipped(nested, "next.zip")
    check("an archive deeper than clamd goes is taken",
          world.send(compose("very deep", attachment=("a.zip", nested))).code, 250)
    world.wait_for_mail("alice@example.com", "very deep")
    wait_for(lambda: "not all of it was scanned: MaxRecursion" in events(world), 20,
             "that in the trace")


def no_time(world, clamd):
    """clamd says OK about what it does not come to the end of, unless told otherwise."""
    source = world.mail.read("/usr/share/mailreeve/templates/clamav/clamd.conf.tpl").decode()
    override = "/etc/mailreeve/templates/clamav/clamd.conf.tpl"
    world.write(override, re.sub(r"(?m)^MaxScanTime .*$", "MaxScanTime 1", source))
    world.apply()
    clamd.start_anew()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(400):
            archive.writestr(f"{number}.html", f"<html><body>{number}" + "<p>word" * 200)
    long = compose("takes long", attachment=("pages.zip", file.getvalue()))
    check("what clamd has no time for is not clean", world.send(long).code, 451)
    wait_for(lambda: "clamd: did not come to an end" in events(world), 20, "the reason")
    world.mail.run("rm", override)
    world.apply()
    clamd.start_anew()
    check("with time it is", world.send(long).code, 250)
    world.wait_for_mail("alice@example.com", "takes long")


def quarantined(world):
    check("with quarantine it is accepted", world.send(infected("kept")).code, 250)
    wait_for(lambda: '"quarantine"' in events(world), 20, "an event of a quarantine")
    world.mgmtctl("job", "run", "send-notices")
    wait_for(lambda: any(b"kept in quarantine" in mail
                         for mail in world.inbox("alice@example.com")), 20, "the notice")
    contains("the recipient is told", b"".join(world.inbox("alice@example.com")),
             b"kept in quarantine")
    lacks("and has not got it", b"".join(world.inbox("alice@example.com")),
          b"Subject: kept\r\n")


def allow_rules(world):
    world.write("/etc/mailreeve/story.yaml", SETTINGS.format(action="delete") + """
lists:
  allow: [{name: alice takes all, recipient: alice@example.com}]
""")
    world.apply()
    check("to the one who is exempt", world.send(infected("for alice alone")).code, 250)
    world.wait_for_mail("alice@example.com", "for alice alone")
    check("to both", world.send(infected("for both"),
                                to=["alice@example.com", "bob@example.com"]).code, 250)
    wait_for(lambda: events(world).count("for both") > 0, 20, "the event")
    for user in ("alice@example.com", "bob@example.com"):
        lacks(f"one allow rule weakens nobody else's protection: {user}",
              b"".join(world.inbox(user)), b"Subject: for both")


def first_settings(world):
    # It writes where no settings are.
    world.mail.run("find", "/etc/mailreeve", "-name", "*.yaml", "-delete")
    world.mgmtctl("init", "--domain", "example.org")
    contains("where clamd runs, the first settings have mail scanned",
             world.mail.read("/etc/mailreeve/mailreeve.yaml").decode(),
             "\nantivirus:\n  engine: clamav\n")

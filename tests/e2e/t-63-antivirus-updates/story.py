"""Signatures: clamd's and freshclam's own configuration is written, checked by the
programs themselves, and new signatures come from a mirror when the administrator asks
for them.
"""

import json

from lab import check, compose, contains, lacks, wait_for
from lab.antivirus import Clamd, Mirror

SETTINGS = """
antivirus:
  engine: clamav
  action: delete
  clamd: {manage: true, block_encrypted: true}
  updates:
    manage: true
    official: false
    checks_per_day: 6
    private_mirrors: ["http://127.0.0.1:18000"]
    databases: ["http://127.0.0.1:18000/third-party.ndb"]
"""

MARKER = "a line that a third party's signature knows"


def story(world):
    world.govern(SETTINGS)
    rendered(world)
    clamd = Clamd(world.mail)
    clamd.start()
    before(world)
    mirror = Mirror(world.mail)
    no_mirror(world)
    mirror.offer("third-party.ndb", f"Third.Party:0:*:{MARKER.encode().hex()}\n")
    mirror.start()
    updated(world, clamd)
    overridden_template(world)


def rendered(world):
    conf = world.mail.read("/etc/clamav/clamd.conf").decode()
    contains("clamd.conf says what the settings say", conf, "AlertEncrypted yes",
             f"StreamMaxLength {25 << 20}", "LocalSocket /run/clamav/clamd.ctl")
    conf = world.mail.read("/etc/clamav/freshclam.conf").decode()
    contains("freshclam.conf too", conf, "Checks 6", "ExcludeDatabase daily",
             "DatabaseCustomURL http://127.0.0.1:18000/third-party.ndb")
    contains("the plan says that nothing is to do",
             world.mgmtctl("plan", check=False).said, "Nothing to do")


def status(world):
    return json.loads(world.mgmtctl("antivirus", "status", "--json").out)


def before(world):
    state = status(world)
    check("the engine answers", state["engines"][0]["answers"], True)
    check("its own signatures are listed", [one["name"] for one in state["databases"]],
          ["lab.hdb"])
    check("an unknown text passes", world.send(compose("before", MARKER + "\n")).code, 250)
    world.wait_for_mail("alice@example.com", "before")


def no_mirror(world):
    answer = world.mgmtctl("antivirus", "update", check=False)
    check("an update that fails is told", answer.code != 0, True)
    contains("with freshclam's words", answer.err, "freshclam ended with")


def updated(world, clamd):
    answer = world.mgmtctl("antivirus", "update")
    contains("an update fetches what the mirror has", answer.out, "third-party.ndb updated")
    state = status(world)
    contains("it is listed", [one["name"] for one in state["databases"]], "third-party.ndb")
    check("with its date", state["last_update"] >= state["databases"][0]["changed"], True)
    # freshclam has told clamd (NotifyClamd), which loads it between two messages.
    wait_for(lambda: clamd.finds(MARKER), 60, "clamd to know it")
    world.send(compose("after", MARKER + "\n"))
    wait_for(lambda: "Third.Party.UNOFFICIAL" in world.mgmtctl("log", "--json").out, 20,
             "what it knows to be found from now on")
    lacks("and not delivered", b"".join(world.inbox("alice@example.com")),
          b"Subject: after")


def overridden_template(world):
    world.write("/etc/mailreeve/templates/clamav/clamd.conf.tpl",
                "# {{HEADER}}\nLocalSocket {{SOCKET}}\nScanMali yes\n")
    answer = world.mgmtctl("apply", "--yes", check=False)
    check("a template that clamd does not understand is refused", answer.code != 0, True)
    contains("in clamd's own words", answer.err, "Unknown option ScanMali",
             "/etc/clamav/clamd.conf")

"""A second engine that speaks ICAP: a real c-icap with its virus scanner. While it is
down clamd scans in its place, which the administrator is told once; when it is back it
is asked again. c-icap's own engine is clamd, and when that fails behind it, or was not
there when c-icap started, nothing is taken for clean.
"""

from lab import check, compose, contains, lacks, wait_for
from lab.antivirus import FOUND, Clamd, Icap, virus, zipped

SETTINGS = """
antivirus:
  engine: icap
  action: delete
  warn_to: [alice@example.com]
  clamd: {{manage: true}}
  icap: {{server: "127.0.0.1:1344", service: avscan, mode: {mode}}}
"""


def story(world):
    world.govern(SETTINGS.format(mode="response"))
    clamd = Clamd(world.mail)
    clamd.start()
    icap = Icap(world.mail)
    icap.start()
    scans(world, "icap", "as a response")
    state(world, True)
    world.write("/etc/mailreeve/story.yaml", SETTINGS.format(mode="request"))
    world.apply()
    scans(world, "icap", "as a request")
    clamd.stop()
    refused_for_now(world, "clamd is dead behind c-icap")
    world.wait_for_log("answered with 500 Server error")
    clamd.start()
    icap.stop()
    scans(world, "clamd", "while c-icap is down")
    state(world, False)
    told(world)
    icap.start()
    back(world)
    without_engine(world, clamd, icap)


def events(world):
    return world.mgmtctl("log", "--json").out


def scans(world, engine, label):
    for where, message in (
            ("attached", compose(f"{label}: attached", attachment=("a.com", virus()))),
            ("zipped", compose(f"{label}: zipped", attachment=("a.zip", zipped(virus()))))):
        check(f"{label}: the infected message is accepted, {where}",
              world.send(message).code, 250)
        wait_for(lambda: f"{label}: {where}" in events(world), 20, "the event")
        wait_for(lambda: f"{FOUND} ({engine})" in events(world), 20, f"{engine} to find it")
    large = compose(f"{label}: clean", attachment=("a.bin", bytes(300_000)))
    check(f"{label}: a clean one of many bytes is taken", world.send(large).code, 250)
    world.wait_for_mail("alice@example.com", f"{label}: clean")
    lacks("the infected ones never arrive", b"".join(world.inbox("alice@example.com")),
          f"Subject: {label}: attached".encode(), f"Subject: {label}: zipped".encode())


def state(world, well):
    answer = world.mgmtctl("antivirus", "status", check=False)
    check("antivirus status tells by its status whether the engine answers",
          answer.code, 0 if well else 5)
    contains("and names both engines", answer.out, "icap", "clamd",
             "answers" if well else "silent")


def told(world):
    contains("the log says it", world.mail_log(), "antivirus: icap is down, clamd scans")
    world.mgmtctl("job", "run", "send-notices")
    world.wait_for_mail("alice@example.com", "Antivirus on mail.example.com")
    notices = [mail for mail in world.inbox("alice@example.com")
               if b"Subject: Antivirus on" in mail]
    check("the administrator is told, and once only", len(notices), 1)
    contains("what has happened", notices[0], b"127.0.0.1:1344", b"ClamAV scans all mail")


def back(world):
    def found_by_icap():
        world.send(compose("is it back", "Hello.\n"))
        return "antivirus: icap is back" in world.mail_log()

    wait_for(found_by_icap, 60, "the ICAP server to be asked again")
    contains("when it is back it is asked again", world.mail_log(),
             "antivirus: icap is back")


def without_engine(world, clamd, icap):
    icap.stop()
    clamd.stop()
    icap.start()
    clamd.start()
    # c-icap never looks for it again, and lets everything pass.
    label = "c-icap was started before clamd"
    check(f"{label}: the infected message is accepted",
          world.send(compose(label, attachment=("a.com", virus()))).code, 250)
    wait_for(lambda: label in events(world), 20, "the event")
    event = next(line for line in events(world).splitlines() if label in line)
    contains(f"{label}: clamd finds it", event, f"{FOUND} (clamd)")
    world.wait_for_log("icap is down, clamd scans: icap://127.0.0.1:1344/avscan: "
                       "does not find the test virus")
    answer = world.mgmtctl("antivirus", "status", check=False)
    check("antivirus status tells", answer.code, 5)
    contains("that c-icap finds nothing", answer.out, "finds nothing", "the test virus")
    clamd.stop()
    refused_for_now(world, "c-icap finds nothing and clamd is dead")
    clamd.start()
    icap.stop()
    icap.start()
    state(world, True)


def refused_for_now(world, label):
    answer = world.send(compose(label, attachment=("a.com", virus())))
    check(f"{label}: the sender is to come again", (answer.code, answer.enhanced),
          (451, "4.7.1"))

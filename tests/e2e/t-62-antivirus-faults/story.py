"""No engine, no clean mail: while clamd is dead or hangs the settings decide, and by
default the sender keeps the message and comes again.
"""

from lab import check, compose, contains
from lab.antivirus import Clamd

SETTINGS = """
antivirus:
  engine: clamav
  on_failure: {decision}
  time_limit_seconds: 2
  clamd: {{manage: true}}
"""


def story(world):
    world.govern(SETTINGS.format(decision="defer"))
    clamd = Clamd(world.mail)
    refused_for_now(world, "clamd has never run")
    clamd.start()
    check("clamd runs: taken", world.send(compose("it runs")).code, 250)
    clamd.pause()
    refused_for_now(world, "clamd hangs")
    clamd.resume()
    check("clamd goes on: taken", world.send(compose("it goes on")).code, 250)
    clamd.stop()
    refused_for_now(world, "clamd is dead")

    decide(world, "mark")
    check("with mark it is taken", world.send(compose("unscanned")).code, 250)
    contains("and marked", world.wait_for_mail("alice@example.com", "unscanned").decode(),
             "X-Virus-Status: Not scanned")
    decide(world, "deliver")
    check("with deliver it is taken", world.send(compose("as it is")).code, 250)
    message = world.wait_for_mail("alice@example.com", "as it is").decode()
    check("and not marked", "X-Virus-Status" in message, False)
    decide(world, "defer")
    clamd.start()
    check("clamd is back: taken", world.send(compose("it is back")).code, 250)


def decide(world, decision):
    world.write("/etc/mailreeve/story.yaml", SETTINGS.format(decision=decision))
    world.apply()


def refused_for_now(world, label):
    answer = world.send(compose(label))
    check(f"{label}: the sender is to come again", (answer.code, answer.enhanced),
          (451, "4.7.1"))

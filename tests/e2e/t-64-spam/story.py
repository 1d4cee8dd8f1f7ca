"""Spam, judged by a real spamd that apply has set up: score, thresholds, marks,
the Junk folder, the three ways to report, and rules of the house.
"""

from lab import check, compose, contains, lacks, wait_for

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"

SPAM = """
spam:
  enabled: true
  network_tests: false
  threshold: 50
  time_limit: 60
  subject_tag: "[SPAM]"
  report: {report}
  reject_above: {reject}
  correspondents: {{enabled: false}}
  auto_learn: {{enabled: true, spam_above: 100}}
  rules:
    - name: house
      text: |
        body HOUSE_HUNDRED /house hundred points/
        score HOUSE_HUNDRED 100
        body HOUSE_TWENTY /house twenty points/
        score HOUSE_TWENTY 20
        header HOUSE_ENVELOPE X-Envelope-From =~ /tester\\@outside/
        score HOUSE_ENVELOPE 30
        header HOUSE_CLIENT X-Spam-Relays-External =~ /^\\[ ip=203\\.0\\.113\\./
        score HOUSE_CLIENT 0.01
policies:
  - {{name: careful, users: [bob@example.com], spam_threshold: 15}}
"""

ACCOUNTS = ("alice@example.com", "bob@example.com")


def settings(report="none", reject=0):
    return SPAM.format(report=report, reject=reject)


def ready(world):
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")


def again(world, **changes):
    world.configure(settings(**changes))
    world.apply()
    ready(world)


def story(world):
    world.govern(settings(), accounts=ACCOUNTS)
    ready(world)

    check("good mail comes", world.send(compose("a letter")).code, 250)
    letter = world.wait_for_mail("alice@example.com", "a letter")
    contains("with its score", letter, b"X-Spam-Status: No, score=")
    lacks("and no mark", letter, b"X-Spam-Flag", b"[SPAM]")

    forged = compose("forged", headers=[("X-Spam-Flag", "YES"), ("X-Spam-Status", "No, -99")])
    check("a stranger who marks by himself", world.send(forged).code, 250)
    lacks("has his marks taken off", world.wait_for_mail("alice@example.com", "forged"),
          b"X-Spam-Flag", b"-99")

    check("GTUBE comes", world.send(compose("buy", GTUBE)).code, 250)
    junk = world.wait_for_mail("alice@example.com", "buy", folder="Junk")
    contains("and lies in Junk, marked", junk, b"X-Spam-Flag: YES", b"Subject: [SPAM] buy",
             b"GTUBE", b"X-Spam-Level: *****")

    check("a rule of the house", world.send(compose("hundred", "house hundred points\n")).code, 250)
    contains("is known to spamd", world.wait_for_mail("alice@example.com", "hundred", folder="Junk"),
             b"HOUSE_HUNDRED", b"HOUSE_CLIENT")

    check("the envelope is known to its rules",
          world.send(compose("envelope", "house twenty points\n"),
                     sender="tester@outside.test").code, 250)
    contains("as a rule sees", world.wait_for_mail("alice@example.com", "envelope", folder="Junk"),
             b"HOUSE_ENVELOPE")

    twenty = "house twenty points\n"
    check("twenty points for Alice", world.send(compose("twenty a", twenty)).code, 250)
    world.wait_for_mail("alice@example.com", "twenty a")
    check("and for Bob, who is careful", world.send(compose("twenty b", twenty),
                                                    to="bob@example.com").code, 250)
    world.wait_for_mail("bob@example.com", "twenty b", folder="Junk")
    check("and for both", world.send(compose("twenty both", twenty), to=list(ACCOUNTS)).code, 250)
    for user in ACCOUNTS:
        contains(f"the stricter threshold holds, also for {user}",
                 world.wait_for_mail(user, "twenty both", folder="Junk"), b"required=15")

    check("Alice's own mail is not looked at",
          world.submit(compose("own", GTUBE, sender="alice@example.com"), "alice@example.com",
                       "bob@example.com").code, 250)
    lacks("so it carries no mark", world.wait_for_mail("bob@example.com", "own"), b"X-Spam")

    again(world, report="attachment", reject=500)
    answer = world.send(compose("too much", GTUBE))
    check("above the second threshold it is refused", (answer.code, answer.enhanced),
          (554, "5.7.1"))
    original = compose("attached", "house hundred points\n", headers=[("X-Proof", "original")])
    check("a report instead of spam", world.send(original).code, 250)
    report = world.wait_for_mail("alice@example.com", "attached", folder="Junk")
    contains("has the message attached", report, b"Content-Type: message/rfc822", b"X-Proof: original",
             b"house hundred points", b"recognised as spam", b"X-Spam-Flag: YES")

    again(world, report="text")
    check("the same as text", world.send(compose("as text", "house hundred points\n")).code, 250)
    report = world.wait_for_mail("alice@example.com", "as text", folder="Junk")
    contains("is no message", report, b"original.txt", b"house hundred points")
    lacks("that a reader would open", report, b"message/rfc822")

    world.configure(settings().replace("score HOUSE_HUNDRED 100", "scoer HOUSE_HUNDRED"))
    refused = world.apply(check=False)
    check("rules with a mistake are not applied", refused.code != 0)
    contains("and SpamAssassin says why", refused.said, "scoer")

"""The house's own word: addresses that are spam or are not, words that count,
and whom people have written to.
"""

from lab import check, compose, contains, lacks, wait_for

SETTINGS = """
spam:
  enabled: true
  network_tests: false
  time_limit: 60
  threshold: 10
  correspondents: {bonus: 8}
  auto_learn: {enabled: false, spam_above: 50}
  filters:
    - {name: friend of the house, sender: "good@*.test", verdict: not_spam}
    - {name: pests, sender: "*@pests.test", verdict: spam}
    - {name: the trap, recipient: "bob@example.com", verdict: spam}
  keyword_groups:
    - name: shop
      keywords:
        - {target: subject, pattern: "r[o0]lex", score: 12}
        - {pattern: "special offer", score: 12}
        - {pattern: "GRÖSSE", case_sensitive: true, score: 30}
    - name: off
      enabled: false
      keywords: [{pattern: "letter", score: 100}]
  rules:
    - name: house
      text: |
        body HOUSE_ALWAYS /hundred points/
        score HOUSE_ALWAYS 100
"""

PEOPLE = ("alice@example.com", "bob@example.com", "carol@example.com")
ALICE = "alice@example.com"


def story(world):
    world.govern(SETTINGS, accounts=PEOPLE)
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")

    check("a friend writes what a rule condemns",
          world.send(compose("from a friend", "hundred points\n"),
                     sender="good@outside.test").code, 250)
    mail = world.wait_for_mail(ALICE, "from a friend")
    lacks("and is none the less no spam", mail, b"X-Spam-Flag")
    contains("because a filter says so", mail, b'filter "friend of the house"')

    check("a pest writes a letter", world.send(compose("a pest", "Good day.\n"),
                                               sender="any@pests.test").code, 250)
    world.wait_for_mail(ALICE, "a pest", folder="Junk")

    check("the trap gets mail", world.send(compose("trapped", "Good day.\n"),
                                           to="bob@example.com").code, 250)
    world.wait_for_mail("bob@example.com", "trapped", folder="Junk")
    check("with Carol beside it", world.send(compose("both", "Good day.\n"),
                                             to=["carol@example.com", "bob@example.com"]).code,
          250)
    world.wait_for_mail("carol@example.com", "both", folder="Junk")

    check("a letter with no such word", world.send(compose("a letter")).code, 250)
    world.wait_for_mail(ALICE, "a letter")
    check("a word in the subject", world.send(compose("R0LEX for you")).code, 250)
    mail = world.wait_for_mail(ALICE, "R0LEX", folder="Junk")
    contains("is named", mail, b"KEYWORD:shop/1")
    check("a word in HTML, with markup between its letters",
          world.send(compose("in html", "plain\n", html="<p>spe<b>cial</b>&nbsp;offer</p>")).code,
          250)
    world.wait_for_mail(ALICE, "in html", folder="Junk")
    check("in another case it is another word",
          world.send(compose("umlaut", "Die Größe passt.\n")).code, 250)
    world.wait_for_mail(ALICE, "umlaut")

    offer = "special offer\n"
    check("a partner makes an offer", world.send(compose("offer 1", offer),
                                                 sender="partner@outside.test").code, 250)
    world.wait_for_mail(ALICE, "offer 1", folder="Junk")
    check("Alice writes to the partner",
          world.submit(compose("question", "What does it cost?\n", sender=ALICE), ALICE,
                       "partner@outside.test").code, 250)
    world.wait_for_mail_outside("partner@outside.test", "question")
    check("he makes the offer again", world.send(compose("offer 2", offer),
                                                 sender="partner@outside.test").code, 250)
    world.wait_for_mail(ALICE, "offer 2")
    check("to Carol, who does not know him", world.send(compose("offer 3", offer),
                                                        sender="partner@outside.test",
                                                        to="carol@example.com").code, 250)
    world.wait_for_mail("carol@example.com", "offer 3", folder="Junk")
    check("to both: what Alice wants does not weaken Carol's protection",
          world.send(compose("offer 4", offer), sender="partner@outside.test",
                     to=[ALICE, "carol@example.com"]).code, 250)
    world.wait_for_mail(ALICE, "offer 4", folder="Junk")

    world.mail.unit("milterd").stop()
    world.mail.unit("milterd").start()
    wait_for(lambda: world.send(compose("offer 5", offer),
                                sender="partner@outside.test").code == 250, 30, "milterd")
    world.wait_for_mail(ALICE, "offer 5")
    contains("mgmtctl knows the threshold",
             world.mgmtctl("effective", ALICE).out, "spam_threshold")

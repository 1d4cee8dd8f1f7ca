"""Greylisting: strangers are asked to come again, come again, and are known. By
network, by the domain that SPF vouches for, over a restart; and who never waits.
"""

import os
import time

from lab import check, compose, contains, wait_for

SETTINGS = """
greylisting:
  enabled: true
  delay_seconds: 8
  auto_pass_after: 3
  dnswl: [wl.test]
  rules:
    - {name: old friend, ip: 203.0.113.18, action: allow}
    - {name: dial-up, host: host17.outside.test, action: block}
lists:
  allow: [{name: partner, ip: 203.0.113.19}]
"""

OFF = SETTINGS.replace("enabled: true", "enabled: false")


def story(world):
    world.names.add("pool.test. TXT \"v=spf1 ip4:203.0.113.10 ip4:203.0.113.11 "
                    "ip6:2001:db8:203::10 -all\"")
    world.names.add("pool.test. MX 10 mx.outside.test.")
    world.names.add("16.113.0.203.wl.test. A 127.0.0.2")
    world.govern(SETTINGS, domain="aliases: [{name: postmaster, to: [alice]}]\n")
    strangers_come_again(world)
    a_pool_is_one_sender(world)
    who_never_waits(world)
    answers_never_wait(world)
    unknown_recipients_are_refused(world)
    explain_writes_nothing(world)
    a_restart_forgets_nothing(world)
    a_good_origin(world)
    a_broken_database(world)
    switched_off(world)


def send(world, label, sender="someone@outside.test", client="203.0.113.10", **more):
    return world.send(compose(label), sender, door=world.wan.at(client), **more)


def greylisted(sentence, answer):
    check(sentence, (answer.stage, answer.code, answer.enhanced), ("rcpt", 450, "4.7.1"))


def comes_again(world, label, sender="someone@outside.test", host="203.0.113.10"):
    """Retries as a queue would, until it is taken."""
    wait_for(lambda: send(world, label, sender, host).code == 250, 40, f"'{label}' to be taken")


def strangers_come_again(world):
    # A moment after the accounts were added policyd knows them.
    wait_for(lambda: send(world, "early", "early@outside.test").code == 450, 20,
             "policyd to know who exists")
    began = time.monotonic()
    answer = send(world, "first")
    greylisted("a stranger is asked to come again", answer)
    contains("and told when", answer.text, "try again in 8 seconds")
    greylisted("who comes at once must wait", send(world, "first"))
    comes_again(world, "first")
    check("who waits is taken, not before the delay", time.monotonic() - began >= 7)
    world.wait_for_mail("alice@example.com", "first")
    check("and is known from then on", send(world, "second").code, 250)
    greylisted("to another recipient it is a stranger", send(world, "other", to="bob@example.com"))
    greylisted("so is another sender", send(world, "another", "other@outside.test"))
    with world.smtp() as client:
        answer = client.transmit("someone@outside.test",
                                 ["alice@example.com", "bob@example.com"], compose("to both"))
    check("one recipient's waiting does not hold up another",
          [each.code for each in answer.recipients.values()], [250, 450])


def a_pool_is_one_sender(world):
    greylisted("the first host of a pool", send(world, "pool", "list-17@pool.test"))
    world.wait_for_log("greylist: first attempt, known by pool.test,")
    wait_for(lambda: world.send(compose("pool"), "list-18@pool.test", host="fd00:192::25",
                                door=world.wan.at("2001:db8:203::10")).code == 250,
             40, "the retry of another host of the pool")
    check("whatever number the sender bears and wherever it comes from",
          send(world, "pool 2", "list-19@pool.test", "203.0.113.11").code, 250)


def who_never_waits(world):
    for label, host in (("an allow rule of greylisting", "203.0.113.18"),
                        ("an entry of the allow list", "203.0.113.19"),
                        ("a DNS list of good clients", "203.0.113.16")):
        check(f"never waits: {label}",
              send(world, label, "new@outside.test", host).code, 250)
    answer = send(world, "blocked", "new@outside.test", "203.0.113.17")
    check("a client is blocked by its name in the DNS", answer.code, 550)
    check("never waits: who writes to postmaster",
          send(world, "help", "lost@outside.test", to="postmaster@example.com").code, 250)
    answer = world.submit(compose("from within", sender="alice@example.com"),
                          "alice@example.com", "bob@example.com")
    check("never waits: who logs in", answer.code, 250)


def answers_never_wait(world):
    friend = "friend@outside.test"
    world.names.add("strict.test. TXT \"v=spf1 -all\"")
    world.names.add("strict.test. MX 10 mx.outside.test.")
    for written_to in (friend, "boss@strict.test"):
        world.submit(compose("a question", to=written_to, sender="bob@example.com"),
                     "bob@example.com", written_to)
    # milterd writes it down two seconds later; without it the delay would be eight.
    wait_for(lambda: send(world, "answer", friend, "203.0.113.14",
                          to="bob@example.com").code == 250, 5, "the answer to be taken")
    greylisted("nobody else's answer", send(world, "answer", friend, "203.0.113.14"))
    greylisted("nor who pretends to be the one who was asked",
               send(world, "forged", "boss@strict.test", "203.0.113.14", to="bob@example.com"))


def unknown_recipients_are_refused(world):
    answer = send(world, "nobody", "new@outside.test", to="nobody@example.com")
    check("who does not exist is refused for good, never told to come again",
          (answer.code, answer.enhanced), (550, "5.1.1"))


def explain_writes_nothing(world):
    said = world.mgmtctl("explain", "--from", "curious@outside.test", "--rcpt",
                         "alice@example.com", "--client", "203.0.113.14", check=False).out
    contains("explain says that a stranger would have to wait", said, "greylist",
             "first attempt")
    time.sleep(1.1)  # After which an attempt that was noted would have less to wait.
    answer = send(world, "curious", "curious@outside.test", "203.0.113.14")
    contains("and was no attempt itself", answer.text, "try again in 8 seconds")


def a_restart_forgets_nothing(world):
    greylisted("a stranger", send(world, "patient", "patient@outside.test"))
    policyd = world.mail.unit("policyd")
    policyd.stop()
    policyd.start()
    comes_again(world, "patient", "patient@outside.test")
    check("who was known is known after a restart", send(world, "third").code, 250)
    check("the log names every delay", "defer: greylist: first attempt" in world.mail_log())
    contains("so does the event log",
             world.mgmtctl("log", "--json", "--verdict", "defer").out, "greylist")


def a_good_origin(world):
    for name in ("a", "b", "c"):
        send(world, name, f"{name}@outside.test")
    for name in ("a", "b", "c"):
        comes_again(world, name, f"{name}@outside.test")
    check("when enough senders of an origin came again, new ones need not",
          send(world, "trusted now", "fresh@outside.test").code, 250)


def a_broken_database(world):
    world.tolerate("counters.db")
    database = "/var/lib/mailreeve/db/counters.db"
    world.mail.run("sh", "-c", f"mkdir {database}.aside && mv {database} {database}-* "
                               f"{database}.aside/ && mkdir {database}")
    policyd = world.mail.unit("policyd")
    policyd.stop()
    policyd.start()
    wait_for(lambda: os.path.exists(world.mail.path("/run/mailreeve/policy.sock")), 5,
             "policyd to start although it cannot open its database")
    check("no stranger waits while the database is broken",
          unlucky(world, "unlucky").code, 250)
    lost = "what is in memory is not kept"
    world.wait_for_log(lost)
    check("the log says so once", world.mail_log().count(lost), 1)
    world.mail.run("sh", "-c", f"rmdir {database} && mv {database}.aside/* "
                               f"{database[:database.rindex('/')]}/ && rmdir {database}.aside")
    world.wait_for_log("counters.db is written again")
    check("when it is back, who was known is", send(world, "known still").code, 250)
    greylisted("strangers wait again", unlucky(world, "stranger", "stranger@outside.test"))
    wait_for(lambda: unlucky(world, "unlucky again").code == 250, 15,
             "who came meanwhile to be known, a delay later")


def unlucky(world, label, sender="unlucky@outside.test"):
    """From a network nobody has come from."""
    return send(world, label, sender, "2001:db8:203::10", host="fd00:192::25")


def switched_off(world):
    world.configure(OFF, domain="aliases: [{name: postmaster, to: [alice]}]\n")
    world.apply()
    check("switched off, nobody waits",
          send(world, "anybody", "anybody@outside.test", "203.0.113.12").code, 250)

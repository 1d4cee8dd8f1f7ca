"""Plan, apply, confirm and roll back: the plan says in words and as file
differences what will change, apply does it, an unconfirmed change returns by
itself, and any generation can be had again.
"""

from lab import check, compose, contains, wait_for

LIMITED = "limits: {daily_messages: 200}\n"


def pop3_listens(world):
    return world.mail.listens(995)


def story(world):
    world.govern("protocols:\n  pop3s: {enabled: false}\n")
    said = world.mgmtctl("plan").out
    contains("with nothing changed the plan says so", said.lower(), "nothing")

    world.configure("protocols:\n  pop3s: {enabled: true}\n", domain=LIMITED)
    said = world.mgmtctl("plan").out
    contains("a plan speaks of settings", said, "daily_messages", "200", "pop3s")
    contains("of files", said, "dovecot.conf")
    contains("and of what will be reloaded", said.lower(), "reload", "dovecot")
    check("a plan changes nothing", pop3_listens(world), False)

    answer = world.mgmtctl("apply", check=False)
    check("without --yes and a terminal, apply does nothing", answer.code != 0)
    check("indeed", pop3_listens(world), False)

    world.apply()
    check("after apply POP3 listens", pop3_listens(world))
    world.mgmtctl("rollback", "1", "--yes")
    wait_for(lambda: not pop3_listens(world), 10, "POP3 to end")
    check("after rollback 1 it does not, and mail comes in",
          world.send(compose("one")).code, 250)
    world.wait_for_mail("alice@example.com", "one")

    world.mgmtctl("apply", "--yes", "--confirm-within", "3s")
    check("applied to be confirmed within 3 s: POP3 listens", pop3_listens(world))
    wait_for(lambda: not pop3_listens(world), 20, "the change to return by itself")
    print("  ok  unconfirmed, it returned by itself")
    wait_for(lambda: world.mgmtctl("apply", "--yes", "--confirm-within", "5m",
                                   check=False).code == 0, 20, "the return to be over")
    world.mgmtctl("confirm")
    check("confirmed, it stays", pop3_listens(world))
    listed = world.mgmtctl("generations").out
    contains("all of it is on record", listed, "1", "2", "3")

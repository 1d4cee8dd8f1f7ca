"""Domains, additional domains, aliases and accounts as Postfix and Dovecot see
them: who gets mail, who may send as whom, who may log in.
"""

from lab import check, compose, contains

DOMAIN = """\
additional: [example.net]
aliases:
  - {name: info, to: [alice, bob]}
  - {name: sales, to: [alice]}
  - {name: outside, to: [friend@outside.test]}
"""


def rcpt(world, address):
    """What a stranger is told at RCPT."""
    client = world.smtp()
    client.ehlo()
    client.mail("someone@outside.test")
    answer = client.rcpt(address)
    client.close()
    return answer[0]


def submit(world, sender, user="alice@example.com", to="bob@example.com"):
    return world.submit(compose("x", sender=sender, to=to), sender, to, user=user).code


def receiving(world):
    for address, code in {"alice@example.com": 250, "ALICE+news@Example.com": 250,
                          "alice@example.net": 250, "info@example.com": 250,
                          "info@example.net": 250, "nobody@example.com": 550,
                          "nobody@example.net": 550, "someone@elsewhere.test": 554}.items():
        check(f"a stranger writes to {address}", rcpt(world, address), code)
    world.send(compose("to both"), to="info@example.net")
    world.wait_for_mail("alice@example.com", "to both")
    contains("an alias in an additional domain reaches every target",
             world.wait_for_mail("bob@example.com", "to both"), b"Hello.")
    world.send(compose("with extension"), to="alice+news@example.net")
    world.wait_for_mail("alice@example.com", "with extension")


def sending(world):
    for sender, code in {"alice@example.com": 250, "alice@example.net": 250,
                         "alice+news@example.com": 250, "sales@example.com": 250,
                         "info@example.com": 553, "bob@example.com": 553,
                         "nobody@example.com": 553, "ceo@elsewhere.test": 553}.items():
        check(f"alice sends as {sender}", submit(world, sender), code)
    world.submit(compose("going out", sender="alice@example.com", to="friend@outside.test"),
                 "alice@example.com", "friend@outside.test")
    world.wait_for_mail_outside("friend@outside.test", "going out")
    client = world.smtp(world.lan)
    client.ehlo()
    check("port 25 offers no authentication", "auth" in client.esmtp_features, False)
    client.mail("alice@example.com")
    check("nor does it relay for the LAN", client.rcpt("friend@outside.test")[0], 554)
    client.close()


def logging_in(world):
    password = world.passwords["alice@example.com"]
    for name, good in {"alice@example.com": True, "Alice@Example.COM": True,
                       "alice@example.net": True, "alice": False,
                       "nobody@example.com": False, "sales@example.com": False}.items():
        client = world.imap()
        check(f"{name} logs in", client.try_login(name, password)[0], good)
        client.shutdown()
    world.mgmtctl("account", "disable", "bob@example.com")
    check("mail for a disabled account is refused", rcpt(world, "bob@example.com"), 550)
    client = world.imap()
    check("and so is its login",
          client.try_login("bob@example.com", world.passwords["bob@example.com"])[0], False)
    client.shutdown()


def story(world):
    world.govern(domain=DOMAIN)
    receiving(world)
    sending(world)
    logging_in(world)

"""Allow and block lists: by address, network, sender, recipient and domain, with
wildcards; reject says so, discard does not; allow wins and never opens the relay.
"""

from lab import check, compose, contains, lacks

LISTS = """
lists:
  block:
    - {name: one address, ip: 203.0.113.11}
    - {name: a network, network: 203.0.113.16/30}
    - {name: a network of IPv6, network: "2001:db8:203:1::/64"}
    - {name: one sender, sender: pest@outside.test}
    - {name: a family of senders, sender: "*@*.spam.test"}
    - {name: the closed mailbox, recipient: bob@example.com}
    - {name: the silent one, sender: bore@outside.test, action: discard}
    - {name: switched off, enabled: false, sender: pardoned@outside.test}
  allow:
    - {name: our partner, ip: 203.0.113.17}
    - {name: the good one, sender: good@mx.spam.test}
    - {name: postmaster is open, recipient: postmaster@example.com}
    - {name: a friendly domain, domain: friendly.test}
"""


def story(world):
    world.govern(LISTS, domain="aliases: [{name: postmaster, to: [alice]}]\n")
    blocked(world)
    allowed(world)
    silently_dropped(world)
    allow_is_not_relay(world)
    changed_while_running(world)


def refused(world, label, sender="someone@outside.test", to="alice@example.com", door=None):
    answer = world.send(compose(label), sender, to, door)
    check(f"refused: {label}", (answer.stage, answer.code, answer.enhanced),
          ("rcpt", 550, "5.7.1"))
    lacks("the reply tells nothing of the rule", answer.text, "one address", "203.0.113.16/30")


def taken(world, label, sender="someone@outside.test", to="alice@example.com", door=None):
    check(f"taken: {label}", world.send(compose(label), sender, to, door).code, 250)
    world.wait_for_mail("alice@example.com", label)


def blocked(world):
    refused(world, "a blocked address", door=world.wan.at("203.0.113.11"))
    taken(world, "its neighbour", door=world.wan.at("203.0.113.12"))
    refused(world, "an address of a blocked network", door=world.wan.at("203.0.113.18"))
    refused(world, "a blocked sender", "pest@outside.test")
    refused(world, "a blocked sender in capitals", "PEST@Outside.TEST")
    refused(world, "a blocked sender with an extension", "pest+1@outside.test")
    refused(world, "a sender that a wildcard covers", "a@b.spam.test")
    taken(world, "one that it does not", "a@spam.test")
    refused(world, "a blocked recipient", to="bob@example.com")
    taken(world, "an entry that is switched off", "pardoned@outside.test")


def allowed(world):
    taken(world, "an allowed address in a blocked network", door=world.wan.at("203.0.113.17"))
    taken(world, "an allowed sender among blocked ones", "good@mx.spam.test")
    taken(world, "an allowed recipient, from a blocked sender", "pest@outside.test",
          "postmaster@example.com")
    taken(world, "an allowed domain, from a blocked address", "x@friendly.test",
          door=world.wan.at("203.0.113.11"))
    refused(world, "a sub-domain of the allowed domain", "x@sub.friendly.test",
            door=world.wan.at("203.0.113.11"))


def silently_dropped(world):
    answer = world.send(compose("hear me"), "bore@outside.test",
                        ["alice@example.com"])
    check("who is to be discarded hears nothing of it", answer.code, 250)
    taken(world, "the next message arrives")
    lacks("and the discarded one never does",
          b"".join(world.inbox("alice@example.com")), b"hear me")


def allow_is_not_relay(world):
    answer = world.send(compose("open?"), to="x@elsewhere.test",
                        door=world.wan.at("203.0.113.17"))
    check("an allowed client cannot relay", (answer.code, answer.enhanced), (554, "5.7.1"))


def changed_while_running(world):
    with world.smtp(world.wan.at("203.0.113.13")) as client:
        answer = client.transmit("new@outside.test", "alice@example.com", compose("before"))
        check("a sender is taken", answer.code, 250)
        world.configure(LISTS.replace("pest@outside.test", "new@outside.test"))
        plan = world.mgmtctl("plan").out
        contains("the plan names the entry that changes", plan, "one sender",
                 "new@outside.test")
        world.apply()
        answer = client.transmit("new@outside.test", "alice@example.com", compose("after"))
        check("and refused after the change, in the same session", answer.code, 550)

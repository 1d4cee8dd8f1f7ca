"""Automatic forwarding off: a Sieve script that redirects cannot be stored, one that
is there already does not forward, and everything else in it still works.
"""

from lab import check, compose, contains

OFF = "auto_forwarding: false\n"

POLICY = """
policies:
  - {name: may forward, users: [bob@example.com], auto_forwarding: true}
"""

FORWARD = 'redirect "friend@outside.test";\n'
FILE = 'require ["fileinto", "mailbox"];\nfileinto :create "Lists";\n'
VARIABLE = ('require ["variables"];\nset "to" "friend@outside.test";\n'
            'redirect "${to}";\n')


def scripts_of(world, name):
    client = world.sieve()
    user = f"{name}@example.com"
    contains(f"{name} logs in to ManageSieve",
             client.login(user, world.passwords[user]), "OK")
    return client


def story(world):
    world.govern(POLICY)
    client = scripts_of(world, "alice")
    contains("while it is allowed, Alice stores a script that forwards",
             client.put("away", FORWARD), "OK")
    contains("and activates it", client.activate("away"), "OK")
    check("a message for her", world.send(compose("allowed")).code, 250)
    world.wait_for_mail_outside("friend@outside.test", "allowed")

    world.configure(POLICY, domain=OFF)
    world.apply()
    check("now it is off; another message", world.send(compose("forbidden")).code, 250)
    world.wait_for_mail("alice@example.com", "forbidden")
    client = scripts_of(world, "alice")
    for label, script in (("a plain redirect", FORWARD), ("one hidden in a variable", VARIABLE),
                          ("one behind fileinto", FILE + FORWARD)):
        answer = client.put("again", script)
        contains(f"{label} cannot be stored", answer, "NO")
    contains("and the refusal says why", answer.lower(), "forward", "administrator")
    contains("a script that files mail can", client.put("file", FILE), "OK")
    client.activate("file")
    check("a message to be filed", world.send(compose("to be filed")).code, 250)
    world.wait_for_mail("alice@example.com", "to be filed", folder="Lists")

    client = scripts_of(world, "bob")
    contains("Bob, whose policy allows it, forwards", client.put("away", FORWARD), "OK")
    client.activate("away")
    check("a message for Bob", world.send(compose("Bob's"), to="bob@example.com").code, 250)
    world.wait_for_mail_outside("friend@outside.test", "Bob's")
    check("all the while nothing of Alice's got out",
          [b"forbidden" in raw for raw in world.far.mailbox("friend@outside.test")],
          [False, False])

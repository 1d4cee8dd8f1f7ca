"""Restrictions on senders, clients and HELO names: each refuses what it names, lets
pass what it does not, is skipped by an allow entry, and never meets our own users:
what they share with strangers is a limit on connections at once.
"""

import time

from lab import check, compose, contains, wait_for

SETTINGS = """
restrictions:
  reject_unknown_sender_domain: true
  client_name: reverse
  max_connections: 3
  reject_non_fqdn_helo: true
  reject_unknown_helo: true
  max_unknown_recipients: 3
  max_junk_commands: 2
lists:
  allow:
    - {name: the old printer, ip: 203.0.113.19}
    - {name: a partner, sender: known@nowhere.invalid}
"""

RATES = SETTINGS.replace("  max_connections: 3\n", "  max_messages_per_minute: 3\n")
VERIFIED = SETTINGS.replace("client_name: reverse", "client_name: verified")
CONNECTION_RATE = SETTINGS.replace("  max_connections: 3\n",
                                   "  max_connections_per_minute: 3\n")


def story(world):
    for host in range(10, 20):
        world.names.add(f"client{host}.outside.test. A 203.0.113.{host}")
    world.names.remove("18.113.0.203.in-addr.arpa.")
    world.names.remove("19.113.0.203.in-addr.arpa.")
    world.govern(SETTINGS)
    senders(world)
    names_of_clients(world)
    hello(world)
    pipelining(world)
    our_own_users(world)
    junk_commands(world)
    connections(world)
    unknown_recipients(world)
    messages_a_minute(world)
    connections_a_minute(world)
    names_that_lead_back(world)


def answer_to(world, label, sender="someone@outside.test", host=10, hello=None):
    return world.send(compose(label), sender, door=world.wan.at(f"203.0.113.{host}"),
                      hello=hello or f"client{host}.outside.test")


def senders(world):
    check("a known sender domain is taken", answer_to(world, "known").code, 250)
    answer = answer_to(world, "no domain", "someone@localhost")
    check("a sender without a full domain is refused", (answer.code, answer.stage),
          (504, "rcpt"))
    answer = answer_to(world, "unknown domain", "someone@nowhere.invalid")
    check("a sender of an unknown domain is refused", answer.stage, "rcpt")
    contains("and told why", answer.text, "Domain not found")
    contains("explain knows", world.mgmtctl(
        "explain", "--from", "someone@nowhere.invalid", "--rcpt", "alice@example.com",
        "--client", "203.0.113.10", "--helo", "client10.outside.test").out,
        "reject_unknown_sender_domain", "Answer:    450 4.1.8")
    check("unless it is allowed", answer_to(world, "allowed", "known@nowhere.invalid").code,
          250)
    check("bounces have no domain and are taken", answer_to(world, "a bounce", "").code, 250)


def names_of_clients(world):
    answer = answer_to(world, "no name", host=18)
    check("a client whose address has no name is refused", answer.stage, "rcpt")
    contains("and told why", answer.text, "cannot find your")
    check("the old printer has none either and is allowed",
          answer_to(world, "printer", host=19, hello="printer").code, 250)


def hello(world):
    answer = answer_to(world, "short", hello="client")
    check("a HELO name that is not full is refused", answer.code, 504)
    answer = answer_to(world, "invented", hello="mx.invented.test")
    check("a HELO name that the DNS does not know is refused", answer.stage, "rcpt")
    with world.smtp() as client:
        answer = client.mail("someone@outside.test")
        check("without HELO there is no mail", answer[0], 503)


def pipelining(world):
    check("who speaks before it may is refused", spoken_early(world.wan))
    check("an allowed address, too: this is for the session, not for a recipient",
          spoken_early(world.wan.at("203.0.113.19")))


def spoken_early(door):
    wire = door.connect("192.0.2.25", 25)
    try:
        wire.recv(1000)
        wire.sendall(b"HELO client10.outside.test\r\nMAIL FROM:<a@outside.test>\r\n"
                     b"RCPT TO:<alice@example.com>\r\n")
        said = b""
        while True:
            more = wire.recv(1000)
            said += more
            if not more or b"ynchronization" in said or b"pipelining" in said:
                return b"ynchronization" in said or b"pipelining" in said
    finally:
        wire.close()


def our_own_users(world):
    answer = world.submit(compose("mine", sender="alice@example.com"), "alice@example.com",
                          "bob@example.com")
    check("who has logged in may say HELO as they like", answer.code, 250)


def junk_commands(world):
    with world.smtp(world.wan.at("203.0.113.11"), hello="client11.outside.test") as client:
        client.ehlo()
        began, codes = time.monotonic(), []
        while not codes or codes[-1] == 250 and len(codes) < 100:
            codes.append(client.noop()[0])
        check("a session full of junk commands is slowed down",
              time.monotonic() - began > 1)
        check("and then ended", (codes[-1], len(codes) < 100), (421, True))


def connections(world):
    door = world.wan.at("203.0.113.12")
    clients = [world.smtp(door, hello="client12.outside.test") for _ in range(3)]
    fourth = world.smtp(door, hello="client12.outside.test")
    check("a fourth connection at once is refused", fourth.greeting.code, 421)
    for client in clients:
        client.close()
    wait_for(lambda: world.smtp(door).greeting.code == 220, 10, "a free place")
    printer = world.wan.at("203.0.113.19")
    many = [world.smtp(printer) for _ in range(5)]
    check("an allowed address may have more", [client.greeting.code for client in many],
          [220] * 5)
    for client in many:
        client.close()


def unknown_recipients(world):
    door = world.wan.at("203.0.113.13")
    for name in ("admin", "info", "sales"):
        answer = world.send(compose("guess"), to=f"{name}@example.com", door=door,
                            hello="client13.outside.test")
        check(f"a guess is refused as such: {name}", (answer.code, answer.enhanced),
              (550, "5.1.1"))
    answer = world.send(compose("after three guesses"), door=door,
                        hello="client13.outside.test")
    check("after three of them the address is refused altogether",
          (answer.code, answer.enhanced), (550, "5.7.1"))
    contains("in words that say why", answer.text, "do not exist")
    check("its neighbour is not", answer_to(world, "neighbour", host=14).code, 250)
    policyd = world.mail.unit("policyd")
    policyd.stop()
    answer = answer_to(world, "without policyd", host=14)
    check("without policyd mail waits", answer.code, 451)
    contains("and the client is told", answer.text, "Mail policy is not available")
    policyd.start()
    wait_for(lambda: answer_to(world, "again", host=14).code == 250, 10, "policyd")
    answer = world.send(compose("after a restart"), door=door, hello="client13.outside.test")
    check("nor is it forgotten by a restart", answer.code, 550)
    said = world.mgmtctl("explain", "--from", "a@outside.test", "--rcpt",
                         "alice@example.com", "--client", "203.0.113.13", check=False).out
    contains("explain knows it", said, "unknown_recipients", "named 3 today")


def messages_a_minute(world):
    world.configure(RATES)
    world.apply()
    with world.smtp(world.wan.at("203.0.113.15"), hello="client15.outside.test") as client:
        codes = [client.transmit("someone@outside.test", "alice@example.com",
                                 compose(f"number {n}")).code for n in range(5)]
    check("three messages a minute are taken, more are not", codes[:3], [250] * 3)
    check("but later they may be", {code // 100 for code in codes[3:]}, {4})
    office(world)


def office(world):
    """Many of our users behind one address that nobody trusts."""
    door = world.wan.at("203.0.113.15")
    codes = [world.submit(compose(f"letter {n}", sender="alice@example.com"),
                          "alice@example.com", "bob@example.com", door=door).code
             for n in range(5)]
    check("who has logged in may send more", codes, [250] * 5)
    with world.smtp(door, port=587) as client:
        client.ehlo()
        check("and more in a session", [client.noop()[0] for _ in range(30)], [250] * 30)


def connections_a_minute(world):
    world.configure(CONNECTION_RATE)
    world.apply()
    for port, label, want in (
            (25, "three connections a minute are let in, more are not",
             [220, 220, 220, 421, 421]),
            (587, "on the submission port all of them", [220] * 5)):
        codes = []
        for _ in range(5):
            client = world.smtp(world.wan.at("203.0.113.16"), port)
            codes.append(client.greeting.code)
            client.close()
        check(label, codes, want)


def names_that_lead_back(world):
    """A name is anybody's to give to his own address; that it leads back is not."""
    world.names.remove("host17.outside.test.")
    world.names.add("host17.outside.test. A 203.0.113.99")
    world.configure(SETTINGS)
    world.apply()
    check("a client with a name is taken, wherever that leads",
          answer_to(world, "any name", host=17).code, 250)
    world.configure(VERIFIED)
    world.apply()
    answer = answer_to(world, "a borrowed name", host=17)
    check("a client whose name leads elsewhere is refused", answer.stage, "rcpt")
    contains("and told why", answer.text, "cannot find your hostname")
    check("one whose name leads back is taken", answer_to(world, "its own name").code, 250)

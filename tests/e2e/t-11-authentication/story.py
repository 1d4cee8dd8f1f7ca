"""Who may send to the world: nobody without a login, a login only under its own
address, plaintext passwords only over TLS, and trusted networks as they are told.
"""

from lab import check, compose, contains, lacks

FAR = "friend@outside.test"

LOCAL_RELAY = """
authentication: {skip_for_local_networks: true}
"""

TRUSTED = """
authentication: {skip_sender_check_for_trusted: true}
networks:
  local: ["127.0.0.0/8", "192.0.2.0/24"]
  trusted: ["192.0.2.12/32"]
"""


def story(world):
    world.govern()
    strangers_relay_nothing(world)
    passwords_need_tls(world)
    a_login_sends_as_itself(world)
    local_networks_when_told(world)
    trusted_networks_when_told(world)


def strangers_relay_nothing(world):
    for door, place in ((world.wan, "outside"), (world.lan, "the LAN")):
        answer = world.send(compose("relay?", to=FAR), "alice@example.com", FAR, door)
        check(f"without a login nothing is relayed from {place}",
              (answer.code, answer.enhanced), (554, "5.7.1"))
    for trick in ("friend%outside.test@example.com", "@example.com:friend@outside.test",
                  '"friend@outside.test"@example.com', "friend@outside.test@example.com"):
        answer = world.send(compose("trick"), to=trick)
        check(f"nor by the old trick {trick}", answer.code // 100, 5)


def passwords_need_tls(world):
    with world.smtp(world.lan, port=587) as client:
        client.ehlo()
        lacks("submission offers no AUTH in the clear", client.esmtp_features, "auth")
        contains("but STARTTLS", client.esmtp_features, "starttls")
        answer = client.transmit("alice@example.com", FAR, compose("clear"))
        check("and takes no mail before it", (answer.code, answer.enhanced), (530, "5.7.0"))
    with world.smtp(world.lan, port=587) as client:
        client.secure()
        client.ehlo()
        contains("AUTH is offered inside TLS", client.esmtp_features["auth"], "PLAIN", "LOGIN")
        answer = client.transmit("alice@example.com", FAR, compose("no login"))
        check("without a login nothing is taken there either", answer.code // 100, 5)
    for mechanism in ("PLAIN", "LOGIN"):
        with world.smtp(world.lan, port=465, tls=True) as client:
            answer = client.authenticate("alice@example.com",
                                         world.passwords["alice@example.com"], mechanism)
            check(f"implicit TLS on 465 works with {mechanism}", answer.code, 235)
            answer = client.transmit("alice@example.com", FAR, compose(f"by {mechanism}"))
            check("and sends", answer.code, 250)
        world.wait_for_mail_outside(FAR, f"by {mechanism}")
    answer = world.submit(compose("wrong"), "alice@example.com", FAR, password="wrong")
    check("a wrong password is refused", (answer.stage, answer.code, answer.enhanced),
          ("auth", 535, "5.7.8"))


def a_login_sends_as_itself(world):
    answer = world.submit(compose("mine", sender="alice@example.com", to=FAR),
                          "alice@example.com", FAR)
    check("Alice sends under her own address", answer.code, 250)
    contains("and it arrives so", world.wait_for_mail_outside(FAR, "mine"),
             b"Return-Path: <alice@example.com>")
    answer = world.submit(compose("forged"), "bob@example.com", FAR, user="alice@example.com")
    check("but not under Bob's", (answer.code, answer.enhanced), (553, "5.7.1"))
    answer = world.submit(compose("upper"), "Alice@EXAMPLE.com", FAR, user="alice@example.com")
    check("her own in capitals is still hers", answer.code, 250)
    answer = world.submit(compose("plus"), "alice+lists@example.com", FAR,
                          user="alice@example.com")
    check("and so is her own with an extension", answer.code, 250)


def local_networks_when_told(world):
    world.configure(LOCAL_RELAY)
    world.apply()
    answer = world.send(compose("near", to=FAR), "alice@example.com", FAR, world.lan)
    check("when local networks may skip the login, the LAN relays", answer.code, 250)
    world.wait_for_mail_outside(FAR, "near")
    answer = world.send(compose("far", to=FAR), "alice@example.com", FAR, world.wan)
    check("and outside still does not", answer.code, 554)


def trusted_networks_when_told(world):
    world.configure(TRUSTED)
    world.apply()
    answer = world.send(compose("trusted", to=FAR), "robot@example.com", FAR,
                        world.lan.at("192.0.2.12"))
    check("a trusted host relays without a login", answer.code, 250)
    answer = world.send(compose("untrusted", to=FAR), "robot@example.com", FAR,
                        world.lan.at("192.0.2.13"))
    check("its neighbour does not", answer.code, 554)
    answer = world.submit(compose("as bob"), "bob@example.com", FAR, user="alice@example.com",
                          door=world.lan.at("192.0.2.12"))
    check("from there the sender need not belong to the login", answer.code, 250)
    answer = world.submit(compose("as bob"), "bob@example.com", FAR, user="alice@example.com",
                          door=world.lan.at("192.0.2.13"))
    check("from elsewhere it must", answer.code, 553)

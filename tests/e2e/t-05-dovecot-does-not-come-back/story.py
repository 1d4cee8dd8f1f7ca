"""Dovecot takes the new configuration and does not serve with it: the probe sees
it, the former generation is put back, and both outcomes are reported.
"""

from lab import check, compose, contains

# Dovecot accepts both; only who tries to log in finds out. With the word that the
# report must hold.
TROUBLES = {
    "a port that another program holds": (
        "protocols:\n  imaps: {port: 9993}\n  pop3: {enabled: true}\n"
        "  pop3s: {enabled: true}\n", "9993"),
    "a login process that ends at once": (
        "dovecot:\n  extra:\n    service imap-login/executable: /bin/false\n", "imap"),
}


def story(world):
    world.tolerate("atal: ", "bind", "dovecot: master: Error")
    world.govern()
    before = world.mail.read("/etc/dovecot/dovecot.conf")
    number = len(world.mgmtctl("generations").out.splitlines())
    squatter = world.mail.spawn("python3", "-c", SQUATTER)
    world.mail.wait_listening(9993)

    for label, (settings, word) in TROUBLES.items():
        world.configure(settings)
        outcome = world.mgmtctl("apply", "--yes", check=False)
        check(f"{label}: apply fails and says that it returned", outcome.code, 4)
        contains("   both outcomes are reported", outcome.err.lower(), word, "generation 1")
        check("   the former configuration is in force",
              world.mail.read("/etc/dovecot/dovecot.conf"), before)
        world.mail.wait_listening(993, 995, 25)
        check("   mail comes in", world.send(compose(label)).code, 250)
        world.wait_for_mail("alice@example.com", label)

    squatter.kill()
    check("the failed attempts are on record",
          len(world.mgmtctl("generations").out.splitlines()) >= number)
    world.configure()
    check("and the next good apply works", world.apply().code, 0)


SQUATTER = """
import socket, time
s = socket.socket(socket.AF_INET6); s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
s.bind(("::", 9993)); s.listen(); time.sleep(3600)
"""

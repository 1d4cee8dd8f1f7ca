"""A module that Dovecot cannot load stops all logins, or all deliveries. No apply
leaves a host in that state: the Sieve module is tried before anything is installed,
the auth module by the probe, and then the host is as it was.
"""

from contextlib import contextmanager

from lab import check, contains, lacks, wait_for
from lab.mailhost import CERTIFICATE, KEY

AUTH = "/usr/lib/dovecot/modules/auth/libauthdb_mailreeve.so"
SIEVE = "/usr/lib/dovecot/modules/sieve/lib90_sieve_mailreeve_plugin.so"
NO_MANAGESIEVE = "protocols:\n  managesieve: {enabled: false}\n"
CONF = "/etc/dovecot/dovecot.conf"


@contextmanager
def spoilt(world, module):
    """Something else in the place of `module`."""
    good = world.mail.read(module)
    world.write(module, "no module\n" * 1000)
    yield
    world.write(module, good)


def refused_before_install(world, how, settings):
    world.configure(settings)
    before = world.mail.read(CONF)
    done = world.mgmtctl("apply", "--yes", check=False)
    check(f"{how}: apply refuses the Sieve module", done.code != 0)
    contains(f"{how}: and says which", done.said, "verify:", SIEVE)
    lacks(f"{how}: before anything is installed", done.said, "install ...")
    check(f"{how}: the configuration is untouched", world.mail.read(CONF) == before)


def story(world):
    # An auth process that cannot start is started again and again, also at the
    # moment when its files have been taken away and Dovecot is not yet told.
    world.tolerate(r"Fatal: Couldn't load required plugin", r"no SASL authentication mechanisms",
                   r"Can't open configuration file /etc/dovecot/mailreeve-sql")
    stock = world.mail.read(CONF)
    # The certificate that Debian's package makes when it is installed.
    for name, source in (("dovecot.pem", CERTIFICATE), ("dovecot.key", KEY)):
        world.write(f"/etc/dovecot/private/{name}", world.mail.read(source), 0o600)
    world.mail.start_dovecot()
    world.mail.start_postfix()
    world.mail.wait_listening(25, 143)
    world.configure()
    world.start_daemons()

    with spoilt(world, AUTH):
        done = world.mgmtctl("apply", "--yes", check=False)
        check("with an auth module that does not load, the first apply fails", done.code != 0)
        contains("because nobody could log in", done.said, "probe:",
                 "authentication on /var/spool/postfix/private/auth")
        contains("and is undone", done.said, "undone")
        check("Dovecot has its stock configuration again", world.mail.read(CONF) == stock)
        check("and greets", world.imap(port=143, tls=False).welcome.startswith(b"* OK"))

    world.apply()
    wait_for(lambda: world.mail.listens(4190), 10, "ManageSieve")
    check("with the module repaired, apply succeeds", world.mail.read(CONF) != stock)

    with spoilt(world, SIEVE):
        refused_before_install(world, "with ManageSieve", "protocols:\n  pop3: {enabled: false}\n")
    world.configure(NO_MANAGESIEVE)
    world.apply()
    with spoilt(world, SIEVE):
        refused_before_install(world, "without ManageSieve",
                               NO_MANAGESIEVE + "  pop3: {enabled: false}\n")
    world.apply()
    check("repaired, it is applied", world.mail.listens(110), False)

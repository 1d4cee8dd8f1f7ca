"""Adoption: a host that already has a Postfix and a Dovecot of its own is taken
over, serves under Mailreeve, and `rollback 0` gives it back byte for byte, with
the modes and owners it had, still serving as it did before.
"""

import hashlib
import os
import stat

from lab import check, compose, contains

POSTFIX = """
compatibility_level = 3.6
myhostname = mail.example.com
mydestination = example.com, localhost
mynetworks = 127.0.0.0/8
home_mailbox = Maildir/
smtpd_banner = the old server
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
"""

DOVECOT = """
# Grown over the years, as it happens.
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
passdb {
  driver = passwd-file
  args = /etc/dovecot/users
}
userdb {
  driver = passwd
}
login_greeting = the old server
"""

FOLDERS = ("/etc/postfix", "/etc/dovecot")


def fingerprint(world):
    """{path: (mode, owner, group, digest or link target)} of both folders."""
    found = {}
    for folder in FOLDERS:
        base = world.mail.path(folder)
        for place, names, files in os.walk(base):
            for name in names + files:
                path = os.path.join(place, name)
                status = os.lstat(path)
                if stat.S_ISLNK(status.st_mode):
                    content = os.readlink(path)
                elif stat.S_ISREG(status.st_mode):
                    with open(path, "rb") as file:
                        content = hashlib.sha256(file.read()).hexdigest()
                else:
                    content = ""
                found[folder + path.removeprefix(base)] = (
                    oct(status.st_mode), status.st_uid, status.st_gid, content)
    return found


def old_server(world):
    """What stood here before us, with its corners."""
    world.write("/etc/postfix/main.cf", POSTFIX)
    world.write("/etc/postfix/old-note", "do not lose me\n", 0o640)
    world.write("/etc/dovecot/dovecot.conf", DOVECOT, 0o644)
    world.write("/etc/dovecot/users", "joe:{PLAIN}old\n", 0o640)
    world.mail.run("sh", "-ec", "chgrp dovecot /etc/dovecot/users; useradd -m joe;"
                   "ln -s old-note /etc/postfix/link; chmod 600 /etc/postfix/master.cf")
    world.mail.start_dovecot()
    world.mail.start_postfix()
    world.mail.wait_listening(25, 143)


def serves_as_before(world, subject):
    with world.smtp() as client:
        contains("the old banner greets", client.greeting.text, "the old server")
    check("mail for Joe is taken", world.send(compose(subject), to="joe@example.com").code, 250)
    world.passwords["joe"] = "old"
    client = world.imap(port=143, tls=False)
    check("Joe logs in", client.try_login("joe", "old")[0])
    client.logout()


def differences(before, after):
    return {path: (before.get(path), after.get(path))
            for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path)}


def story(world):
    old_server(world)
    serves_as_before(world, "before")
    before = fingerprint(world)

    world.configure()
    world.start_daemons()
    plan = world.mgmtctl("plan").out
    contains("the plan shows what it would replace", plan, "/etc/postfix/main.cf",
             "/etc/dovecot/dovecot.conf", "the old server")
    check("and has touched nothing", differences(before, fingerprint(world)), {})

    world.apply()
    world.account("alice@example.com")
    check("the host serves under Mailreeve", world.send(compose("new")).code, 250)
    world.wait_for_mail("alice@example.com", "new")
    contains("generation 0 is listed", world.mgmtctl("generations").out, "0", "1")

    world.mgmtctl("rollback", "0", "--yes")
    check("rollback 0 gives back every byte, mode and owner",
          differences(before, fingerprint(world)), {})
    world.mail.wait_listening(25, 143)
    serves_as_before(world, "after")

    world.mgmtctl("rollback", "1", "--yes")
    check("and rollback 1 returns", world.send(compose("returned")).code, 250)
    world.wait_for_mail("alice@example.com", "returned")

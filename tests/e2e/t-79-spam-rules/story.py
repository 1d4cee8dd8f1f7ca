"""New rules for SpamAssassin, from a channel with its own key on somebody's web server:
fetched by command and by schedule, and in force at once. A download that is cut off, signed
by a stranger, or that SpamAssassin cannot read, leaves the rules as they were.
"""

import datetime
import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile

from lab import check, compose, contains, lacks, wait_for

CHANNEL = "rules.elsewhere.test"
SITE = "/run/rules"
KEYS = "/var/lib/spamassassin/sa-update-keys"
SETTINGS = """
spam:
  enabled: true
  network_tests: false
  time_limit: 60
  auto_learn: {enabled: false}
  updates:
    at: "%s"
    standard: false
    channels: [{name: rules.elsewhere.test, key: %s}]
"""


class Signer:
    """An OpenPGP key, in a folder of its own."""

    def __init__(self, name):
        self.home = tempfile.mkdtemp()
        self._gpg("--passphrase", "", "--quick-generate-key", name, "rsa2048", "sign", "never")
        listed = self._gpg("--list-keys", "--with-colons").decode()
        self.key = next(line.split(":")[9] for line in listed.splitlines()
                        if line.startswith("fpr:"))

    def _gpg(self, *argv, data=None):
        return subprocess.run(["gpg", "--homedir", self.home, "--batch", "--pinentry-mode",
                               "loopback", *argv], input=data, check=True,
                              capture_output=True).stdout

    def public(self):
        return self._gpg("--armor", "--export")

    def sign(self, data):
        return self._gpg("--armor", "--detach-sign", data=data)

    def close(self):
        subprocess.run(["gpgconf", "--kill", "all"], check=False,
                       env=os.environ | {"GNUPGHOME": self.home})


def rules(*words):
    return "".join(f"body LAB_{word.upper()} /lab word {word}/\nscore LAB_{word.upper()} 1\n"
                   f"describe LAB_{word.upper()} The lab said so\n" for word in words)


def archive(text):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("20_lab.cf")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text.encode()))
        # The only channel takes the place of all rules; without this file of the
        # distributed ones SpamAssassin complains at each start.
        tar.add("/usr/share/spamassassin/20_aux_tlds.cf", "20_aux_tlds.cf")
    return packed.getvalue()


def publish(world, version, text, signer, cut=0):
    """A version of the channel: on the web server, then in the DNS."""
    whole = archive(text)
    files = {"tar.gz": whole[:len(whole) - cut], "tar.gz.asc": signer.sign(whole),
             "tar.gz.sha512": hashlib.sha512(whole).hexdigest().encode() + b"\n"}
    for ending, content in files.items():
        world.far.write(f"{SITE}/{version}.{ending}", content)
    world.names.remove(f"1.0.4.{CHANNEL}.")
    world.names.add(f'1.0.4.{CHANNEL}. TXT "{version}"')


def story(world):
    owner, stranger = Signer("Lab rules <rules@elsewhere.test>"), Signer("A stranger")
    try:
        tell(world, owner, stranger)
    finally:
        owner.close()
        stranger.close()


def tell(world, owner, stranger):
    world.names.add("mirror.elsewhere.test. A 203.0.113.25")
    world.names.add(f'mirrors.{CHANNEL}. TXT "http://mirror.elsewhere.test/MIRRORED.BY"')
    world.far.write(f"{SITE}/MIRRORED.BY", "http://mirror.elsewhere.test/ weight=1\n")
    web = world.far.spawn("python3", "-m", "http.server", "80", "--directory", SITE)
    wait_for(lambda: world.far.run("ss", "-Hltn", "sport = :80").out.strip(), 20, "the mirror")
    world.govern(SETTINGS % ("04:00", owner.key))
    ready(world)
    # As Debian's package leaves it.
    for folder, mode in ((os.path.dirname(KEYS), "755"), (KEYS, "700")):
        world.mail.run("install", "-d", "-o", "debian-spamd", "-g", "debian-spamd", "-m", mode,
                       folder)
    world.write("/etc/owner.asc", owner.public())
    world.mail.run("runuser", "-u", "debian-spamd", "--", "sa-update", "--gpghomedir", KEYS,
                   "--import", "/etc/owner.asc")

    publish(world, 1001, rules("first"), owner)
    by_command(world)
    nothing_new(world)
    by_schedule(world, owner)
    what_is_not_taken(world, owner, stranger)
    web.terminate()
    web.wait()


def ready(world):
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")


def update(world):
    return world.mgmtctl("job", "run", "spam-update", check=False)


def version(world):
    status = json.loads(world.mgmtctl("spam", "status", "--json").out)
    return status["rules"]["channels"][0]["version"]


def judged(world, subject):
    """What is said of a message that holds every word of the rules."""
    ready(world)
    text = "".join(f"lab word {word}\n" for word in ("first", "second", "third", "stranger"))
    check(f"{subject}: taken", world.send(compose(subject, text)).code, 250)
    raw = world.wait_for_mail("alice@example.com", subject)
    return raw.partition(b"\r\n\r\n")[0]


def by_command(world):
    check("before the first update", version(world), "not fetched yet")
    done = update(world)
    contains("new rules are fetched by command", done.said, "new rules are in force")
    check("their version is told", version(world), "1001")
    contains("and by the words of the command", world.mgmtctl("spam", "status").out,
             f"{CHANNEL}: 1001, updated ")
    contains("spamd judges by them at once", judged(world, "after the first"), b"LAB_FIRST")


def nothing_new(world):
    contains("the same version is no news", update(world).said, "there are no new rules")


def by_schedule(world, owner):
    publish(world, 1002, rules("first", "second"), owner)
    soon = datetime.datetime.fromisoformat(
        world.mail.run("date", "-d", "+65 seconds", "+%Y-%m-%dT%H:%M").out.strip())
    world.configure(SETTINGS % (soon.strftime("%H:%M"), owner.key))
    world.apply()
    wait_for(lambda: version(world) == "1002", 180, "the update of the schedule")
    check("the schedule has fetched the second version", True)
    wait_for(lambda: "done" in world.mgmtctl("job", "history", "spam-update").out, 60,
             "the end of the job")
    contains("and spamd judges by it", judged(world, "after the second"), b"LAB_FIRST",
             b"LAB_SECOND")


def what_is_not_taken(world, owner, stranger):
    bad = {"a download that was cut off": (1003, rules("third"), owner, 20),
           "one that a stranger signed": (1004, rules("stranger"), stranger, 0),
           "rules that nobody can read": (1005, "body LAB_THIRD /(/\nscore\n", owner, 0)}
    for label, (number, text, signer, cut) in bad.items():
        publish(world, number, text, signer, cut)
        done = update(world)
        check(f"{label}: the job fails", done.code != 0)
        check("and the old rules stay", version(world), "1002")
    head = judged(world, "after all that")
    contains("spamd goes on with them", head, b"LAB_FIRST", b"LAB_SECOND")
    lacks("and with no others", head, b"LAB_THIRD", b"LAB_STRANGER")
    publish(world, 1006, rules("first", "third"), owner)
    contains("a good one is taken again", update(world).said, "new rules are in force")
    contains("and in force", judged(world, "after the last"), b"LAB_THIRD")

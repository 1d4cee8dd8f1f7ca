"""Other people's programs and ours, both ways: what OpenDKIM and dkimpy sign, milterd
verifies; what our signer signs and seals, they verify; nobody takes what was changed.
"""

import os

from lab import StoryFailed, check, compose, contains, wait_for
from lab.signers import Key, zone_text

OPENDKIM = """
Mode sv
Socket inet:8891@127.0.0.1
Domain outside.test
Selector open
KeyFile /etc/opendkim.key
Canonicalization %s
SignatureAlgorithm rsa-sha256
InternalHosts 203.0.113.0/24
Nameservers 192.0.2.53
AuthservID mx.outside.test
AlwaysAddARHeader yes
RequireSafeKeys no
UserID root
Syslog yes
"""


def story(world):
    world.govern()
    tool = os.path.join(os.path.dirname(world.mail.stage), "tests/integration/dkim_tool")
    if not os.path.exists(tool):
        raise StoryFailed(f"{tool} must be built for this story")
    with open(tool, "rb") as file:
        world.mail.write("/usr/local/bin/dkim_tool", file.read(), 0o755)
    opendkim_signs(world)
    dkimpy_signs(world)
    keys = our_keys(world)
    dkimpy_verifies(world, keys)
    opendkim_verifies(world, keys)


def results(raw, authserv_id):
    """The Authentication-Results of that name, unfolded."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
    lines = head.replace("\n\t", " ").replace("\n ", " ").split("\n")
    return " ".join(line for line in lines
                    if line.startswith(f"Authentication-Results: {authserv_id};"))


class OpenDkim:
    """OpenDKIM's daemon as the milter of the far Postfix, for a while."""

    def __init__(self, world, canonical="relaxed/relaxed"):
        self.far = world.far
        self.canonical = canonical

    def __enter__(self):
        self.far.write("/etc/opendkim.conf", OPENDKIM % self.canonical)
        self.process = self.far.spawn("opendkim", "-f", "-x", "/etc/opendkim.conf")
        wait_for(lambda: self.far.run("ss", "-Hltn", "sport = :8891").out.strip(), 20,
                 "OpenDKIM")
        self.far.run("postconf", "smtpd_milters=inet:127.0.0.1:8891")
        self.far.run("postfix", "reload")

    def __exit__(self, *_):
        self.far.run("postconf", "-X", "smtpd_milters")
        self.far.run("postfix", "reload")
        self.process.terminate()
        self.process.wait()


# -- what they sign ---------------------------------------------------------


def opendkim_signs(world):
    key = Key("outside.test", "open")
    world.names.add(key.record())
    world.far.write("/etc/opendkim.key", key.pem, 0o600)
    for canonical in ("relaxed/relaxed", "simple/simple"):
        with OpenDkim(world, canonical):
            subject = f"OpenDKIM, {canonical}"
            message = compose(subject, "Grüße,\n  aus der Ferne. \n\n\n",
                              sender="her@outside.test")
            answer = world.send(message, "her@outside.test", host="203.0.113.25")
            check(f"{subject}: sent by a Postfix with OpenDKIM", answer.code, 250)
            raw = world.wait_for_mail("alice@example.com", subject)
            contains("and verified by us", results(raw, "mail.example.com"),
                     "dkim=pass header.d=outside.test header.s=open header.a=rsa-sha256")


def dkimpy_signs(world):
    key = Key("elsewhere.test", "py")
    world.names.add(key.record())
    for canonical in ((b"relaxed", b"relaxed"), (b"simple", b"relaxed"), (b"simple", b"simple")):
        subject = "dkimpy, " + b"/".join(canonical).decode()
        message = key.sign(compose(subject, "Hello  there.\n\n\n", sender="x@elsewhere.test"),
                           canonicalize=canonical)
        check(f"{subject}: sent", world.send(message).code, 250)
        raw = world.wait_for_mail("alice@example.com", subject)
        contains("and verified by us", results(raw, "mail.example.com"),
                 "dkim=pass header.d=elsewhere.test header.s=py")
        changed = message.replace(b"there", b"where").replace(b"Subject: ", b"Subject: late ")
        check("changed on its way: sent", world.send(changed).code, 250)
        raw = world.wait_for_mail("alice@example.com", "late " + subject)
        contains("and told to be broken", results(raw, "mail.example.com"), "dkim=fail")
    sealed = key.seal(b"Authentication-Results: elsewhere.test; spf=pass\r\n"
                      + compose("sealed by dkimpy"), "elsewhere.test")
    check("sealed by dkimpy: sent", world.send(sealed).code, 250)
    contains("and verified by us",
             results(world.wait_for_mail("alice@example.com", "sealed by dkimpy"),
                     "mail.example.com"), "arc=pass")


# -- what we sign -----------------------------------------------------------


def our_keys(world):
    """Keys of example.com, made by us, with their records in the DNS: "SELECTOR=FILE"."""
    keys = []
    for kind in ("rsa", "ed25519"):
        file = f"/root/{kind}.pem"
        text = world.mail.run("dkim_tool", "key", kind, file).out.strip()
        world.names.add(f"{kind}._domainkey.example.com. TXT {zone_text(text)}")
        keys.append(f"{kind}={file}")
    return keys


def made_by(world, *argv, message):
    """What one of our tools makes of `message`."""
    world.mail.write("/root/message", message)
    world.mail.run("sh", "-c", '"$@" </root/message >/root/result', "sh", *argv)
    return world.mail.read("/root/result")


def dkimpy_verifies(world, keys):
    for key in keys:
        message = compose(f"signed with {key}", sender="alice@example.com")
        signed = made_by(world, "dkim_tool", "sign", "example.com", key, message=message)
        judged(world, f"our signature with {key}", "dkimverify", "signature ok", signed)
    sealed = made_by(world, "dkim_tool", "seal", "example.com", keys[0],
                     message=compose("sealed", sender="alice@example.com"))
    judged(world, "our seal", "arcverify", "cv=b'pass'", sealed)


def judged(world, what, program, good, message):
    done = world.mail.run(program, input=message, check=False)
    contains(f"{what} is good for {program}", done.said.lower(), good)
    done = world.mail.run(program, input=message.replace(b"Hello", b"Hallo"), check=False)
    check("and no more when the body was changed", good in done.said.lower(), False)


def opendkim_verifies(world, keys):
    with OpenDkim(world):
        for label, change, want in (("as signed", (b"", b""), "dkim=pass"),
                                    ("changed", (b"Hello", b"Hallo"), "dkim=fail")):
            message = compose(f"ours, {label}", sender="alice@example.com",
                              to="her@outside.test")
            signed = made_by(world, "dkim_tool", "sign", "example.com", keys[0],
                             message=message)
            signed = signed.replace(*change) if all(change) else signed
            answer = world.send(signed, "alice@example.com", "her@outside.test",
                                host="203.0.113.25", door=world.lan)
            check(f"our message, {label}, reaches a Postfix with OpenDKIM", answer.code, 250)
            raw = world.wait_for_mail_outside("her@outside.test", f"ours, {label}")
            contains(f"whose word is {want}", results(raw, "mx.outside.test"), want)

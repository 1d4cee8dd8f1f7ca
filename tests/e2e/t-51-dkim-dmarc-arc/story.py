"""DKIM, DMARC and ARC with keys in a real DNS: mail in the name of a bank is let in when
it proves itself, and refused or kept when not; a forwarder we trust may vouch for it; a
header that pretends to be ours goes.
"""

from lab import check, compose, contains, lacks
from lab.signers import Key

SETTINGS = """
authentication_checks:
  dmarc: {quarantine: mark%s}
  arc: {trusted_sealers: [%s]}
  mark_subject: "[unproven]"
"""


def story(world):
    bank, forwarder = Key("bank.test", "s1"), Key("list.test", "arc")
    for key in (bank, forwarder):
        world.names.add(key.record())
    world.names.add('bank.test. TXT "v=spf1 ip4:203.0.113.10 -all"')
    world.names.add('list.test. TXT "v=spf1 ip4:203.0.113.12 -all"')
    world.names.add('_dmarc.bank.test. TXT "v=DMARC1; p=reject; sp=quarantine"')
    world.govern(SETTINGS % ("", ""))
    signatures(world, bank)
    policies(world, bank)
    authors(world)
    forged_results(world, bank)
    forwarders(world, bank, forwarder)
    explained(world, bank)
    organisations(world)


def head_of(world, subject):
    """The header of a message of Alice's, unfolded."""
    raw = world.wait_for_mail("alice@example.com", subject)
    return raw.partition(b"\r\n\r\n")[0].decode().replace("\r\n\t", " ").replace("\r\n ", " ")


def send(world, message, sender="news@outside.test", at="203.0.113.11"):
    return world.send(message, sender, door=world.wan.at(at))


def from_bank(subject, domain="bank.test", **options):
    return compose(subject, sender=f"Your Bank <alerts@{domain}>", **options)


def signatures(world, bank):
    signed = bank.sign(from_bank("signed by the bank"))
    check("a signed message is taken", send(world, signed).code, 250)
    contains("and what was found is told", head_of(world, "signed by the bank"),
             "Authentication-Results: mail.example.com; spf=none smtp.mailfrom=outside.test;",
             "dkim=pass header.d=bank.test header.s=s1 header.a=rsa-sha256",
             "dmarc=pass header.from=bank.test")
    # Dovecot's own Received field comes later, and goes above it.
    check("above the fields that the message came with",
          head_of(world, "signed by the bank").index("Authentication-Results:")
          < head_of(world, "signed by the bank").index("(Postfix)"), True)

    answer = send(world, signed.replace(b"Hello.", b"Hallo."))
    check("changed on its way, it is refused", (answer.code, answer.enhanced), (550, "5.7.26"))
    contains("with the reason", answer.text, "bank.test", "DMARC")
    lacks("and nothing of ours", answer.text, "policy reject of")

    other = bank.sign(compose("a letter", sender="friend@friend.test"))
    check("a signature of another domain", send(world, other).code, 250)
    contains("is told, and proves nothing", head_of(world, "a letter"), "dkim=pass",
             "dmarc=none header.from=friend.test")
    broken = other.replace(b"a letter", b"a broken letter")
    check("a broken signature alone costs nothing", send(world, broken).code, 250)
    contains("and is told", head_of(world, "a broken letter"), "dkim=fail")


def policies(world, bank):
    answer = send(world, from_bank("pay here"))
    check("p=reject: in the bank's name, unsigned", (answer.code, answer.enhanced),
          (550, "5.7.26"))
    check("p=reject: from the bank's own server",
          send(world, from_bank("from its server"), "b@bank.test", "203.0.113.10").code, 250)
    contains("SPF proves it", head_of(world, "from its server"), "spf=pass", "dkim=none",
             "dmarc=pass")
    check("sp=quarantine: from a sub-domain",
          send(world, from_bank("win a prize", "mail.bank.test")).code, 250)
    contains("is marked", head_of(world, "win a prize"), "Subject: [unproven] win a prize",
             "X-Mailreeve-Authentication: dmarc quarantine",
             "dmarc=fail header.from=mail.bank.test policy.dmarc=quarantine")
    world.configure(SETTINGS % (", reject: mark", ""))
    world.apply()
    check("p=reject, where the settings only mark", send(world, from_bank("marked")).code, 250)
    contains("is marked", head_of(world, "marked"), "Subject: [unproven] marked")
    world.configure(SETTINGS % ("", ""))
    world.apply()


def authors(world):
    twice = compose("two of them", sender="friend@friend.test").replace(
        b"From:", b"From: alerts@bank.test\r\nFrom:", 1)
    answer = send(world, twice)
    check("two From fields hide an author", (answer.code, answer.enhanced), (550, "5.7.1"))


def forged_results(world, bank):
    forged = (b"Authentication-Results: mail.example.com; dmarc=pass header.from=bank.test\r\n"
              b"authentication-results : MAIL.Example.com.;\r\n\tspf=pass\r\n"
              b"Authentication-Results: mx.other.test; spf=pass\r\n"
              b"Authentication-Results: (hidden) \"mail.example.com\" 1; dkim=pass\r\n")
    check("a message with forged results",
          send(world, forged + compose("trust me", sender="friend@friend.test")).code, 250)
    head = head_of(world, "trust me")
    check("holds ours and the other server's",
          [line.partition(";")[0] for line in head.split("\r\n")
           if line.lower().startswith("authentication-results")],
          ["Authentication-Results: mail.example.com",
           "Authentication-Results: mx.other.test"])
    lacks("and nothing forged", head, "dmarc=pass", "dkim=pass")
    answer = world.submit(forged + compose("from inside", sender="bob@example.com"),
                          "bob@example.com", "alice@example.com")
    check("a user of ours cannot forge them either", answer.code, 250)
    lacks("and it is gone", head_of(world, "from inside"), "mail.example.com; dmarc=pass")


def forwarded(bank, forwarder, subject):
    """A bank's letter as a mailing list passes it on: checked, changed, sealed."""
    signed = bank.sign(from_bank("letter"))
    changed = signed.replace(b"Subject: letter", b"Subject: " + subject.encode())
    results = b"Authentication-Results: list.test; dmarc=pass header.from=bank.test\r\n"
    return forwarder.seal(results + changed, "list.test")


def forwarders(world, bank, forwarder):
    def letter(subject):
        return send(world, forwarded(bank, forwarder, subject), "bounce@list.test",
                    "203.0.113.12")

    answer = letter("from a stranger")
    check("a forwarder nobody trusts cannot vouch", (answer.code, answer.enhanced),
          (550, "5.7.26"))
    world.configure(SETTINGS % ("", "list.test"))
    world.apply()
    check("one we trust can", letter("from the list").code, 250)
    contains("and it is told why", head_of(world, "from the list"), "dkim=fail",
             "arc=pass", "dmarc=fail reason=\"a trusted forwarder vouches\"")
    tampered = forwarded(bank, forwarder, "sealed").replace(b"Hello.", b"Hallo.")
    answer = send(world, tampered, "bounce@list.test", "203.0.113.12")
    check("but not when the message was changed behind it", (answer.code, answer.enhanced),
          (550, "5.7.26"))
    answer = send(world, forwarded(bank, forwarder, "no rewriting"), "alerts@bank.test",
                  "203.0.113.12")
    check("and it is heard where SPF fails, too", answer.code, 250)
    answer = send(world, from_bank("not sealed"), "alerts@bank.test", "203.0.113.12")
    check("without a seal it is refused, at the end", (answer.code, answer.enhanced),
          (550, "5.7.26"))


def explained(world, bank):
    world.write("/root/letter.eml", from_bank("explain me").decode())
    done = world.mgmtctl("explain", "--from", "news@outside.test", "--rcpt",
                         "alice@example.com", "--client", "203.0.113.11", "/root/letter.eml")
    contains("explain knows the steps", done.out, "spf", "dkim", "not signed", "dmarc",
             "policy reject of bank.test", "550 5.7.26")


def organisations(world):
    """A branch with a policy of its own, below a name without any."""
    world.names.add('_dmarc.branch.group.test. TXT "v=DMARC1; p=reject; psd=n"')
    letter = from_bank("from a branch", "mail.branch.group.test")
    check("by the list of public suffixes it is not found", send(world, letter).code, 250)
    world.configure(SETTINGS % (", mode: rfc9989", ""))
    world.apply()
    answer = send(world, letter)
    check("by a walk up the DNS it is", (answer.code, answer.enhanced), (550, "5.7.26"))

"""First set-up on a fresh host: `mgmtctl init` by flags writes a commented YAML,
`plan` shows what will happen, `apply` does it, an account is added, and mail goes
out and comes in. No more than that is needed.
"""

from lab import check, compose, contains, lacks
from lab.mailhost import CERTIFICATE, KEY


def story(world):
    world.start_daemons()
    said = world.mgmtctl("init", "--domain", "example.com", "--hostname",
                         "mail.example.com").said
    contains("init says what it wrote and what comes next", said, "/etc/mailreeve",
             "mgmtctl apply")
    files = world.mail.run("sh", "-c", "cat /etc/mailreeve/*.yaml "
                           "/etc/mailreeve/domains/*.yaml 2>/dev/null; true").out
    contains("the YAML names host and domain, and explains itself", files,
             "mail.example.com", "example.com", "#")
    again = world.mgmtctl("init", "--domain", "example.org", "--hostname", "x.example.org",
                          check=False)
    check("a second init does not overwrite it", again.code != 0)

    plan = world.mgmtctl("plan").out
    contains("the plan names the files it will write", plan, "/etc/postfix/main.cf",
             "/etc/postfix/master.cf", "/etc/dovecot/dovecot.conf")
    contains("Debian's main.cf is still in force", world.mail.read("/etc/postfix/main.cf"),
             b"compatibility_level = 3.6\n", b"alias_maps = hash:/etc/aliases")
    world.apply()
    world.mail.wait_listening(25, 587, 465, 143, 993, 4190)

    world.account("alice@example.com")
    check("mail comes in", world.send(compose("welcome")).code, 250)
    world.trust.check_hostname = False
    world.trust.load_verify_locations(cadata=own_certificate(world))
    contains("and is read", world.wait_for_mail("alice@example.com", "welcome"), b"Hello.")
    answer = world.submit(compose("thank you", sender="alice@example.com"),
                          "alice@example.com", "friend@outside.test")
    check("an answer goes out", answer.code, 250)
    contains("and arrives", world.wait_for_mail_outside("friend@outside.test", "thank you"),
             b"Return-Path: <alice@example.com>")
    answer = world.send(compose("relay?"), to="x@elsewhere.test")
    check("strangers relay nothing", answer.code, 554)
    contains("status says that all is well", world.mgmtctl("status").out.lower(), "postfix",
             "dovecot")
    lacks("and the log holds no warning of ours", world.mail_log(), "mailreeve: warning")


def own_certificate(world):
    """The certificate the host serves: self-signed until the admin brings one."""
    text = world.mail.run("sh", "-c", "postconf -hx smtpd_tls_chain_files "
                          "smtpd_tls_cert_file").out
    paths = [word.strip(",") for word in text.split() if word.startswith("/")]
    pems = [world.mail.read(path).decode() for path in paths]
    return next(pem[pem.index("-----BEGIN CERT"):] for pem in pems if "BEGIN CERT" in pem)


__all__ = ["CERTIFICATE", "KEY", "story"]

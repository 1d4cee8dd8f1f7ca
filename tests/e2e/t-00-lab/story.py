"""The lab itself: mail crosses from an outside Postfix to a stock Postfix and
Dovecot with a hand-written configuration, and back, and is read over IMAP and
POP3. Nothing of ours takes part; when this fails, the lab is broken.
"""

from lab import check, compose, contains, wait_for

MAIN_CF = """
compatibility_level = 3.6
myhostname = mail.example.com
mydestination =
virtual_mailbox_domains = example.com
virtual_transport = lmtp:unix:private/dovecot-lmtp
virtual_mailbox_maps = inline:{ alice@example.com=1 }
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_sasl_authenticated reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_chain_files = /etc/ssl/private/mail.example.com.key /etc/ssl/mail.example.com.pem
smtpd_tls_security_level = may
"""

SUBMISSION = """
submission inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
"""

DOVECOT = """
protocols = imap pop3 lmtp
ssl_cert = </etc/ssl/mail.example.com.pem
ssl_key = </etc/ssl/private/mail.example.com.key
mail_location = maildir:/var/mail/%u
auth_username_format = %Lu
mail_uid = 8
mail_gid = 8
first_valid_uid = 1
passdb {
  driver = static
  args = password=sesame
}
userdb {
  driver = static
  args = home=/var/mail/%u
}
service lmtp {
  unix_listener /var/spool/postfix/private/dovecot-lmtp {
    mode = 0666
  }
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
"""


def story(world):
    world.write("/etc/postfix/main.cf", MAIN_CF)
    world.write("/etc/postfix/master.cf",
                world.mail.read("/etc/postfix/master.cf").decode() + SUBMISSION)
    world.write("/etc/dovecot/dovecot.conf", DOVECOT)
    world.mail.start_dovecot()
    world.mail.start_postfix()
    world.mail.wait_listening(25, 587, 993, 995)
    world.passwords["alice@example.com"] = "sesame"

    answer = world.send(compose("straight in"))
    check("a stranger's client hands over a message", answer.code, 250)
    contains("Alice reads it over IMAP", world.wait_for_mail("alice@example.com", "straight in"),
             b"Return-Path: <someone@outside.test>", b"Hello.")

    answer = world.send(compose("by way of mx"), host="203.0.113.25")
    check("an outside server takes a message to pass on", answer.code, 250)
    contains("it finds us by MX and delivers",
             world.wait_for_mail("alice@example.com", "by way of mx"),
             b"from mx.outside.test (mx.outside.test [")

    answer = world.send(compose("who?", to="nobody@example.com"), to="nobody@example.com")
    check("mail for nobody is refused", (answer.code, answer.enhanced), (550, "5.1.1"))
    answer = world.send(compose("relay?", to="x@elsewhere.test"), to="x@elsewhere.test")
    check("mail for strangers is not relayed", (answer.code, answer.enhanced), (554, "5.7.1"))

    answer = world.submit(compose("out we go", sender="alice@example.com", to="bob@outside.test"),
                          "alice@example.com", "bob@outside.test")
    check("Alice submits with her password", answer.code, 250)
    contains("the far end receives it",
             world.wait_for_mail_outside("bob@outside.test", "out we go"),
             b"Return-Path: <alice@example.com>")

    good, words = world.pop3(world.wan).try_login("alice@example.com", "sesame")
    check("Alice reads over POP3 from outside, too", good)
    good, words = world.imap(world.wan).try_login("alice@example.com", "wrong")
    check("a wrong password is refused", good, False)
    contains("with the usual words", words, "AUTHENTICATIONFAILED")
    answer = world.send(compose("by IPv6"), door=world.wan.at("2001:db8:203::10"),
                        host="fd00:192::25")
    check("IPv6 works as well", answer.code, 250)
    wait_for(lambda: len(world.inbox("alice@example.com")) == 3, 10, "three messages")
    contains("the log was kept", world.mail_log(), "postfix/smtpd", "dovecot: ")

"""Postfix and Dovecot with the modules, set up as docs/dovecot-plugin.md says."""

import os
import sqlite3

import snapshot

SNAPSHOT = "/var/lib/mailreeve/login-policy"
ACCOUNTS = "/etc/dovecot/accounts.db"

MAIN_CF = """
compatibility_level = 3.6
myhostname = mail.example.com
mydestination =
virtual_mailbox_domains = example.com
virtual_mailbox_maps = static:1
virtual_transport = lmtp:unix:private/dovecot-lmtp
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated reject_unauth_destination
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
protocols = imap pop3 lmtp sieve
ssl_cert = </etc/ssl/mail.example.com.pem
ssl_key = </etc/ssl/private/mail.example.com.key
mail_location = maildir:~/Maildir
mail_uid = 8
mail_gid = 8
first_valid_uid = 1
lda_mailbox_autocreate = yes
auth_mechanisms = plain login scram-sha-256
auth_username_format = %Lu
auth_master_user_separator = *
auth_cache_size = 10M

passdb {
  driver = passwd-file
  args = /etc/dovecot/masters
  master = yes
  result_success = continue
}
passdb {
  driver = sql
  args = /etc/dovecot/accounts.conf
  result_success = continue-ok
  result_failure = return-fail
  result_internalfail = return-fail
}
passdb {
  driver = mailreeve
  args = /var/lib/mailreeve/login-policy
  skip = unauthenticated
  result_success = continue
  result_failure = return-fail
  result_internalfail = return-fail
}
userdb {
  driver = static
  args = home=/var/mail/%u
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
}
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_plugins = sieve_extprograms sieve_mailreeve
  mailreeve_login_policy = /var/lib/mailreeve/login-policy
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

ACCOUNTS_CONF = f"""
driver = sqlite
connect = {ACCOUNTS}
password_query = SELECT mailbox AS user, password FROM accounts WHERE address = '%u'
"""


def accounts(world, rows):
    """Write the database of `rows`: (address, mailbox, password with scheme)."""
    # Made in memory: SQLite resolves links, and would leave the host by its path.
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE accounts (address TEXT, mailbox TEXT, password TEXT)")
    database.executemany("INSERT INTO accounts VALUES (?, ?, ?)", rows)
    database.commit()
    world.write(ACCOUNTS, database.serialize())


def store(world, data):
    """Replace the snapshot as our programs do: by rename."""
    path = world.mail.path(SNAPSHOT)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.chmod(path + ".new", 0o644)
    os.rename(path + ".new", path)


def policies(world, users, **more):
    store(world, snapshot.encode(users, **more))


def start(world, masters):
    world.write("/etc/postfix/main.cf", MAIN_CF)
    world.write("/etc/postfix/master.cf",
                world.mail.read("/etc/postfix/master.cf").decode() + SUBMISSION)
    world.write("/etc/dovecot/dovecot.conf", DOVECOT)
    world.write("/etc/dovecot/accounts.conf", ACCOUNTS_CONF)
    world.write("/etc/dovecot/masters", masters)
    world.mail.start_dovecot()
    world.mail.start_postfix()
    world.mail.wait_listening(25, 587, 993, 995, 4190)

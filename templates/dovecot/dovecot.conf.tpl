# {{HEADER}}
# Own settings: dovecot.extra in {{CONFIG}}/*.yaml; they stand at the end.

protocols = {{PROTOCOLS}}
listen = {{LISTEN}}
hostname = {{HOSTNAME}}
postmaster_address = {{POSTMASTER}}
recipient_delimiter = +

# TLS, profile {{TLS_PROFILE}}.
ssl = yes
ssl_cert = <{{TLS_CERTIFICATE}}
ssl_key = <{{TLS_KEY}}
ssl_min_protocol = {{TLS_MIN_PROTOCOL}}
ssl_cipher_list = {{TLS_CIPHERS}}
ssl_prefer_server_ciphers = {{TLS_SERVER_CIPHER_ORDER}}
ssl_dh = </usr/share/dovecot/dh.pem
ssl_client_ca_dir = /etc/ssl/certs

# Logins are full addresses. Accounts change at any time, so nothing is cached.
disable_plaintext_auth = {{DISABLE_PLAINTEXT_AUTH}}
auth_mechanisms = {{MECHANISMS}}
auth_username_format = %Lu
auth_cache_size = 0
passdb {
  driver = sql
  args = {{DOVECOT}}/mailreeve-sql.conf.ext
{{#LOGIN_POLICY}}
  # A right password is not yet a login: the policy below has the last word.
  result_success = continue-ok
  result_failure = return-fail
  result_internalfail = return-fail
{{/LOGIN_POLICY}}
}
{{#LOGIN_POLICY}}
passdb {
  driver = mailreeve
  args = {{LOGIN_POLICY_SNAPSHOT}}
  skip = unauthenticated
  result_success = continue
  result_failure = return-fail
  result_internalfail = return-fail
}
{{/LOGIN_POLICY}}
userdb {
  driver = sql
  args = {{DOVECOT}}/mailreeve-sql.conf.ext
}

# Accounts are virtual: every mailbox belongs to one user of the system, whose
# number may be a low one.
mail_uid = vmail
mail_gid = vmail
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_plugins = {{MAIL_PLUGINS}}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = subscribe
    special_use = \Drafts
  }
  mailbox Sent {
    auto = subscribe
    special_use = \Sent
  }
  mailbox Junk {
    auto = subscribe
    special_use = \Junk
  }
  mailbox Trash {
    auto = subscribe
    special_use = \Trash
  }
  mailbox Archive {
    auto = subscribe
    special_use = \Archive
  }
}

protocol lmtp {
  mail_plugins = $mail_plugins sieve
}
{{#IMAP_ON}}
protocol imap {
  mail_plugins = $mail_plugins{{#QUOTA}} imap_quota{{/QUOTA}}{{#REPORT_MOVES}} imap_sieve{{/REPORT_MOVES}}
  mail_max_userip_connections = {{MAX_CONNECTIONS}}
}
{{/IMAP_ON}}
{{#POP3_ON}}
protocol pop3 {
  mail_max_userip_connections = {{MAX_CONNECTIONS}}
}
{{/POP3_ON}}

plugin {
  # Scripts before the user's own run from a directory of the administrator's.
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_before = {{DOVECOT}}/sieve-before.d
{{#JUNK_FOLDER}}
  # Compiled once for each user, in his own directory.
  sieve_before2 = file:{{DOVECOT}}/mailreeve/spam-to-junk.sieve;bindir=~/sieve-compiled
{{/JUNK_FOLDER}}
{{#SIEVE_PLUGINS}}
  # sieve_mailreeve refuses automatic forwards where policy forbids them; the
  # others report what users move into Junk and out of it.
  sieve_plugins ={{#LOGIN_POLICY}} sieve_mailreeve{{/LOGIN_POLICY}}{{#REPORT_MOVES}} sieve_imapsieve sieve_extprograms{{/REPORT_MOVES}}
{{/SIEVE_PLUGINS}}
{{#LOGIN_POLICY}}
  mailreeve_login_policy = {{LOGIN_POLICY_SNAPSHOT}}
{{/LOGIN_POLICY}}
{{#REPORT_MOVES}}
  # Only our own program can be run, and only by these scripts.
  sieve_global_extensions = +vnd.dovecot.pipe +vnd.dovecot.environment
  sieve_pipe_bin_dir = {{SIEVE_PROGRAMS}}
  imapsieve_mailbox1_name = Junk
  imapsieve_mailbox1_causes = COPY APPEND
  imapsieve_mailbox1_before = file:{{DOVECOT}}/mailreeve/report-spam.sieve;bindir=~/sieve-compiled
  imapsieve_mailbox2_name = *
  imapsieve_mailbox2_from = Junk
  imapsieve_mailbox2_causes = COPY
  imapsieve_mailbox2_before = file:{{DOVECOT}}/mailreeve/report-ham.sieve;bindir=~/sieve-compiled
{{/REPORT_MOVES}}
{{#QUOTA}}
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:bytes={{QUOTA_BYTES}}
  quota_grace = 0
  # How Postfix is answered when it asks before taking a message.
  quota_status_success = DUNNO
  quota_status_nouser = DUNNO
  quota_status_overquota = 552 5.2.2 Mailbox is full
{{/QUOTA}}
}

# Ports. One that is off has port 0.
{{#IMAP_ON}}
service imap-login {
  inet_listener imap {
    port = {{IMAP_PORT}}
  }
  inet_listener imaps {
    port = {{IMAPS_PORT}}
    ssl = yes
  }
}
{{/IMAP_ON}}
{{#POP3_ON}}
service pop3-login {
  inet_listener pop3 {
    port = {{POP3_PORT}}
  }
  inet_listener pop3s {
    port = {{POP3S_PORT}}
    ssl = yes
  }
}
{{/POP3_ON}}
{{#MANAGESIEVE_ON}}
service managesieve-login {
  inet_listener sieve {
    port = {{MANAGESIEVE_PORT}}
  }
}
{{/MANAGESIEVE_ON}}

# What Postfix connects to, inside its queue directory.
service lmtp {
  unix_listener {{QUEUE_DIRECTORY}}/private/dovecot-lmtp {
    mode = 0600
    user = postfix
    group = postfix
  }
}
service auth {
  # The state directory is read by members of this group only.
  extra_groups = mailreeve
  unix_listener {{QUEUE_DIRECTORY}}/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
service auth-worker {
  # Reads accounts and compares passwords; root is not needed for that.
  user = $default_internal_user
  extra_groups = mailreeve
}
{{#QUOTA}}
service quota-status {
  executable = quota-status -p postfix
  client_limit = 1
  unix_listener {{QUEUE_DIRECTORY}}/private/quota-status {
    mode = 0600
    user = postfix
    group = postfix
  }
}
{{/QUOTA}}
{{#EXTRAS}}

# dovecot.extra:
{{#EXTRA}}
{{LINE}}
{{/EXTRA}}
{{/EXTRAS}}

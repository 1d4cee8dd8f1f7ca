# {{HEADER}}
# Nobody logs in on the smtp port, so nobody's sender is held against a login.
# What is counted by the minute and by the session is counted there alone: an
# office behind one address logs in on the others.
# service type  private unpriv  chroot  wakeup  maxproc command + args
{{#SMTP}}
{{ENDPOINT}}  inet  n  -  n  -  -  smtpd
    -o smtpd_sender_restrictions=
{{/SMTP}}
{{#POSTSCREEN}}
{{ENDPOINT}}  inet  n  -  n  -  1  postscreen
{{/POSTSCREEN}}
{{#SCREENED}}
smtpd     pass  -       -       n       -       -       smtpd
    -o smtpd_sender_restrictions=
dnsblog   unix  -       -       n       -       0       dnsblog
tlsproxy  unix  -       -       n       -       0       tlsproxy
{{/SCREENED}}
{{#SUBMISSION}}
{{ENDPOINT}}  inet  n  -  n  -  -  smtpd
    -o syslog_name=postfix/submission
    -o smtpd_tls_security_level={{SUBMISSION_TLS}}
    -o smtpd_sasl_auth_enable={{SASL}}
    -o smtpd_client_restrictions={{SUBMISSION_CLIENTS}}
    -o milter_macro_daemon_name=ORIGINATING
    -o smtpd_client_connection_rate_limit=0
    -o smtpd_client_message_rate_limit=0
    -o smtpd_junk_command_limit=100
{{/SUBMISSION}}
{{#SMTPS}}
{{ENDPOINT}}  inet  n  -  n  -  -  smtpd
    -o syslog_name=postfix/smtps
    -o smtpd_tls_wrappermode=yes
    -o smtpd_sasl_auth_enable={{SASL}}
    -o smtpd_client_restrictions={{SUBMISSION_CLIENTS}}
    -o milter_macro_daemon_name=ORIGINATING
    -o smtpd_client_connection_rate_limit=0
    -o smtpd_client_message_rate_limit=0
    -o smtpd_junk_command_limit=100
{{/SMTPS}}
# Mail that is released from quarantine, from mgmtd alone: milterd refuses what
# shows no token of its. It has been through the rules of the way in, and its
# recipients are mailboxes already.
mailreeve-release  unix  n  -  n  -  -  smtpd
    -o syslog_name=postfix/release
    -o milter_macro_daemon_name=RELEASE
    -o receive_override_options=no_address_mappings
    -o smtpd_client_restrictions=
    -o smtpd_helo_restrictions=
    -o smtpd_sender_restrictions=
    -o smtpd_relay_restrictions=permit_mynetworks,reject
    -o smtpd_recipient_restrictions=permit_mynetworks,reject
    -o smtpd_data_restrictions=
    -o smtpd_end_of_data_restrictions=
    -o smtpd_discard_ehlo_keywords=
    -o smtpd_tls_security_level=none
    -o local_header_rewrite_clients=
# What programs of this host hand over by sendmail(1) waits for milterd, in the
# maildrop queue; what Postfix itself writes does not.
pickup    unix  n       -       n       60      1       pickup
    -o cleanup_service_name=mailreeve-submit
mailreeve-submit  unix  n  -  n  -  0  cleanup
    -o milter_macro_daemon_name=SUBMITTED
    -o non_smtpd_milters=$smtpd_milters
cleanup   unix  n       -       n       -       0       cleanup
    -o milter_macro_daemon_name=OWN
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
proxywrite unix -       -       n       -       1       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
    -o syslog_name=postfix/$service_name
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
local     unix  -       n       n       -       -       local
virtual   unix  -       n       n       -       -       virtual
lmtp      unix  -       -       n       -       -       lmtp
{{#REPORTING}}
mailreeve-spam unix -   n       n       -       2       pipe
    flags=Rq user=vmail argv={{REPORT_PROGRAM}} --attached spam ${sender}
mailreeve-ham unix  -   n       n       -       2       pipe
    flags=Rq user=vmail argv={{REPORT_PROGRAM}} --attached ham ${sender}
{{/REPORTING}}
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd

# {{HEADER}}
# Own settings: postfix.extra in {{CONFIG}}/*.yaml; they stand at the end.

compatibility_level = 3.6
myhostname = {{HOSTNAME}}
smtpd_banner = $myhostname {{BANNER}}
biff = no
append_dot_mydomain = no
readme_directory = no

# Listening addresses stand in master.cf: a change there needs a reload only.
inet_interfaces = all
inet_protocols = all

# Mail for this host itself (cron, root); people's mail is below.
mydestination = {{LOCAL_DESTINATIONS}}
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
mailbox_size_limit = 0
recipient_delimiter = +
relayhost =

# Domains, accounts and aliases are asked in the state database: a change there
# is in force at once.
virtual_mailbox_domains = proxy:sqlite:$config_directory/mailreeve/domains.cf
virtual_mailbox_maps =
    proxy:sqlite:$config_directory/mailreeve/accounts.cf
{{#REPORTING}}
    inline:{ {{RECIPIENTS}} }
{{/REPORTING}}
virtual_alias_maps =
    proxy:sqlite:$config_directory/mailreeve/aliases.cf
    proxy:sqlite:$config_directory/mailreeve/additional.cf
virtual_alias_domains =
virtual_transport = lmtp:unix:private/dovecot-lmtp
{{#REPORTING}}
# Where users send spam to, and what is none.
transport_maps = inline:{ {{TRANSPORTS}} }
{{/REPORTING}}

# Who may relay. This list alone decides it, and ends in a refusal.
mynetworks = {{MYNETWORKS}}
smtpd_relay_restrictions =
    permit_mynetworks
{{#AUTHENTICATION}}
    permit_sasl_authenticated
{{/AUTHENTICATION}}
    reject_unauth_destination

# One mailbox, one way to write it: with a route in its local part an address
# would pass every rule about the recipient that it ends up at.
allow_percent_hack = no
swap_bangpath = no
resolve_dequoted_address = no

# Asked for each recipient. An allow list entry ends this list early, and no
# other: relaying and sender ownership are decided elsewhere. Our own users and
# networks are behind the first part only.
smtpd_recipient_restrictions =
{{#REPORTING}}
    check_recipient_access inline:{ {{ACCESS}} }
{{/REPORTING}}
    check_policy_service { unix:{{POLICY_SOCKET}}, timeout=10s, { default_action = 451 4.3.5 Mail policy is not available, try again later } }
    reject_non_fqdn_recipient
{{#QUOTA}}
    check_policy_service { unix:private/quota-status, timeout=10s, default_action=DUNNO }
{{/QUOTA}}
{{#RESTRICTED}}
    permit_mynetworks
{{#AUTHENTICATION}}
    permit_sasl_authenticated
{{/AUTHENTICATION}}
{{/RESTRICTED}}
{{#RESTRICTION}}
    {{NAME}}
{{/RESTRICTION}}

{{#SENDER_MUST_MATCH_LOGIN}}
# A sender address belongs to its login. Strangers may use any: for them SPF
# and DMARC decide.
smtpd_sender_login_maps = proxy:sqlite:$config_directory/mailreeve/senders.cf
smtpd_sender_restrictions =
{{#SENDER_CHECK_EXCEPTIONS}}
    check_client_access cidr:{ {{EXCEPTIONS}} }
{{/SENDER_CHECK_EXCEPTIONS}}
    reject_authenticated_sender_login_mismatch

{{/SENDER_MUST_MATCH_LOGIN}}
{{^SENDER_MUST_MATCH_LOGIN}}
smtpd_sender_restrictions =

{{/SENDER_MUST_MATCH_LOGIN}}
# Authentication is Dovecot's, and offered on the submission ports only.
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_auth_enable = no
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = {{TLS_AUTH_ONLY}}

# Every message is shown to milterd; without it mail waits, it never slips by.
smtpd_milters = { unix:{{MILTER_SOCKET}}, connect_timeout=10s, command_timeout=30s, content_timeout=300s, default_action=tempfail }
milter_default_action = tempfail
milter_protocol = 6

# It signs bounces and notices as well. Of them none is lost: where milterd does
# not answer at once, they leave without a signature.
internal_mail_filter_classes = bounce, notify
non_smtpd_milters = { unix:{{MILTER_SOCKET}}, connect_timeout=2s, command_timeout=10s, content_timeout=30s, default_action=accept }

# Limits. One recipient more than allowed reaches milterd, which then refuses
# the message as a whole instead of letting it go to some.
message_size_limit = {{MESSAGE_SIZE_LIMIT}}
smtpd_recipient_limit = {{RECIPIENT_LIMIT}}
hopcount_limit = {{HOPCOUNT_LIMIT}}

# Against smuggled messages and clients that do not wait for answers.
smtpd_helo_required = {{HELO_REQUIRED}}
smtpd_forbid_bare_newline = normalize
smtpd_forbid_bare_newline_exclusions = $mynetworks
smtpd_forbid_unauth_pipelining = {{FORBID_PIPELINING}}
disable_vrfy_command = yes

# How much one client may do.
smtpd_client_connection_count_limit = {{CONNECTIONS}}
smtpd_client_connection_rate_limit = {{CONNECTION_RATE}}
smtpd_client_message_rate_limit = {{MESSAGE_RATE}}
smtpd_client_event_limit_exceptions = {{UNCOUNTED}}
smtpd_junk_command_limit = {{JUNK_COMMANDS}}
{{#POSTSCREEN}}

# Before a client reaches smtpd. Tests behind the greeting are off: they defer
# good senders once, as greylisting does, but for each of their addresses.
postscreen_access_list = {{ACCESS}}
postscreen_denylist_action = enforce
postscreen_greet_action = {{GREET_ACTION}}
postscreen_greet_wait = {{GREET_WAIT}}s
postscreen_dnsbl_action = enforce
postscreen_dnsbl_threshold = {{THRESHOLD}}
postscreen_dnsbl_allowlist_threshold = {{ALLOW_THRESHOLD}}
postscreen_dnsbl_sites =
{{#DNS_LIST}}
    {{SITE}}
{{/DNS_LIST}}
postscreen_pipelining_enable = no
postscreen_non_smtp_command_enable = no
postscreen_bare_newline_enable = no
postscreen_cache_map = {{CACHE_TYPE}}:$data_directory/postscreen_cache
{{/POSTSCREEN}}

# Dovecot 2.3 takes no SMTPUTF8 by LMTP: refused here, it would be a bounce
# later.
smtputf8_enable = no

# TLS, profile {{TLS_PROFILE}}. On port 25 it is offered only: who cannot would
# otherwise send in clear text elsewhere, or not at all.
smtpd_tls_chain_files = {{TLS_KEY}}, {{TLS_CERTIFICATE}}
smtpd_tls_security_level = may
smtpd_tls_protocols = {{TLS_PROTOCOLS}}
smtpd_tls_mandatory_protocols = {{TLS_MANDATORY_PROTOCOLS}}
smtpd_tls_mandatory_ciphers = medium
tls_medium_cipherlist = {{TLS_CIPHERS}}
tls_preempt_cipherlist = {{TLS_SERVER_CIPHER_ORDER}}
tls_ssl_options = NO_RENEGOTIATION
smtpd_tls_received_header = yes
smtpd_tls_loglevel = 1

smtp_tls_security_level = may
smtp_tls_CApath = /etc/ssl/certs
smtp_tls_loglevel = 1
smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache
{{#EXTRAS}}

# postfix.extra:
{{#EXTRA}}
{{NAME}} = {{VALUE}}
{{/EXTRA}}
{{/EXTRAS}}

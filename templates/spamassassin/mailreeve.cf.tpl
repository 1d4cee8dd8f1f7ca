# {{HEADER}}
# Read behind local.cf, which stays yours. Own rules: spam.rules in
# {{CONFIG}}/*.yaml.

# milterd compares the score by itself and writes the fields.
required_score {{THRESHOLD}}
report_safe 0

# Who hands mail over: milterd writes a Received field and these two in front.
envelope_sender_header X-Envelope-From
always_trust_envelope_sender 1
{{#TRUSTED}}
trusted_networks {{NETWORK}}
{{/TRUSTED}}
{{^NETWORK_TESTS}}

# No question leaves this host.
skip_rbl_checks 1
dns_available no
ifplugin Mail::SpamAssassin::Plugin::URIDNSBL
skip_uribl_checks 1
endif
{{/NETWORK_TESTS}}

# What is learned belongs to all users, and comes from mail that was sent.
loadplugin MailreeveDryRun mailreeve-dry-run.pm
use_bayes 1
bayes_auto_learn {{AUTO_LEARN}}
ifplugin Mail::SpamAssassin::Plugin::AutoLearnThreshold
bayes_auto_learn_threshold_spam {{LEARN_SPAM}}
bayes_auto_learn_threshold_nonspam {{LEARN_HAM}}
endif

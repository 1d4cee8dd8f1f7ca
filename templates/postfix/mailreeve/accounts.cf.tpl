# {{HEADER}}
# Mailboxes: accounts that are enabled, under their main domain.
dbpath = {{STATE_DATABASE}}
query = SELECT local FROM account WHERE local = '%u' AND domain = '%d' AND enabled = 1

# {{HEADER}}
# An address in an additional domain is the same one in the main domain, but
# only where that account exists: what does not is refused at RCPT.
dbpath = {{STATE_DATABASE}}
query = SELECT account.local || '@' || account.domain FROM domain JOIN account ON account.domain = domain.main AND account.local = '%u' WHERE domain.name = '%d' AND domain.name <> domain.main AND account.enabled = 1

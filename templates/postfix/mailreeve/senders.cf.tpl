# {{HEADER}}
# Which login may use a sender address: the account's own address, in its
# additional domains too, and aliases that lead to this account alone.
dbpath = {{STATE_DATABASE}}
query = SELECT account.local || '@' || account.domain FROM domain JOIN account ON account.domain = domain.main AND account.local = '%u' WHERE domain.name = '%d' UNION SELECT max(alias.target) FROM domain JOIN alias ON alias.address = '%u@' || domain.main WHERE domain.name = '%d' GROUP BY alias.address HAVING count(*) = 1

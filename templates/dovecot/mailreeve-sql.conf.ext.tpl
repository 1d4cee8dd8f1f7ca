# {{HEADER}}
driver = sqlite
connect = {{STATE_DATABASE}}
default_pass_scheme = ARGON2ID

# An account is known by its address in the main domain and in each additional
# one. SCRAM proves itself against its own secret.
password_query = SELECT account.local || '@' || account.domain AS user, \
  CASE WHEN '%m' LIKE 'SCRAM-%%' THEN account.scram ELSE account.password END AS password \
  FROM domain JOIN account ON account.domain = domain.main \
  WHERE domain.name = '%d' AND account.local = '%n' AND account.enabled = 1

# A disabled account gets no mail and no login; doveadm still reaches its mail.
user_query = SELECT account.local || '@' || account.domain AS user, \
  '{{VOLUME}}/' || account.domain || '/' || account.local AS home \
  FROM domain JOIN account ON account.domain = domain.main \
  WHERE domain.name = '%d' AND account.local = '%n' \
  AND (account.enabled = 1 OR '%s' = 'doveadm')

iterate_query = SELECT local || '@' || domain AS user FROM account

# {{HEADER}}
# Domains whose mail is kept here, additional ones included.
dbpath = {{STATE_DATABASE}}
query = SELECT main FROM domain WHERE name = '%s'

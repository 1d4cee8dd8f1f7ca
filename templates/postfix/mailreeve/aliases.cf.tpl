# {{HEADER}}
# Aliases, in their main domain and its additional ones.
dbpath = {{STATE_DATABASE}}
query = SELECT alias.target FROM domain JOIN alias ON alias.address = '%u@' || domain.main WHERE domain.name = '%d'

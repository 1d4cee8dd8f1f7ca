# {{HEADER}}
# Read by spamd's unit and its init script.
#
# Who may write to the socket may teach: members of group mailreeve only.
OPTIONS="--allow-tell --create-prefs --helper-home-dir --max-children={{MAX_CHILDREN}}{{#LOCAL}} --local{{/LOCAL}} --socketpath={{SOCKET}} --socketowner=root --socketgroup=mailreeve --socketmode=0660"
PIDFILE="/run/spamd.pid"

# {{HEADER}}
# Mail that a user moves to Junk is spam.
require ["vnd.dovecot.pipe", "copy", "imapsieve", "environment", "variables"];
if environment :matches "imap.user" "*" {
  set "user" "${1}";
}
pipe :copy "mailreeve-report" ["spam", "${user}"];

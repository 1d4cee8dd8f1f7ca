# {{HEADER}}
# antivirus.updates in {{CONFIG}}/*.yaml decides what stands here.
DatabaseOwner clamav
DatabaseDirectory /var/lib/clamav
LogSyslog yes
LogFacility LOG_MAIL
NotifyClamd {{CLAMAV}}/clamd.conf
MaxAttempts 5
TestDatabases yes
{{#AUTOMATIC}}
Checks {{CHECKS}}
{{/AUTOMATIC}}
{{#UNOFFICIAL}}
ExcludeDatabase main
ExcludeDatabase daily
ExcludeDatabase bytecode
{{/UNOFFICIAL}}
{{#PRIVATE}}
PrivateMirror {{MIRROR}}
{{/PRIVATE}}
{{#OFFICIAL}}
DNSDatabaseInfo current.cvd.clamav.net
{{/OFFICIAL}}
{{#MIRRORS}}
DatabaseMirror {{MIRROR}}
{{/MIRRORS}}
{{#DATABASES}}
DatabaseCustomURL {{URL}}
{{/DATABASES}}

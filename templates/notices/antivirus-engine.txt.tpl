# {{HEADER}}
# Sent to antivirus.warn_to when the ICAP server stops answering, and when it is
# back. {{SERVER}} is where it should be, {{REASON}} what happened, {{HOSTNAME}} this
# server. What stands between DOWN and BACK is for one of the two.
Subject: Antivirus on {{HOSTNAME}}: the ICAP server's state has changed

{{#DOWN}}
The ICAP server {{SERVER}} does not answer:

    {{REASON}}

Until it does, ClamAV scans all mail in its place. It is tried again every half
minute.
{{/DOWN}}
{{#BACK}}
The ICAP server {{SERVER}} answers again and scans all mail.
{{/BACK}}

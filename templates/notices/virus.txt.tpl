# {{HEADER}}
# Sent to the recipients of a message in which a virus was found. Above the line
# "Subject:" only comments may stand; what follows the empty line is the text.
# {{SENDER}}, {{SUBJECT}}, {{VIRUS}} and {{DATE}} are the message's; {{HOSTNAME}} is
# this server. What stands between QUARANTINED and DELETED is for one of the two.
Subject: A message to you contained a virus

A message to you was held back, because a virus was found in it.

    From:     {{SENDER}}
    Subject:  {{SUBJECT}}
    Received: {{DATE}}
    Found:    {{VIRUS}}

{{#QUARANTINED}}
It is kept in quarantine. You need not do anything. If you think that this is a
mistake, ask your administrator to look at it.
{{/QUARANTINED}}
{{#DELETED}}
It has been deleted. You need not do anything. If you expected it, ask the sender
to check their computer and to send it again.
{{/DELETED}}

{{HOSTNAME}}

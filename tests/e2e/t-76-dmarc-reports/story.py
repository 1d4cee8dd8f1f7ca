"""DMARC aggregate reports: what came in the name of a domain is counted, and the domain
is told, in the form of RFC 7489, by mail to those who want it and to nobody else.
"""

import email
import email.policy
import gzip
import re
import xml.etree.ElementTree as ElementTree

from lab import check, compose, contains, lacks, wait_for

SETTINGS = """
dmarc_reports:
  from: reports@example.com
  organisation: Example & Sons
  exclude_recipients: [reports@example.com]
  exclude_domains: [elsewhere.test]
"""

RECORDS = (
    'outside.test. TXT "v=spf1 ip4:203.0.113.0/24 -all"',
    '_dmarc.outside.test. TXT "v=DMARC1; p=none; rua=mailto:dmarc@outside.test,'
    'mailto:dmarc@partner.test,mailto:stranger@elsewhere.test,mailto:tiny@outside.test!1k"',
    'outside.test._report._dmarc.partner.test. TXT "v=DMARC1"',
    'elsewhere.test. TXT "v=spf1 ip4:203.0.113.0/24 -all"',
    '_dmarc.elsewhere.test. TXT "v=DMARC1; p=none; rua=mailto:dmarc@elsewhere.test"',
)

# RFC 7489, appendix C: what each element holds, in order. ? may be missing, * and + may
# repeat; None is a text.
SHAPE = {
    "feedback": "version report_metadata policy_published record+",
    "report_metadata": "org_name email extra_contact_info? report_id date_range error*",
    "date_range": "begin end",
    "policy_published": "domain adkim? aspf? p sp pct fo",
    "record": "row identifiers auth_results",
    "row": "source_ip count policy_evaluated",
    "policy_evaluated": "disposition dkim spf reason*",
    "reason": "type comment?",
    "identifiers": "envelope_to? envelope_from header_from",
    "auth_results": "dkim* spf+",
    "dkim": "domain selector? result human_result?",
    "spf": "domain scope result",
}

WORDS = {
    "adkim": "[rs]", "aspf": "[rs]", "p": "none|quarantine|reject",
    "sp": "none|quarantine|reject", "disposition": "none|quarantine|reject",
    "pct": r"\d+", "count": r"[1-9]\d*", "begin": r"\d{10}", "end": r"\d{10}",
    "scope": "helo|mfrom", "source_ip": r"[0-9a-f.:]+",
    "type": "forwarded|sampled_out|trusted_forwarder|mailing_list|local_policy|other",
}


def story(world):
    for record in RECORDS:
        world.names.add(record)
    world.govern(SETTINGS, domain="aliases: [{name: reports, to: [alice]}]\n")
    counted(world)
    report = sent(world)
    validated(report)
    told_nobody_else(world)
    once_only(world)


def counted(world):
    for number in range(2):
        check("a message that passes", world.send(compose(f"good {number}")).code, 250)
    check("one of another address", world.send(compose("good too"),
                                               door=world.wan.at("203.0.113.12")).code, 250)
    forged = compose("forged", sender="boss@outside.test")
    check("a forged one is taken, as the domain wants no more than to know",
          world.send(forged, "x@mx.outside.test").code, 250)
    check("and a domain that is excluded", world.send(
        compose("else", sender="a@elsewhere.test"), "a@elsewhere.test").code, 250)
    echo = compose("Report Domain: example.com", to="reports@example.com")
    check("a report that others send us", world.send(echo, to="reports@example.com").code, 250)
    world.wait_for_mail("alice@example.com", "Report Domain")


def sent(world):
    world.mgmtctl("dmarc", "reports", "send", "--today")
    world.mgmtctl("job", "run", "send-notices")
    raw = wait_for(lambda: (world.far.mailbox("dmarc@outside.test") or [None])[0], 30,
                   "the report at the far end")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    contains("the subject names domain, submitter and report", message["Subject"],
             "Report Domain: outside.test", "Submitter: mail.example.com", "Report-ID: <")
    check("it comes from the address in the settings", str(message["From"]),
          "reports@example.com")
    check("and is marked as a machine's", message["Auto-Submitted"], "auto-generated")
    check("no answer to it can bounce", message["Return-Path"], "<>")
    parts = list(message.iter_attachments())
    check("it has one attachment", [part.get_content_type() for part in parts],
          ["application/gzip"])
    contains("named as the RFC wants", parts[0].get_filename(),
             "mail.example.com!outside.test!", ".xml.gz")
    return ElementTree.fromstring(gzip.decompress(parts[0].get_content()))


def holds_to_shape(element, parent=""):
    """Nothing, or what is wrong with the element or one below it."""
    verdict = parent == "policy_evaluated" and element.tag in ("dkim", "spf")
    wanted = None if verdict else SHAPE.get(element.tag)
    if wanted is None:
        pattern = "pass|fail" if verdict else WORDS.get(element.tag, "(?s).*")
        good = len(element) == 0 and re.fullmatch(pattern, element.text or "")
        return None if good else f"{element.tag}: {element.text!r}"
    pattern = "".join(re.sub(r"(\w+)([?*+]?)", r"(?:\1 )\2", word) for word in wanted.split())
    children = "".join(child.tag + " " for child in element)
    if not re.fullmatch(pattern, children):
        return f"{element.tag} holds {children}, not {wanted}"
    return next(filter(None, (holds_to_shape(child, element.tag) for child in element)), None)


def validated(report):
    check("the document is a feedback", report.tag, "feedback")
    check("every element is where RFC 7489 has it", holds_to_shape(report), None)
    check("the organisation survives XML", report.findtext("report_metadata/org_name"),
          "Example & Sons")
    rows = sorted((row.findtext("row/source_ip"), int(row.findtext("row/count")),
                   row.findtext("row/policy_evaluated/spf"),
                   row.findtext("auth_results/spf/domain"),
                   row.findtext("identifiers/header_from"))
                  for row in report.findall("record"))
    check("messages are counted by what they have in common", rows,
          [("203.0.113.10", 1, "fail", "mx.outside.test", "outside.test"),
           ("203.0.113.10", 2, "pass", "outside.test", "outside.test"),
           ("203.0.113.12", 1, "pass", "outside.test", "outside.test")])


def told_nobody_else(world):
    wait_for(lambda: world.far.mailbox("dmarc@partner.test"), 20,
             "the report where another domain wants it")
    listed = world.mgmtctl("--json", "dmarc", "reports", "list", "--domain", "outside.test").out
    contains("the list says who was left out, and why", listed,
             "elsewhere.test does not say", "tiny@outside.test: takes no more than 1024")
    check("no others got one", [len(world.far.mailbox(address)) for address in
                                ("stranger@elsewhere.test", "tiny@outside.test",
                                 "dmarc@elsewhere.test")], [0, 0, 0])
    shown = world.mgmtctl("dmarc", "reports", "show", "1").out
    contains("it can be looked at", shown, "<feedback>", "<policy_published>")
    lacks("and holds no local part of anybody", shown, "alice", "someone@")


def once_only(world):
    world.mgmtctl("dmarc", "reports", "send", "--today")
    world.mgmtctl("job", "run", "send-notices")
    check("what was reported is not reported again",
          len(world.far.mailbox("dmarc@outside.test")), 1)

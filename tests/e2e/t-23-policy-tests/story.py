"""Expectations stand beside the settings: `mgmtctl test` holds them against the real
engine, and when asked to, apply refuses while one does not hold.
"""

from lab import check, contains

SETTINGS = """
tests: {before_apply: true}
lists:
  block: [{name: pests, sender: "*@pest.test"}]
greylisting:
  enabled: true
  default_action: allow
  rules: [{name: dial-up, host: "*.dialup.test", action: block}]
content_rules:
  enabled: true
  action: quarantine
  rules: [{name: project, pattern: blue falcon, score: 50}]
"""

EXPECTATIONS = """
tests:
  - name: pests are refused
    from: a@pest.test
    to: [alice@example.com]
    client: 203.0.113.10
    expect: {code: 550}
  - name: others are welcome
    from: b@outside.test
    to: [alice@example.com]
    client: 203.0.113.10
    expect: {code: 250, held: false, delivered: [alice@example.com]}
  - name: dial-up hosts are refused by their name
    from: b@outside.test
    to: [alice@example.com]
    client: 203.0.113.10
    client_name: a7.dialup.test
    expect: {code: 550, decided_by: greylist}
  - name: the project's mail is held
    from: b@outside.test
    to: [alice@example.com]
    client: 203.0.113.10
    message: |
      From: b@outside.test
      Subject: News

      The Blue Falcon flies.
    expect: {code: 250, decided_by: content_rules, held: true, delivered: []}
"""


def story(world):
    world.govern(SETTINGS)
    world.write("/etc/mailreeve/tests/first.yaml", EXPECTATIONS)
    said = world.mgmtctl("test")
    contains("all expectations hold", said.out, "pests are refused", "others are welcome",
             "4 of 4")

    world.configure(SETTINGS.replace("*@pest.test", "*@guest.test"))
    said = world.mgmtctl("test", check=False)
    check("after a slip of the pen one does not", said.code, 6)
    contains("and is named", said.said, "pests are refused")
    refusal = world.mgmtctl("apply", "--yes", check=False)
    check("apply refuses", refusal.code, 6)
    contains("for that reason", refusal.said, "pests are refused")
    world.configure(SETTINGS.replace("action: quarantine", "action: delete"))
    said = world.mgmtctl("test", check=False)
    check("what is thrown away is not held", said.code, 6)
    contains("though the answer is the same", said.said,
             "it is not held, expected to be")
    world.configure(SETTINGS)
    check("mended, it applies", world.apply().code, 0)

"""Expectations stand beside the settings: `mgmtctl test` holds them against the real
engine, and when asked to, apply refuses while one does not hold.
"""

from lab import check, contains

SETTINGS = """
tests: {before_apply: true}
lists:
  block: [{name: pests, sender: "*@pest.test"}]
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
    expect: {code: 250}
"""


def story(world):
    world.govern(SETTINGS)
    world.write("/etc/mailreeve/tests/first.yaml", EXPECTATIONS)
    said = world.mgmtctl("test")
    contains("both expectations hold", said.out, "pests are refused", "others are welcome")

    world.configure(SETTINGS.replace("*@pest.test", "*@guest.test"))
    said = world.mgmtctl("test", check=False)
    check("after a slip of the pen one does not", said.code, 6)
    contains("and is named", said.said, "pests are refused")
    refusal = world.mgmtctl("apply", "--yes", check=False)
    check("apply refuses", refusal.code, 6)
    contains("for that reason", refusal.said, "pests are refused")
    world.configure(SETTINGS)
    check("mended, it applies", world.apply().code, 0)

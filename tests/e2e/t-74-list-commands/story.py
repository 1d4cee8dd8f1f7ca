"""The lists by command: added, found, counted, moved in and out, expired, removed;
and what is doubtful about them.
"""

import json

from lab import check, compose, contains, lacks, wait_for

SETTINGS = """
lists:
  allow:
    - {name: our bank, domain: bank.test}
    - {name: ourselves, domain: example.com}
  block:
    - {name: pests, sender: "*@pest.test"}
    - {name: one pest, sender: a@pest.test}
    - {name: last year, ip: 203.0.113.16, expires: 2020-12-31}
"""

CSV = """list,name,criterion,value,action,expires,note
block,bulk,sender,*@bulk.test,discard,,too loud
allow,branch,network,203.0.113.16/30,,2999-12-31,
block,bulk,sender,*@other.test,,,
block,nonsense,ip,not an address,,,
"""

ACCESS = "203.0.113.14 REJECT\nmx.outside.test OK\n"

SENDERS = "mass.test REJECT\n"


def story(world):
    world.govern(SETTINGS)
    added_and_applied(world)
    counted(world)
    moved_in_and_out(world)
    expired(world)
    removed(world)
    advised(world)


def entries(world, *flags):
    return json.loads(world.mgmtctl("list", "search", *flags, "--json").out)["entries"]


def sent(world, label, sender="someone@outside.test", host=10):
    return world.send(compose(label), sender, door=world.wan.at(f"203.0.113.{host}")).code


def added_and_applied(world):
    world.mgmtctl("list", "add", "block", "--ip", "203.0.113.11", "--name", "flood",
                  "--note", "since Monday")
    check("an entry has no effect before apply", sent(world, "before", host=11), 250)
    contains("the plan shows it", world.mgmtctl("plan").out, "flood")
    world.apply()
    check("and one after it", sent(world, "after", host=11), 550)
    again = world.mgmtctl("list", "add", "block", "--sender", "x@y.test", "--name", "Pests",
                          check=False)
    check("a name is given once, wherever it stands", again.code, 1)
    wrong = world.mgmtctl("list", "add", "block", "--domain", "y.test", check=False)
    check("what is no entry is refused", wrong.code, 1)
    contains("and told why", wrong.err, "allow list")


def counted(world):
    for number in range(2):
        check("a pest is refused", sent(world, f"pest {number}", "b@pest.test"), 550)

    def pests():
        return [row for row in entries(world, "pests") if row["hits"] == 2]

    row = wait_for(pests, 15, "both hits")[0]
    check("with the time of the last", row["last_hit"] > row["counted_since"] - 1)
    said = world.mgmtctl("list", "show", "block", "pests").out
    contains("show tells it in words", said, "*@pest.test", "Hits:      2 since",
             "a file of the administrator's")
    found = world.mgmtctl("list", "search", "monday").out
    contains("an entry is found by its note", found, "flood", "203.0.113.11")
    lacks("and others are not", found, "pests")


def moved_in_and_out(world):
    world.write("/tmp/lists.csv", CSV)
    dry = world.mgmtctl("list", "import", "--dry-run", "/tmp/lists.csv")
    contains("a dry run says what would be", dry.out, "2 would be imported, 2 left alone")
    check("and does nothing", entries(world, "bulk"), [])
    done = world.mgmtctl("list", "import", "/tmp/lists.csv")
    contains("a CSV file is imported", done.out, "2 imported, 2 left alone")
    contains("each line left alone is named", done.err, "4: bulk: exists already",
             "5: nonsense: ip: must be an IP address")
    world.write("/tmp/access", ACCESS)
    done = world.mgmtctl("list", "import", "--format", "access", "--kind", "client",
                         "/tmp/access")
    contains("so is Postfix's access table", done.out, "1 imported, 1 left alone")
    world.write("/tmp/senders", SENDERS)
    done = world.mgmtctl("list", "import", "--format", "access", "--kind", "sender",
                         "/tmp/senders")
    contains("a domain of such a table is two entries", done.out, "2 imported")
    world.apply()
    check("all of it is in force", [sent(world, "listed", host=14),
                                    sent(world, "loud", "x@bulk.test"),
                                    sent(world, "domain", "x@mass.test"),
                                    sent(world, "below it", "x@news.mass.test")],
          [550, 250, 550, 550])
    exported = world.mgmtctl("list", "export").out
    contains("the lists go out as CSV", exported,
             "block,bulk,sender,*@bulk.test,discard,,,too loud,yes")
    access = world.mgmtctl("list", "export", "--format", "access", "--kind", "sender").out
    contains("and as an access table", "\n" + access, "\nmass.test\tREJECT\n",
             "\na@pest.test\tREJECT\n")
    contains("with what that cannot say in comments", access, "# bank.test\tOK",
             "# *@bulk.test\tDISCARD", "would fit its sub-domains, too")


def expired(world):
    check("an entry that has expired does nothing", sent(world, "last year", host=16), 250)
    contains("it is still shown", world.mgmtctl("list", "search", "last year").out,
             "2020-12-31")


def removed(world):
    world.mgmtctl("list", "remove", "block", "flood")
    world.apply()
    check("what was removed is out of force", sent(world, "free again", host=11), 250)
    refused = world.mgmtctl("list", "remove", "block", "pests", check=False)
    contains("an entry of a file of the administrator's is not touched", refused.err,
             "file of yours")


def advised(world):
    said = world.mgmtctl("advise").out
    contains("advice names what is doubtful", said, 'forgeable: allow "our bank"',
             'own: allow "ourselves"', 'shadowed: block "one pest"',
             'expired: block "last year"')
    check("as JSON, too", {row["kind"] for row in json.loads(
        world.mgmtctl("advise", "--json").out)["advice"]},
          {"forgeable", "own", "shadowed", "expired"})

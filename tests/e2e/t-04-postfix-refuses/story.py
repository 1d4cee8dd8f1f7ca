"""Postfix refuses what is rendered: a misspelt parameter, an impossible value, a
template that breaks master.cf. Nothing is installed, and the reason is shown.
"""

from lab import check, compose, contains

TEMPLATE = "/etc/mailreeve/templates/postfix/master.cf.tpl"


def extra(name, value):
    return f"postfix:\n  extra:\n    {name}: \"{value}\"\n"


def story(world):
    world.govern()
    # What `postfix check` says of the staged tree goes to the log as well.
    world.tolerate("postfix/postfix-script", "fatal: cannot execute /usr/sbin/postconf!")
    before = (world.mail.read("/etc/postfix/main.cf"), world.mail.read("/etc/postfix/master.cf"))

    def refused(label, *words):
        refusal = world.mgmtctl("apply", "--yes", check=False)
        check(f"{label} is refused", refusal.code in (1, 3))
        contains("   and the reason is shown", refusal.err, *words)
        check("   both files are as they were",
              (world.mail.read("/etc/postfix/main.cf"),
               world.mail.read("/etc/postfix/master.cf")), before)
        check("   mail goes on", world.send(compose(label)).code, 250)
        world.wait_for_mail("alice@example.com", label)

    world.configure(extra("smtpd_cleint_restrictions", "permit"))
    refused("a misspelt parameter", "smtpd_cleint_restrictions")
    world.configure(extra("smtpd_relay_restrictions", "permit"))
    refused("a parameter that is ours", "smtpd_relay_restrictions")
    world.configure(extra("maximal_queue_lifetime", "for ever"))
    refused("an impossible value", "maximal_queue_lifetime")

    world.configure()
    original = world.mail.read("/usr/share/mailreeve/templates/postfix/master.cf.tpl").decode()
    world.write(TEMPLATE, original + "\nbroken inet n\n")
    refused("a line in master.cf that is too short", "master.cf")
    world.mail.run("rm", TEMPLATE)

    world.configure(extra("maximal_queue_lifetime", "3d"))
    world.apply()
    check("a good value is set", world.mail.run("postconf", "-h", "maximal_queue_lifetime").out,
          "3d\n")

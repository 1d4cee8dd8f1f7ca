"""A template that the administrator overrode is broken: apply says where, changes
nothing, and the system in force goes on.
"""

from lab import check, compose, contains
from lab.governed import SERVER

TEMPLATES = "/etc/mailreeve/templates"


def story(world):
    world.govern()
    before = world.mail.read("/etc/postfix/main.cf")

    def refused(label, name, text, *words):
        world.write(f"{TEMPLATES}/{name}", text)
        refusal = world.mgmtctl("apply", "--yes", check=False)
        check(f"{label} is refused", refusal.code, 1)
        contains("   and named", refusal.err, *words)
        check("   main.cf is as it was", world.mail.read("/etc/postfix/main.cf"), before)
        check("   mail goes on", world.send(compose(label)).code, 250)
        world.mail.run("rm", f"{TEMPLATES}/{name}")

    original = world.mail.read("/usr/share/mailreeve/templates/postfix/main.cf.tpl").decode()
    refused("a section that is never closed", "postfix/main.cf.tpl",
            original + "{{#SECTION}}\nx = 1\n", "main.cf.tpl")
    refused("an unknown marker", "postfix/main.cf.tpl", original + "{{NO_SUCH_VALUE}}\n",
            "main.cf.tpl", "NO_SUCH_VALUE")
    refused("an empty template", "postfix/main.cf.tpl", "", "postfix")
    check("without them apply works again", world.apply().code, 0)


__all__ = ["SERVER", "story"]

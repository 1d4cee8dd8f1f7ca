"""The disk is full: for our state, and for /etc. Apply fails with the reason,
changes nothing that is in force, and works again when there is room.
"""

from lab import check, compose, contains


def fill(world, folder):
    world.mail.run("sh", "-c", f"dd if=/dev/zero of={folder}/filler bs=4k 2>/dev/null; true")


def small_disk(world, folder):
    """Put what is in `folder` on a disk that has hardly any room left."""
    world.mail.run("sh", "-ec", f"""
        cp -a {folder} /tmp/aside
        mount -t tmpfs -o size=3m,mode=755 small {folder}
        chown --reference=/tmp/aside {folder}; chmod --reference=/tmp/aside {folder}
        cp -a /tmp/aside/. {folder}/ && rm -rf /tmp/aside
        """)


def story(world):
    world.govern()
    before = world.mail.read("/etc/postfix/main.cf")
    small_disk(world, "/etc/postfix")
    world.mail.run("postfix", "reload")
    fill(world, "/etc/postfix")
    world.configure("server:\n  hostname: mail.example.com\n  max_recipients: 7\n  tls:\n"
                    "    certificate: /etc/ssl/mail.example.com.pem\n"
                    "    key: /etc/ssl/private/mail.example.com.key\n")
    outcome = world.mgmtctl("apply", "--yes", check=False)
    check(f"with /etc full apply fails, exit status {outcome.code}", outcome.code != 0)
    contains("and says why", outcome.err, "No space left on device")
    check("main.cf is as it was", world.mail.read("/etc/postfix/main.cf"), before)
    check("mail comes in", world.send(compose("full")).code, 250)
    world.wait_for_mail("alice@example.com", "full")

    world.mail.run("rm", "/etc/postfix/filler")
    world.apply()
    check("with room again it works, and lets one more reach milterd, which refuses it",
          world.mail.run("postconf", "-h", "smtpd_recipient_limit").out, "8\n")

"""OpenDKIM as the milter of the far Postfix: somebody else's word on a signature."""

from .checks import wait_for

CONFIGURATION = """
Mode v
Socket inet:8891@127.0.0.1
Nameservers 192.0.2.53
AuthservID mx.outside.test
AlwaysAddARHeader yes
UserID root
Syslog yes
"""


class Verifier:
    """`with Verifier(world.far): ...`; every message that comes in meanwhile is judged."""

    def __init__(self, far):
        self.far = far

    def __enter__(self):
        self.far.write("/etc/opendkim.conf", CONFIGURATION)
        self.process = self.far.spawn("opendkim", "-f", "-x", "/etc/opendkim.conf")
        wait_for(lambda: self.far.run("ss", "-Hltn", "sport = :8891").out.strip(), 20,
                 "OpenDKIM")
        self.far.run("postconf", "smtpd_milters=inet:127.0.0.1:8891")
        self.far.run("postfix", "reload")
        return self

    def __exit__(self, *_):
        self.far.run("postconf", "-X", "smtpd_milters")
        self.far.run("postfix", "reload")
        self.process.terminate()
        self.process.wait()


def results(raw, authserv_id="mx.outside.test"):
    """The Authentication-Results of that name, unfolded."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    lines = head.replace("\n\t", " ").replace("\n ", " ").split("\n")
    return " ".join(line for line in lines
                    if line.startswith(f"Authentication-Results: {authserv_id};"))

"""Other people's signers: dkimpy and OpenDKIM, with keys that stories publish."""

import subprocess
import tempfile

import dkim


def _run(*argv, stdin=None):
    return subprocess.run(argv, input=stdin, check=True, capture_output=True).stdout


class Key:
    """An RSA key of a domain, as OpenSSL makes it."""

    def __init__(self, domain, selector, bits=2048):
        self.domain, self.selector = domain, selector
        self.name = f"{selector}._domainkey.{domain}"
        self.pem = _run("openssl", "genrsa", "-traditional", str(bits))
        with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
            file.write(self.pem)
        self.file = file.name
        der = _run("openssl", "rsa", "-pubout", "-outform", "DER", stdin=self.pem)
        self.text = "v=DKIM1; k=rsa; p=" + _run("base64", "-w0", stdin=der).decode()

    def record(self):
        """For NameServer.add()."""
        return f"{self.name}. TXT {zone_text(self.text)}"

    def sign(self, message, **options):
        """`message` with a signature of dkimpy's on top."""
        return dkim.sign(message, self.selector.encode(), self.domain.encode(), self.pem,
                         include_headers=[b"from", b"to", b"subject", b"date"],
                         **options) + message

    def seal(self, message, authserv_id):
        """`message` with an ARC set of dkimpy's on top, over its Authentication-Results."""
        fields = dkim.arc_sign(message, self.selector.encode(), self.domain.encode(),
                               self.pem, authserv_id.encode())
        return b"".join(fields) + message


def zone_text(text):
    """A long TXT record as strings of a zone file."""
    return " ".join(f'"{text[at:at + 250]}"' for at in range(0, len(text), 250))

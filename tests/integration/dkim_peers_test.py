#!/usr/bin/python3
"""Our DKIM and ARC against OpenDKIM's and dkimpy's: each must take what the
other made, and refuse what was changed on the way. What neither should believe,
ours must not.

    dkim_peers_test.py PATH-OF-DKIM_TOOL

A peer that is not installed is skipped; without any, the test ends with 77.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import dkim
except ImportError:
    dkim = None
try:
    import authres
except ImportError:
    authres = None

TOOL = os.path.abspath(sys.argv.pop(1))
OPENDKIM = shutil.which("opendkim-testmsg", path=os.environ["PATH"] + ":/usr/sbin:/sbin")

MESSAGE = (b"From: Alice <alice@example.com>\r\n"
           b"To: Bob <bob@example.org>\r\n"
           b"Subject: a  folded\r\n\tsubject\r\n"
           b"Date: Sun, 22 Nov 2026 04:00:00 +0000\r\n"
           b"Message-ID: <1@example.com>\r\n"
           b"\r\n"
           b"Hello  Bob, \r\n\r\n.. and bye\t\r\n\r\n\r\n")

# What happens to a message on its way, and whether its signatures survive.
JOURNEYS = {
    "untouched": (lambda message: message, True),
    "a body changed": (lambda message: message.replace(b"Hello", b"Hallo"), False),
    "a subject changed": (lambda message: message.replace(b"Subject: a", b"Subject: b"), False),
}


def run(*arguments, stdin=b""):
    done = subprocess.run(arguments, input=stdin, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.stderr.decode()}")
    return done.stdout


class Peers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.records = {}
        for kind in ("rsa", "ed25519"):
            text = run(TOOL, "key", kind, cls.key(kind)).decode().strip()
            cls.records[f"{kind}._domainkey.example.com"] = text
        with open(f"{cls.folder}/records", "w", encoding="ascii") as file:
            file.writelines(f"{name} {text}\n" for name, text in cls.records.items())

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def key(cls, kind):
        return f"{cls.folder}/{kind}.pem"

    def sign(self, message, *kinds):
        return run(TOOL, "sign", "example.com", *(f"{kind}={self.key(kind)}" for kind in kinds),
                   stdin=message)

    def verify(self, message):
        """{"dkim rsa": "pass", "arc": "none"}"""
        answers = {}
        for line in run(TOOL, "verify", f"{self.folder}/records", stdin=message).decode().splitlines():
            words = line.split()
            answers[f"{words[0]} {words[2]}" if words[0] == "dkim" else "arc"] = words[1]
        return answers

    def lookup(self, name, timeout=5):
        return self.records[name.decode().rstrip(".")].encode()

    def pkcs1(self):
        """The RSA key in the older form, which dkimpy and OpenDKIM read."""
        pem = f"{self.folder}/rsa-old.pem"
        run("openssl", "pkey", "-in", self.key("rsa"), "-traditional", "-out", pem)
        return pem

    def test_ours_passes_at_ours(self):
        for label, (journey, survives) in JOURNEYS.items():
            with self.subTest(label):
                answers = self.verify(journey(self.sign(MESSAGE, "rsa", "ed25519")))
                want = "pass" if survives else "fail"
                self.assertEqual(answers, {"dkim rsa": want, "dkim ed25519": want, "arc": "none"})

    @unittest.skipUnless(dkim, "python3-dkim is not installed")
    def test_ours_passes_at_dkimpy(self):
        for kind in self.kinds():
            for label, (journey, survives) in JOURNEYS.items():
                with self.subTest(f"{kind}: {label}"):
                    signed = journey(self.sign(MESSAGE, kind))
                    self.assertEqual(dkim.verify(signed, dnsfunc=self.lookup), survives)

    @unittest.skipUnless(dkim, "python3-dkim is not installed")
    def test_dkimpys_passes_at_ours(self):
        with open(self.pkcs1(), "rb") as file:
            key = file.read()
        for canonical in ((b"relaxed", b"relaxed"), (b"simple", b"simple")):
            signature = dkim.sign(MESSAGE, b"rsa", b"example.com", key, canonicalize=canonical)
            for label, (journey, survives) in JOURNEYS.items():
                with self.subTest(f"{canonical}: {label}"):
                    answers = self.verify(journey(signature + MESSAGE))
                    self.assertEqual(answers["dkim rsa"], "pass" if survives else "fail")

    @unittest.skipUnless(dkim, "python3-dkim is not installed")
    def test_our_seal_passes_at_dkimpy(self):
        sealed = run(TOOL, "seal", "example.com", f"rsa={self.key('rsa')}", stdin=MESSAGE)
        self.assertEqual(self.verify(sealed)["arc"], "pass")
        for label, (journey, survives) in JOURNEYS.items():
            with self.subTest(label):
                chain, _, problem = dkim.arc_verify(journey(sealed), dnsfunc=self.lookup)
                self.assertEqual(chain, b"pass" if survives else b"fail", problem)

    @unittest.skipUnless(dkim and authres, "python3-dkim or python3-authres is not installed")
    def test_dkimpys_seal_passes_at_ours(self):
        with open(self.pkcs1(), "rb") as file:
            key = file.read()
        results = b"Authentication-Results: mx.example.com; spf=none\r\n"
        message = results + MESSAGE
        fields = dkim.arc_sign(message, b"rsa", b"example.com", key, b"mx.example.com")
        for label, (journey, survives) in JOURNEYS.items():
            with self.subTest(label):
                answers = self.verify(journey(b"".join(fields) + message))
                self.assertEqual(answers["arc"], "pass" if survives else "fail")

    @unittest.skipUnless(OPENDKIM, "opendkim-tools is not installed")
    def test_opendkims_sha1_proves_nothing(self):
        """opendkim-testmsg signs with rsa-sha1 alone: RFC 8301 forbids to believe it."""
        signed = run(OPENDKIM, "-C", "-d", "example.com", "-s", "rsa", "-k", self.pkcs1(),
                     stdin=MESSAGE)
        self.assertIn(b"a=rsa-sha1", signed)
        self.assertEqual(self.verify(signed)["dkim rsa"], "permerror")

    @staticmethod
    def kinds():
        """dkimpy verifies Ed25519 with python3-nacl only."""
        try:
            import nacl  # pylint: disable=import-outside-toplevel,unused-import
            return ("rsa", "ed25519")
        except ImportError:
            return ("rsa",)


if __name__ == "__main__":
    if dkim is None and OPENDKIM is None:
        print("skipped: neither python3-dkim nor opendkim-tools is installed")
        sys.exit(77)
    unittest.main()

"""The world's certificate authority: clients trust it, the mail host carries its
certificate. Keys are made for this world and end with it.
"""

import ssl
import subprocess

FOLDER = "/run/lab/ca"


def _openssl(*argv):
    subprocess.run(["openssl", *argv], check=True, capture_output=True, cwd=FOLDER)


def _request(name, subject):
    _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj",
             f"/CN={subject}")


class Authority:
    def __init__(self):
        subprocess.run(["mkdir", "-p", FOLDER], check=True)
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "root.key", "-out",
                 "root.pem", "-subj", "/CN=Lab Root", "-days", "30")

    def certificate(self, hostname):
        """(certificate, key) as PEM text for a host."""
        _request(hostname, hostname)
        with open(f"{FOLDER}/{hostname}.ext", "w") as file:
            file.write(f"subjectAltName=DNS:{hostname}\n")
        _openssl("x509", "-req", "-in", f"{hostname}.csr", "-CA", "root.pem", "-CAkey",
                 "root.key", "-CAcreateserial", "-days", "30", "-extfile",
                 f"{hostname}.ext", "-out", f"{hostname}.pem")
        texts = []
        for ending in ("pem", "key"):
            with open(f"{FOLDER}/{hostname}.{ending}") as file:
                texts.append(file.read())
        return tuple(texts)

    def signed(self, hostname, entity):
        """A MIME entity as S/MIME signs it in one piece, as DER."""
        self.certificate(hostname)
        with open(f"{FOLDER}/entity", "wb") as file:
            file.write(entity)
        _openssl("cms", "-sign", "-nodetach", "-binary", "-stream", "-in", "entity", "-signer",
                 f"{hostname}.pem", "-inkey", f"{hostname}.key", "-outform", "DER", "-out",
                 "signed")
        with open(f"{FOLDER}/signed", "rb") as file:
            return file.read()

    @staticmethod
    def trust():
        """What a client's TLS library needs to believe the mail host."""
        return ssl.create_default_context(cafile=f"{FOLDER}/root.pem")

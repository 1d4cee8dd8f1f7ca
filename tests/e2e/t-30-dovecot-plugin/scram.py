"""The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding."""

import base64
import hashlib
import hmac
import os


class Scram:
    """Answers challenges: first(), then final(server-first), then verify(server-final)."""

    def __init__(self, user, password):
        self._password = password.encode()
        name = user.replace("=", "=3D").replace(",", "=2C")
        self._nonce = base64.b64encode(os.urandom(18)).decode()
        self._bare = f"n={name},r={self._nonce}"

    def first(self):
        return f"n,,{self._bare}".encode()

    def final(self, server_first):
        server_first = server_first.decode()
        told = dict(part.split("=", 1) for part in server_first.split(","))
        if not told["r"].startswith(self._nonce):
            raise ValueError("the server changed our nonce")
        salted = hashlib.pbkdf2_hmac("sha256", self._password,
                                     base64.b64decode(told["s"]), int(told["i"]))
        digest = lambda key, text: hmac.digest(key, text, "sha256")
        client_key = digest(salted, b"Client Key")
        plain = f"c=biws,r={told['r']}"
        message = f"{self._bare},{server_first},{plain}".encode()
        signature = digest(hashlib.sha256(client_key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        self._server = digest(digest(salted, b"Server Key"), message)
        return f"{plain},p={base64.b64encode(proof).decode()}".encode()

    def verify(self, server_final):
        """Empty, the last answer; an exception if the server does not know the password."""
        if server_final.startswith(b"v=") and \
                base64.b64decode(server_final[2:]) == self._server:
            return b""
        raise ValueError(f"the server proved nothing: {server_final!r}")

    def answers(self):
        """The three answers as functions of the challenge."""
        return [lambda _: self.first(), self.final, self.verify]

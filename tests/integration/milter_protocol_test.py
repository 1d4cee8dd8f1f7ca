#!/usr/bin/python3
"""The real milterd behind the real libmilter, spoken to as Postfix does.

    milter_protocol_test.py PATH-OF-MILTERD [NAME...]

Everything lies in a temporary directory; nothing outside of it is touched.
"""

import grp
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from milter_client import Milter

MILTERD = os.path.abspath(sys.argv.pop(1))

# There is no DNS here.
UNASKED = """
authentication_checks:
  spf: {{enabled: false}}
  dkim: {{enabled: false}}
  dmarc: {{enabled: false}}
  arc: {{enabled: false}}
"""
SETTINGS = UNASKED + """
server:
  hostname: mail.example.com
  max_recipients: 5
  max_hops: 10
  max_message_size: 64M
networks:
  trusted: [192.0.2.0/24]
domains:
  - name: example.com
    additional: [example.net]
    limits: {{daily_messages: 100, attachment_size: 100K}}
    auto_bcc:
      - {{name: audit, when: sender, contains: alice, to: [archive]}}
    disclaimers:
      - {{name: legal, plain: "{notice}"}}
  - name: quiet.example
lists:
  block:
    - {{name: noise, sender: noise@o.example, action: discard}}
    - {{name: old, recipient: old@example.com, action: discard}}
"""
IDLE = UNASKED.format() + """
server: {hostname: mail.example.com}
domains: [{name: example.com}]
content: {structure: {partial: allow, external_body: allow}}
"""
LIMIT = 20  # Seconds that anything may take.


def until(what, condition):
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError(f"waited in vain for {what}")


class Daemon:
    """One milterd with directories of its own."""

    def __init__(self, settings=SETTINGS.format(notice="LEGAL")):
        self.home = tempfile.TemporaryDirectory(prefix="milterd.")
        self.settings = os.path.join(self.home.name, "3", "yaml")
        for name in (self.settings, f"{self.home.name}/db", f"{self.home.name}/run"):
            os.makedirs(name)
        self.write(settings)
        self.socket = f"{self.home.name}/run/milter.sock"
        self.control = f"{self.home.name}/run/milterd.ctl"
        self.log = open(f"{self.home.name}/log", "w+", encoding="utf-8")
        self.process = None
        self.start()

    def write(self, settings):
        with open(f"{self.settings}/mailreeve.yaml", "w", encoding="utf-8") as file:
            file.write(settings)

    def start(self):
        self.process = subprocess.Popen(
            [MILTERD, "--settings", self.settings, "--state-dir", self.home.name,
             "--run-dir", f"{self.home.name}/run", "--spool-dir", self.home.name,
             "--socket-group", grp.getgrgid(os.getgid()).gr_name, "--log", "stderr"], stderr=self.log)
        until("the socket", self.listens)

    def listens(self):
        assert self.process.poll() is None, self.logged()
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(self.socket)
                return os.path.exists(self.control)
            except OSError:
                return False

    def logged(self):
        self.log.flush()
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def ask(self, request):
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(LIMIT)
            line.connect(self.control)
            line.sendall(json.dumps(request).encode() + b"\n")
            return json.loads(line.makefile().readline())

    def used(self, user):
        with sqlite3.connect(f"{self.home.name}/db/counters.db", timeout=LIMIT) as db:
            row = db.execute("SELECT sum(messages) FROM usage WHERE user = ?",
                             (user,)).fetchone()
        return row[0] or 0

    def client(self, **options):
        milter = Milter(self.socket, timeout=LIMIT, **options)
        milter.connect()
        return milter

    def peak_memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) // 1024  # MiB
        raise AssertionError("no VmHWM")

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(LIMIT)

    def clean_up(self):
        self.log.close()
        self.home.cleanup()


class Case(unittest.TestCase):
    settings = SETTINGS.format(notice="LEGAL")

    def setUp(self):
        self.daemon = Daemon(self.settings)
        self.addCleanup(self.end)

    def end(self):
        if self.daemon.process.poll() is None:
            self.assertEqual(self.daemon.stop(), 0)
        self.daemon.clean_up()


class Negotiation(Case):
    def test_asks_only_for_what_is_needed(self):
        with self.daemon.client() as milter:
            self.assertEqual(milter.version, 6)
            for step in "CHMRLB":
                self.assertTrue(milter.steps & {"C": 0x1000, "H": 0x2000, "M": 0x4000,
                                                "R": 0x8000, "L": 0x80, "B": 0x80000}[step])
            self.assertFalse(milter.steps & 0x10, "the body is needed")
            self.assertTrue(milter.steps & 0x100000, "leading blanks")
            self.assertEqual(milter.macros[2], "{auth_authen}")

    def test_an_mta_without_the_actions_we_need_is_refused(self):
        milter = Milter.__new__(Milter)
        with self.assertRaises((AssertionError, EOFError)):
            milter.__init__(self.daemon.socket, actions=0x1)
        milter.close()

    def test_an_older_mta_gets_its_replies(self):
        with self.daemon.client(steps=0x7F) as milter:  # None of the no-reply steps.
            answer = milter.message(login="a@example.com", headers=[("Subject", "Hello")])
            self.assertEqual(answer.verdict, "c")
            self.assertIn(b"LEGAL", answer.body)

    def test_settings_that_need_no_bodies_get_none(self):
        self.daemon.write(IDLE)
        self.assertTrue(self.daemon.ask({"do": "reload"})["ok"])
        with self.daemon.client() as milter:
            self.assertTrue(milter.steps & 0x10)
            self.assertEqual(milter.message().verdict, "c")
            # Now bodies are needed, and this connection does not bring them.
            self.daemon.write(self.settings)
            self.assertTrue(self.daemon.ask({"do": "reload"})["ok"])
            answer = milter.message()
            self.assertEqual((answer.verdict, answer.text[:9]), ("y", "421 4.3.2"))


class Messages(Case):
    def test_disclaimer_and_copy(self):
        with self.daemon.client() as milter:
            answer = milter.message(sender="alice@example.com", login="alice@example.com")
        self.assertEqual(answer.verdict, "c")
        self.assertIn(b"Hello.\r\n", answer.body)
        self.assertIn(b"LEGAL", answer.body)
        self.assertEqual(answer.added, [("<archive@example.com>", "NOTIFY=NEVER")])

    def test_what_needs_no_change_gets_none(self):
        with self.daemon.client() as milter:
            answer = milter.message(sender="x@o.example", recipients=["a@example.com"])
        self.assertEqual(answer.verdict, "c")
        self.assertIsNone(answer.body)
        self.assertEqual((answer.added, answer.removed, answer.headers), ([], [], []))

    def test_refusals_carry_code_and_reference(self):
        many = [f"r{i}@o.example" for i in range(6)]
        rows = [
            ("too many recipients", {"recipients": many}, "550 5.5.3 Too many recipients"),
            ("declared too large", {"parameters": ["SIZE=99999999"]}, "552 5.3.4 Message"),
            ("too many hops", {"headers": [("Received", " by x")] * 11}, "554 5.4.6 Too many"),
        ]
        with self.daemon.client() as milter:
            for label, message, want in rows:
                with self.subTest(label):
                    answer = milter.message(**message)
                    self.assertEqual(answer.verdict, "y")
                    self.assertTrue(answer.text.startswith(want), answer.text)
                    self.assertRegex(answer.text, r" \(reference [0-9A-Z]{8}\)$")
                    code = answer.text[-9:-1]
                    self.assertIn(f"trace={code}", self.daemon.logged())
            self.assertEqual(milter.message().verdict, "c")

    def test_discarding(self):
        with self.daemon.client() as milter:
            answer = milter.message(sender="noise@o.example", recipients=["a@example.com"])
            self.assertEqual(answer.verdict, "d")
            answer = milter.message(sender="x@o.example",
                                    recipients=["old@example.com", "a@example.com"])
            self.assertEqual(answer.verdict, "c")
            self.assertEqual(answer.removed, ["<old@example.com>"])

    def test_several_messages_on_a_connection_and_abort_in_the_middle(self):
        with self.daemon.client() as milter:
            for _ in range(5):
                self.assertEqual(milter.message(login="b@example.com").verdict, "c")
                milter.envelope("a@example.com", ["x@o.example"], "b@example.com")
                milter.abort()  # After the recipients.
                milter.envelope("a@example.com", ["x@o.example"], "b@example.com")
                self.assertEqual(milter.data().verdict, "c")
                milter.content([("Subject", " x")], b"x" * 100_000)
                milter.abort()  # In the middle of the body.
            milter.envelope("a@example.com", ["x@o.example"], "b@example.com")
            milter.data()
            milter.content([("Subject", " x")], b"x" * 100_000)
        # And a connection that just goes away.
        until("the session's end", lambda: self.daemon.ask({"do": "status"})["sessions"] == 0)
        self.assertEqual(self.daemon.used("b@example.com"), 5)

    def test_a_large_body_comes_back_whole(self):
        line = b"The quick brown fox jumps over the lazy dog.\r\n"
        body = line * (6_000_000 // len(line))
        with self.daemon.client() as milter:
            answer = milter.message(login="a@example.com", body=body,
                                    headers=[("Content-Type", " text/plain")])
        self.assertEqual(answer.verdict, "c")
        self.assertTrue(answer.body.startswith(body))
        self.assertIn(b"LEGAL", answer.body[len(body):])


class Nasty(Case):
    def test_bytes_no_client_should_send(self):
        rows = [
            ("NUL in the body", {"body": b"a\0b\0\0\r\n"}),
            ("bare CR and LF", {"body": b"a\rb\nc\r\r\n"}),
            ("no final line end", {"body": b"abc"}),
            ("no body", {"body": b""}),
            ("no headers", {"headers": []}),
            ("8 bit in a header", {"headers": [("Subject", b" \xff\xfe\x80")]}),
            ("an empty value", {"headers": [("Subject", "")]}),
            ("a folded value", {"headers": [("Subject", " a\n b\n\tc")]}),
            ("a name of blanks", {"headers": [("  ", " x")]}),
            ("a header of 60 KB", {"headers": [("X-Long", " " + "x" * 60000)]}),
            ("a sender that is no address", {"sender": "@@<>\"\\"}),
            ("a recipient of 60 KB", {"recipients": ["x" * 60000 + "@example.com"]}),
            ("a login of 60 KB", {"login": "x" * 60000}),
            ("a boundary that never comes",
             {"headers": [("Content-Type", " multipart/mixed; boundary=b")]}),
            ("nested past all depth",
             {"headers": [("Content-Type", " multipart/mixed; boundary=b0")],
              "body": b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n"
                               % (i, i + 1) for i in range(3000))}),
            ("100,000 parts",
             {"headers": [("Content-Type", " multipart/mixed; boundary=b")],
              "body": b"--b\r\n\r\nx\r\n" * 100_000}),
            ("groups within groups", {"headers": [("To", " " + "g:" * 29000)]}),
        ]
        for label, message in rows:
            for login in ("", "n@quiet.example", "n@example.com"):
                with self.subTest(label, login=login):
                    with self.daemon.client() as milter:
                        answer = milter.message(**{"login": login, **message})
                        self.assertIn(answer.verdict, "cy")
                        self.assertEqual(milter.message().verdict, "c")
        self.assertNotIn("exception", self.daemon.logged())

    def test_100000_headers_are_refused_in_little_memory(self):
        with self.daemon.client() as milter:
            answer = milter.message(headers=[("X", " y")] * 100_000)
            self.assertTrue(answer.text.startswith("552 5.3.4"), answer.text)
            self.assertEqual(milter.message().verdict, "c")
        self.assertLess(self.daemon.peak_memory(), 64)

    def test_rubbish_instead_of_the_protocol(self):
        for rubbish in (b"GET / HTTP/1.0\r\n\r\n", b"\0" * 100, b"\xff" * 1000,
                        b"\0\0\0\x01E", b"\0\0\0\x01T", b"\0\0\0\x02DM",
                        b"\0\0\0\x0dO\0\0\0\x06\0\0\0\0\0\0\0\0"):
            with self.subTest(rubbish[:20]), socket.socket(socket.AF_UNIX) as line:
                line.settimeout(LIMIT)
                line.connect(self.daemon.socket)
                line.sendall(rubbish)
                line.shutdown(socket.SHUT_WR)
                try:
                    while line.recv(4096):
                        pass
                except ConnectionResetError:
                    pass
        with self.daemon.client() as milter:
            self.assertEqual(milter.message().verdict, "c")

    def test_steps_out_of_order(self):
        rows = ["T", "E", "LE", "BE", "MTE", "MRE", "MRTTE", "RTE", "AE", "MREMRTE", "NBE"]
        data = {"M": b"<a@example.com>\0", "R": b"<x@o.example>\0", "L": b"S\0 x\0",
                "B": b"x\r\n", "T": b"", "E": b"", "A": b"", "N": b""}
        for row in rows:
            with self.subTest(row), self.daemon.client() as milter:
                for command in row:
                    milter.send(command, data[command])
                milter.socket.shutdown(socket.SHUT_WR)
                try:
                    while milter.socket.recv(4096):
                        pass
                except OSError:
                    pass
        with self.daemon.client() as milter:
            self.assertEqual(milter.message().verdict, "c")


class Quota(Case):
    def test_32_parallel_senders_get_exactly_100_through(self):
        passed, refused = [], []

        def work():
            with self.daemon.client() as milter:
                for _ in range(6):
                    answer = milter.message(login="q@example.com")
                    (passed if answer.verdict == "c" else refused).append(answer)

        threads = [threading.Thread(target=work) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(passed), len(refused)), (100, 92))
        self.assertEqual(self.daemon.used("q@example.com"), 100)
        for answer in refused:
            self.assertTrue(answer.text.startswith("550 5.7.1 Daily sending limit reached"))

    def test_kill_9_never_undercounts(self):
        answered = 0
        for _ in range(5):
            stop = threading.Timer(0.15, self.daemon.process.kill)
            stop.start()
            try:
                with self.daemon.client() as milter:
                    while True:
                        if milter.message(login="k@example.com").verdict == "c":
                            answered += 1
                        else:
                            break
            except (OSError, EOFError):
                pass
            stop.join()
            self.daemon.process.wait(LIMIT)
            self.daemon.start()  # The socket that was left behind is replaced.
        used = self.daemon.used("k@example.com")
        self.assertGreater(answered, 0)
        self.assertGreaterEqual(used, answered)
        self.assertLessEqual(used, answered + 5)

    def test_a_locked_database_defers_whom_it_limits_and_nobody_else(self):
        with sqlite3.connect(f"{self.daemon.home.name}/db/counters.db",
                             isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            with self.daemon.client() as milter:
                answer = milter.message(login="l@example.com")
                self.assertTrue(answer.text.startswith("451 4.7.1"), answer.text)
                answer = milter.message(sender="l@quiet.example", login="l@quiet.example")
                self.assertEqual(answer.verdict, "c")
                self.assertEqual(milter.message().verdict, "c")
            lock.execute("ROLLBACK")
        with self.daemon.client() as milter:
            self.assertEqual(milter.message(login="l@example.com").verdict, "c")
        self.assertEqual(self.daemon.used("l@example.com"), 1)

    def test_cleared_usage_counts_at_once(self):
        with self.daemon.client() as milter:
            for _ in range(100):
                milter.message(login="c@example.com")
            self.assertEqual(milter.message(login="c@example.com").verdict, "y")
            with sqlite3.connect(f"{self.daemon.home.name}/db/counters.db") as db:
                db.execute("DELETE FROM usage")
            self.assertTrue(self.daemon.ask({"do": "usage_reload"})["ok"])
            self.assertEqual(milter.message(login="c@example.com").verdict, "c")


class Running(Case):
    def test_reload_leaves_messages_under_way_alone(self):
        for way in ("control", "signal"):
            with self.subTest(way), self.daemon.client() as milter:
                milter.envelope("a@example.com", ["x@o.example"], "a@example.com")
                milter.data()
                self.daemon.write(SETTINGS.format(notice=f"NEW-{way}"))
                before = self.daemon.logged().count("is in force")
                if way == "control":
                    self.assertTrue(self.daemon.ask({"do": "reload"})["ok"])
                else:
                    self.daemon.process.send_signal(signal.SIGUSR1)
                until("the reload",
                      lambda: self.daemon.logged().count("is in force") > before)
                milter.content([("Subject", " x")], b"x\r\n")
                self.assertNotIn(f"NEW-{way}".encode(), milter.end().body)
                self.assertIn(f"NEW-{way}".encode(),
                              milter.message(login="a@example.com").body)

    def test_settings_that_cannot_be_loaded_change_nothing(self):
        self.daemon.write("domains: [{name: ''}]\nnonsense: 1\n")
        answer = self.daemon.ask({"do": "reload"})
        self.assertFalse(answer["ok"])
        self.assertIn("nonsense", answer["error"])
        with self.daemon.client() as milter:
            self.assertIn(b"LEGAL", milter.message(login="a@example.com").body)

    def test_sighup_is_nothing_to_us(self):
        self.daemon.process.send_signal(signal.SIGHUP)
        with self.daemon.client() as milter:
            self.assertEqual(milter.message().verdict, "c")
        self.assertIsNone(self.daemon.process.poll())

    def test_status_and_metrics(self):
        with self.daemon.client() as milter:
            milter.message()
            milter.message(recipients=[f"r{i}@o.example" for i in range(6)])
            status = self.daemon.ask({"do": "status"})
            self.assertEqual((status["generation"], status["sessions"]), ("3", 1))
            self.assertEqual((status["messages"]["pass"], status["messages"]["reject"]), (1, 1))
            metrics = self.daemon.ask({"do": "metrics"})
            self.assertEqual(metrics["sessions_open"], 1)
        self.assertFalse(self.daemon.ask({"do": "dance"})["ok"])

    def test_a_second_instance_does_not_steal_the_socket(self):
        second = subprocess.run(
            [MILTERD, "--settings", self.daemon.settings, "--state-dir", self.daemon.home.name,
             "--run-dir", f"{self.daemon.home.name}/run", "--log", "stderr"],
            capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another process listens there", second.stderr)
        with self.daemon.client() as milter:
            self.assertEqual(milter.message().verdict, "c")

    def test_permissions_of_the_socket(self):
        self.assertEqual(os.stat(self.daemon.socket).st_mode & 0o777, 0o660)

    def test_a_message_at_its_end_is_answered_before_the_daemon_stops(self):
        # The counter's database is locked, so the end of the message takes long.
        with sqlite3.connect(f"{self.daemon.home.name}/db/counters.db",
                             isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            with self.daemon.client() as milter:
                milter.envelope("a@example.com", ["x@o.example"], "a@example.com")
                milter.data()
                milter.content([("Subject", " x")], b"x\r\n")
                milter.send("E")
                time.sleep(0.5)  # Nothing tells that the end is being worked on.
                self.daemon.process.send_signal(signal.SIGTERM)
                time.sleep(0.5)
                lock.execute("ROLLBACK")
                self.assertEqual(milter.answer().verdict, "c")
        started = time.monotonic()
        self.assertEqual(self.daemon.process.wait(LIMIT), 0)
        self.assertLess(time.monotonic() - started, 5)

    def test_an_idle_daemon_stops_soon(self):
        started = time.monotonic()
        self.assertEqual(self.daemon.stop(), 0)
        # libmilter may just have begun to wait for a connection, which takes it 5 s.
        self.assertLess(time.monotonic() - started, 8)

    def test_events_are_kept(self):
        with self.daemon.client() as milter:
            milter.message(sender="e@o.example", recipients=["a@example.com"],
                           headers=[("Subject", " An event"), ("Message-ID", " <1@o.example>")])
        def stored():
            try:
                with sqlite3.connect(f"{self.daemon.home.name}/db/logs.db") as db:
                    return "An event" in "\n".join(db.iterdump())
            except sqlite3.Error:
                return False
        until("the event", stored)


class Load(Case):
    def test_32_parallel_sessions_within_64_mib(self):
        body = (b"x" * 76 + b"\r\n") * (400_000 // 78)
        failures = []

        def work():
            try:
                with self.daemon.client() as milter:
                    for _ in range(8):
                        answer = milter.message(sender="a@quiet.example", body=body,
                                                login="a@quiet.example")
                        if answer.verdict != "c":
                            failures.append(answer.text)
            except (OSError, EOFError, AssertionError) as problem:
                failures.append(problem)

        threads = [threading.Thread(target=work) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertLess(self.daemon.peak_memory(), 64)
        until("the sessions' end", lambda: self.daemon.ask({"do": "status"})["sessions"] == 0)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    unittest.main(verbosity=1)

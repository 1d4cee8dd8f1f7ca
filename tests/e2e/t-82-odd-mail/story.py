"""Mail of odd shapes: in chunks, in one breath, to a thousand, with addresses, subjects
and file names that do something to whoever looks at them. None is lost, delivered
twice or let through, and no terminal is told what to do.
"""

import base64
import contextlib
import json

from lab import check, compose, contains, wait_for
from lab.antivirus import FOUND, Clamd, virus, zipped

SETTINGS = """
antivirus: {engine: clamav, action: quarantine, clamd: {manage: true}}
attachments:
  enabled: true
  rules: [{name: programs, names: ["*.exe"], action: quarantine}]
content_rules:
  enabled: true
  threshold: 1
  action: quarantine
  rules: [{name: falcon, pattern: blue falcon, score: 2}]
"""

SENDER = "someone@outside.test"
ALICE = "alice@example.com"
HEADER = (b"From: Someone <someone@outside.test>\r\nTo: alice@example.com\r\n"
          b"MIME-Version: 1.0\r\n")

# What a terminal would obey, or read from right to left.
COMMANDS = [chr(c) for c in range(0x20) if chr(c) not in "\n\t"] + [
    chr(c) for c in (0x7f, *range(0x80, 0xa0), *range(0x202a, 0x202f), *range(0x2066, 0x206a))]


def story(world):
    world.govern(SETTINGS)
    Clamd(world.mail).start()
    in_chunks(world)
    in_one_breath(world)
    to_a_thousand(world)
    odd_addresses(world)
    odd_shapes(world)
    for_the_eyes(world)


@contextlib.contextmanager
def dialogue(world):
    """A client that says what it likes: `say` sends bytes and reads an answer for each
    command in them."""
    wire = world.wan.connect(world.mail.address, 25, 60)
    file = wire.makefile("rb")

    def answer():
        line = file.readline()
        while line[3:4] == b"-":
            line = file.readline()
        return line.decode().strip()

    def say(data, answers=1):
        wire.sendall(data)
        return [answer() for _ in range(answers)]

    answer()
    say(b"EHLO client.outside.test\r\n")
    yield say
    wire.close()


def envelope(to=ALICE, sender=SENDER):
    return f"MAIL FROM:<{sender}>\r\nRCPT TO:<{to}>\r\n".encode()


def chunks(message, size):
    parts = [message[i:i + size] for i in range(0, len(message), size)]
    return b"".join(b"BDAT %d\r\n" % len(part) + part for part in parts), len(parts)


def held(world):
    rows = json.loads(world.mgmtctl("quarantine", "list", "--limit", "1000", "--json").out)
    return rows["messages"]


def held_as(world, subject):
    return [row for row in held(world) if row["subject"] == subject]


def in_chunks(world):
    with dialogue(world) as say:
        say(envelope(), 2)
        data, count = chunks(compose("in chunks"), 77)
        check("BDAT in small chunks is taken",
              say(data + b"BDAT 0 LAST\r\n", count + 1)[-1][:3], "250")
    world.wait_for_mail(ALICE, "in chunks")
    with dialogue(world) as say:
        say(envelope(), 2)
        data, count = chunks(compose("bill in chunks", attachment=("bill.com", virus())), 7)
        check("a virus in chunks of seven bytes, too",
              say(data + b"BDAT 0 LAST\r\n", count + 1)[-1][:3], "250")
    check("and is found and held", [row["found"] for row in held_as(world, "bill in chunks")],
          [FOUND])


def in_one_breath(world):
    nobody = b"RCPT TO:<nobody@example.com>\r\n"
    with dialogue(world) as say:
        said = say(envelope() + nobody + b"DATA\r\n", 4)
        check("commands in one breath are answered in turn", [line[:3] for line in said],
              ["250", "250", "550", "354"])
        check("and the message is taken", say(b"From: a@outside.test\r\nSubject: breath\r\n\r\n"
                                              b"..\r\n.\r\n")[0][:3], "250")
    raw = world.wait_for_mail(ALICE, "breath")
    check("with the one dot that it had", raw.partition(b"\r\n\r\n")[2], b".\r\n")


def to_a_thousand(world):
    many = [f"alice+{number}@example.com" for number in range(1000)]
    message = compose("to a thousand", "About the blue falcon.\n")
    check("a message to a thousand is taken", world.send(message, to=many).code, 250)
    rows = held_as(world, "to a thousand")
    check("and held once", len(rows), 1)
    check("for the one mailbox that they all are", rows[0]["recipients_total"], 1)
    check("one more is one too many",
          world.send(compose("too many"), to=[*many, "alice+x@example.com"]).code, 550)


def odd_addresses(world):
    for sender in ("someone@[IPv6:2001:db8:203::10]", '"some one@x\\"y"@outside.test'):
        subject = f"from {len(sender)} letters"
        check(f"a sender like {sender} is one", world.send(compose(subject), sender).code, 250)
        world.wait_for_mail(ALICE, subject)
    check("a quoted recipient is who he is without the quotes",
          world.send(compose("quoted"), to='"alice"@example.com').code, 250)
    world.wait_for_mail(ALICE, "quoted")
    for label, sender, to in (("sender", '"a\x1b[31m"@outside.test', ALICE),
                              ("recipient", SENDER, '"alice+\x1b"@example.com')):
        answer = world.send(compose("never"), sender, to)
        check(f"a {label} with an escape sequence is refused before it could bounce",
              (answer.stage, answer.code), ("rcpt", 550))


def named(name, content=b"x"):
    return (b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            b'Content-Disposition: attachment; filename="' + name.encode() + b'"\r\n\r\n'
            + base64.encodebytes(content).replace(b"\n", b"\r\n"))


def mixed(subject, part, *, boundary="b", field=""):
    return (HEADER + f"Subject: {subject}\r\nContent-Type: multipart/mixed; "
            f'boundary="{boundary}"\r\n{field}\r\n'.encode()
            + f"--{boundary}\r\n".encode() + part + f"\r\n--{boundary}--\r\n".encode())


def odd_shapes(world):
    program = named("x.exe")
    inner = mixed("inner", program, boundary="bx").partition(b"MIME-Version: 1.0\r\n")[2]
    deep = mixed("deep", program)
    for _ in range(300):
        deep = HEADER + b"Subject: deeper\r\nContent-Type: message/rfc822\r\n\r\n" + deep
    whole = mixed("all of it in base64", program, field="Content-Transfer-Encoding: base64\r\n")
    head, _, body = whole.partition(b"\r\n\r\n")
    shapes = {
        "a boundary that begins another": mixed("begins another", inner),
        "deeper": deep,
        "all of it in base64": head + b"\r\n\r\n"
                               + base64.encodebytes(body).replace(b"\n", b"\r\n"),
        "two types": mixed("two types", program, field="Content-Type: text/plain\r\n"),
        "a zip in a zip": mixed("a zip in a zip", named(
            "a.zip", zipped(zipped(b"MZ", "x.exe"), "b.zip"))),
    }
    for subject, message in shapes.items():
        check(f"{subject}: taken", world.send(message).code, 250)
    for subject in (*list(shapes)[1:], "begins another"):
        check(f"{subject}: held", len(held_as(world, subject)), 1)


def for_the_eyes(world):
    words = base64.b64encode("\x1b[2J\x1b]0;x\x07\x9b31m\u202egpj".encode()).decode()
    message = mixed(f"=?utf-8?B?{words}?= \x1b[31m", named("photo\u202egpj.exe"))
    message = message.replace(b"From: Someone", b'From: "\x1b[2J\xff\x9b31m"')
    check("it is taken", world.send(message).code, 250)
    wait_for(lambda: held(world)[0]["step"] == "attachment_filter", 20, "the last to be held")
    number = held(world)[0]["id"]
    world.wait_for_log(number[:8])
    for command in (("quarantine", "list"), ("quarantine", "show", number),
                    ("quarantine", "view", number), ("trace", number), ("log",),
                    ("log", "security")):
        said = world.mgmtctl(*command).out
        check(f"mgmtctl {' '.join(command[:2])} tells a terminal nothing",
              sorted({c for c in said if c in COMMANDS}), [])
    contains("and shows the name as it is",
             world.mgmtctl("quarantine", "view", number).out, "gpj.exe")

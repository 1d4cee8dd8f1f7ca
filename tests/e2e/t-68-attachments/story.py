"""The attachment filter: files by name and by what they are, however they are wrapped;
what cannot be looked into; and a file that is taken out with a note in its place.
"""

import email
import email.policy
import gzip
import io
import re
import struct
import tarfile
import zipfile

from lab import check, compose, contains, lacks, wait_for

PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(200)

SETTINGS = """
attachments:
  enabled: true
  encrypted_archives: mark
  encrypted_documents: mark
  unscannable: reject
  rules:
    - {name: our tool, names: [setup.exe], direction: outbound, action: allow}
    - {name: scripts go, names: ["*.js"], action: strip}
    - {name: programs, names: ["*.exe", "*.scr"], types: [executable]}
    - {name: pretenders, double_extension: true, mismatch: true}
    - {name: held back, names: ["*.dwg"], direction: inbound, action: reject}
  note: "{file} was taken out: {why}. Ask for it as {id}."
"""

ALICE, BOB, FAR = "alice@example.com", "bob@example.com", "friend@outside.test"


def zipped(*files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def locked(*files):
    """The zip as if with a password: who looks at it sees that bit, in both headers."""
    raw = bytearray(zipped(*files))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(mark, at + 4)
    return bytes(raw)


def tar_gz(name, content):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def winmail(name, content):
    def attribute(number, value):
        return struct.pack("<BII", 2, number, len(value)) + value + b"\0\0"
    return (struct.pack("<IH", 0x223E9F78, 1) + attribute(0x69002, bytes(14))
            + attribute(0x18010, name.encode() + b"\0") + attribute(0x6800F, content))


def story(world):
    world.govern(SETTINGS)
    wrapped_in_every_way(world)
    disguised(world)
    harmless(world)
    locked_and_broken(world)
    taken_out(world)
    in_both_directions(world)


def arrives(world, label, name, content):
    message = compose(label, attachment=(name, content))
    check(f"taken: {label}", world.send(message).code, 250)
    return world.wait_for_mail(ALICE, label)


def refused(world, label, name, content, *says):
    answer = world.send(compose(label, attachment=(name, content)))
    check(f"refused: {label}", (answer.stage, answer.code, answer.enhanced),
          ("data", 554, "5.7.1"))
    contains("and the reply says which file and why", answer.text, *says)
    lacks("but no rule's name", answer.text, "programs", "pretenders")


def wrapped_in_every_way(world):
    refused(world, "a program", "tool.exe", PROGRAM, "tool.exe", "files of this name")
    refused(world, "a program under another name", "cat.jpg", PROGRAM, "cat.jpg",
            "executable")
    refused(world, "a name with a dot at its end", "tool.exe.", b"x", "tool.exe")
    refused(world, "a double extension", "invoice.pdf.js.exe", b"x", "invoice.pdf.js.exe")
    refused(world, "a harmless name with a program's end", "invoice.pdf     .bat", b"x",
            "its name hides what it is")
    refused(world, "in a zip", "a.zip", zipped(("b/c.exe", PROGRAM)), "a.zip > b/c.exe")
    refused(world, "in a zip in a zip", "a.zip",
            zipped(("b.zip", zipped(("c.scr", PROGRAM)))), "a.zip > b.zip > c.scr")
    refused(world, "in a zip that is called otherwise", "a.dat", zipped(("c.exe", PROGRAM)),
            "c.exe")
    refused(world, "in a zip behind something else", "a.dat",
            b"words\n" + zipped(("c.exe", PROGRAM)), "a.dat > c.exe")
    refused(world, "in a compressed tar", "a.tgz", tar_gz("c.exe", PROGRAM), "c.exe")
    refused(world, "one compressed file", "c.exe.gz", gzip.compress(PROGRAM), "c.exe")
    refused(world, "in an attached message", "mail.eml",
            compose("inner", attachment=("c.exe", PROGRAM)), "c.exe")
    refused(world, "in mail that is signed in one piece", "smime.p7m",
            world.authority.signed("signer.test", compose("signed", attachment=("c.exe", PROGRAM))),
            "c.exe")
    refused(world, "in winmail.dat", "winmail.dat", winmail("c.exe", PROGRAM), "c.exe")


def with_part(label, *lines, mark=b"--b"):
    """Words, and a part whose header and body are written by hand."""
    head = compose(label).partition(b"\r\n\r\n")[0].split(b"\r\n")
    head = [line for line in head if not line.lower().startswith(b"content-")]
    return b"\r\n".join([*head, b"Content-Type: multipart/mixed; boundary=b", b"", b"--b", b"",
                         b"Hello.", mark, *lines, b"--b--", b""])


def disguised(world):
    """What some mail programs read and others do not."""
    named = b"Content-Disposition: attachment; filename=c.exe"
    middle = zipped(("aaaaa", b"x"))
    at = middle.rfind(b"aaaaa")
    middle = middle[:at] + b"c.exe" + middle[at + 5:]
    refused(world, "a name only in the directory of a zip", "a.zip", middle, "a.zip > c.exe")
    refused(world, "one zip behind another", "a.zip",
            zipped(("c.exe", b"x")) + zipped(("a.txt", b"x")), "a.zip > c.exe")
    for label, lines in (
            ("the second of two names", (b"Content-Type: x/y; name=a.txt; name=c.exe", b"", b"x")),
            ("a name in a type that is none", (b"Content-Type: x; name=c.exe", b"", b"x")),
            ("a name in a second field",
             (b"Content-Disposition: attachment; filename=a.txt", named, b"", b"x")),
            ("a name behind what is no field", (b"words", named, b"", b"x")),
            ("a name whose first piece comes twice",
             (b"Content-Disposition: attachment; filename*0=a.txt; filename*0=c.exe", b"", b"x")),
            ("a name in UTF-16 without a byte order mark",
             (b"Content-Disposition: attachment; filename*=utf-16''%00c%00.%00e%00x%00e", b"", b"x")),
            ("a name that only a description tells",
             (b"Content-Type: application/octet-stream", b"Content-Description: c.exe", b"", b"x")),
            ("a name that only a location tells",
             (b"Content-Type: application/octet-stream",
              b"Content-Location: http://x.test/a/c.exe?b", b"", b"x")),
            ("a name behind a hundred others",
             (b"Content-Type: x/y; " + b"; ".join(b"a%d=b" % i for i in range(99))
              + b"; name=c.exe", b"", b"x"))):
        answer = world.send(with_part(label, *lines))
        check(f"refused: {label}", answer.code, 554)
    answer = world.send(with_part("a line that may be a boundary", named, b"", b"x",
                                  mark=b"--b words"))
    check("refused: a line that may be a boundary", answer.code, 554)
    contains("and the sender is told", answer.text, "cannot be told apart")
    answer = world.send(with_part("many parts", *[b"", b"x", b"--b"] * 2100, named, b"", b"x"))
    check("refused: more parts than are looked at", answer.code, 554)


def harmless(world):
    arrives(world, "a picture", "cat.png", b"\x89PNG\r\n\x1a\n" + bytes(30))
    arrives(world, "an archive of texts", "a.zip", zipped(("read me.txt", "words\n")))
    arrives(world, "two dots that mean nothing", "post.pdf_kopija.zip",
            zipped(("a.txt", "words\n")))


def locked_and_broken(world):
    raw = arrives(world, "an encrypted archive", "a.zip", locked(("b.txt", "words\n")))
    contains("an encrypted archive: is marked", raw, b"X-Mailreeve-Content: encrypted archive")
    refused(world, "whose names are still seen", "a.zip", locked(("b.exe", PROGRAM)),
            "b.exe", "files of this name")
    raw = arrives(world, "one that looks like a PDF, too", "b.zip",
                  locked(("%PDF-1.txt", "words\n")))
    contains("one that looks like a PDF, too: is marked", raw,
             b"X-Mailreeve-Content: encrypted archive")
    raw = arrives(world, "an encrypted OpenDocument", "a.odt",
                  zipped(("META-INF/manifest.xml", "<manifest:encryption-data/>")))
    contains("an encrypted OpenDocument: is marked", raw,
             b"X-Mailreeve-Content: encrypted document")
    refused(world, "an image that Windows opens as a drive", "a.bin",
            b"vhdxfile" + bytes(4096), "it cannot be looked into")
    refused(world, "a damaged archive", "a.zip", zipped(("b.txt", "words\n" * 9))[:40],
            "it cannot be looked into")
    refused(world, "an archive that unpacks to a thousand times its size", "a.tgz",
            tar_gz("zeros", bytes(30 << 20)), "it cannot be looked into")


def taken_out(world):
    raw = arrives(world, "a script goes", "run.js", b"alert(1)")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(message.iter_parts())
    check("a script goes: two parts are left", len(parts), 2)
    contains("the text is what it was", parts[0].get_content(), "Hello.")
    contains("and the note stands in the file's place", parts[1].get_content(),
             "run.js was taken out: files of this name are not accepted.")
    lacks("a script goes: the file does not arrive", raw, b"YWxlcnQ")
    number = re.search(r"Ask for it as (\S+)\.", parts[1].get_content()).group(1)
    contains("the message as it came is kept under the number in the note",
             world.mgmtctl("quarantine", "original", number).out, "YWxlcnQ")
    world.mgmtctl("quarantine", "release", number)
    wait_for(lambda: any(b"YWxlcnQ" in one for one in world.inbox(ALICE)), 20,
             "the whole message, released")


def in_both_directions(world):
    check("outbound: a program is refused",
          world.submit(compose("out", sender=ALICE, to=FAR, attachment=("a.exe", PROGRAM)),
                       ALICE, FAR).code, 554)
    tool = compose("our tool", sender=ALICE, to=FAR, attachment=("setup.exe", b"x"))
    check("outbound: what is allowed first goes", world.submit(tool, ALICE, FAR).code, 250)
    check("inbound: it is not allowed",
          world.send(compose("their tool", attachment=("setup.exe", b"x"))).code, 554)
    drawing = compose("drawing", sender=ALICE, to=BOB, attachment=("a.dwg", b"x"))
    check("outbound: an inbound rule does not hold", world.submit(drawing, ALICE, BOB).code, 250)
    check("inbound: it does", world.send(compose("in", attachment=("a.dwg", b"x"))).code, 554)

"""What users report teaches SpamAssassin: by mail, as an attachment, and by moving
mail into Junk and out of it. Junk is emptied of what is old, and rules of the house
are taken only if SpamAssassin can read them.
"""

import json

from lab import check, compose, contains, lacks, wait_for

SETTINGS = """
spam:
  enabled: true
  network_tests: false
  time_limit: 60
  delete_after_days: 30
  auto_learn: {enabled: false}
  reporting:
    spam_address: spam@example.com
    ham_address: ham@example.com
    learn_at: "03:21"
"""

HOUSE_RULES = """
content_rules:
  enabled: true
  action: reject
  threshold: 1
  rules: [{name: pills, pattern: pills, score: 3}]
attachments:
  enabled: true
  rules: [{name: programs, names: ["*.exe"], action: reject}]
"""

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"

ALICE = "alice@example.com"
BOB = "bob@example.com"

# A clock of doveadm alone, weeks ahead: the system's cannot be set in the lab.
AHEAD = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long ahead(void) {
  return strcmp(program_invocation_short_name, "doveadm") ? 0 : DAYS * 86400L;
}
int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = syscall(SYS_clock_gettime, clock, at);
  if (result == 0 && clock == CLOCK_REALTIME) at->tv_sec += ahead();
  return result;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
"""


def story(world):
    world.govern(SETTINGS, accounts=(ALICE, BOB))
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")
    by_mail(world)
    whatever_is_in_it(world)
    by_moving(world)
    is_learned(world)
    released_as_none(world)
    only_from_what_was_sent(world)
    rules_of_the_house(world)
    junk_is_emptied(world)


def reports(world, *search):
    return json.loads(world.mgmtctl("spam", "reports", "--json", *search).out)["reports"]


def known(world):
    """How many messages SpamAssassin has learned: (as spam, as none)."""
    said = world.mail.run("runuser", "-u", "debian-spamd", "--", "env",
                          "HOME=/var/lib/spamassassin", "sa-learn", "--dump", "magic",
                          check=False).out
    words = {line.split()[-1]: int(line.split()[2]) for line in said.splitlines()
             if line.endswith(("nspam", "nham"))}
    return words.get("nspam", 0), words.get("nham", 0)


def run_job(world, name):
    """One run of a job; what the history says of it."""
    return json.loads(world.mgmtctl("job", "run", name, "--json", check=False).out)


def move(world, user, subject, source, target):
    client = world.imap()
    try:
        client.try_login(user, world.passwords[user])
        client.select(f'"{source}"')
        number = client.search(None, "SUBJECT", f'"{subject}"')[1][0].split()[0]
        check(f"'{subject}' goes from {source} to {target}",
              client._simple_command("MOVE", number, f'"{target}"')[0], "OK")
    finally:
        client.logout()


def attached(raw):
    """A letter with the message `raw` attached, as mail programs forward."""
    head = compose("Fwd: look", "See below.\n", sender=ALICE, to="spam@example.com")
    head = head.partition(b"\r\nContent-Type:")[0]
    return (head + b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
            b"--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
            b"--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
            + raw + b"\r\n--b--\r\n")


def by_mail(world):
    pills = compose("cheap pills", "Buy our cheap pills now, dear friend.\n")
    check("Alice reports spam", world.submit(attached(pills), ALICE, "spam@example.com").code, 250)
    one = wait_for(lambda: reports(world), 30, "the report")[0]
    check("it is filed", (one["kind"], one["reporter"], one["subject"]),
          ("spam", ALICE, "cheap pills"))
    original = world.mgmtctl("spam", "original", one["id"]).out
    contains("as it came", original, "Buy our cheap pills now", "Subject: cheap pills")
    lacks("without the letter around it", original, "See below")
    contains("and can be looked at", world.mgmtctl("spam", "view", one["id"]).out, "cheap pills")
    check("it is found by its subject", len(reports(world, "PILLS")), 1)
    check("and not by another", reports(world, "watches"), [])

    refused = world.send(compose("teach me"), to="spam@example.com")
    check("a stranger can report nothing", refused.code, 554)
    check("Alice attaches nothing", world.submit(compose("this is spam", sender=ALICE), ALICE,
                                                 "spam@example.com").code, 250)
    answer = world.wait_for_mail(ALICE, "Undelivered")
    contains("and is told what to do", answer, b"forwarding")


def whatever_is_in_it(world):
    """The house holds its users' mail to the same rules as strangers'."""
    world.configure(SETTINGS + "  scan_outbound: true\n  action: reject\n" + HOUSE_RULES)
    world.apply()
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")
    worst = compose("the worst of it", GTUBE + "Buy our pills.\n",
                    attachment=("setup.exe", b"MZ\x90"))
    check("Alice may not send such mail", world.submit(attached(worst), ALICE, BOB).code // 100, 5)
    check("nor together with a report", world.submit(attached(worst), ALICE,
                                                     ["spam@example.com", BOB]).code // 100, 5)
    check("but may report it", world.submit(attached(worst), ALICE, "spam@example.com").code, 250)
    one = wait_for(lambda: reports(world, "worst"), 30, "the report")[0]
    contains("whole", world.mgmtctl("spam", "original", one["id"]).out, "GTUBE", "setup.exe")
    world.mgmtctl("spam", "delete", one["id"])
    world.configure(SETTINGS)
    world.apply()
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")


def by_moving(world):
    for subject in ("a trap", "a newsletter"):
        check(f"{subject} comes", world.send(compose(subject, f"This is {subject}.\n")).code, 250)
        world.wait_for_mail(ALICE, subject)
    move(world, ALICE, "a trap", "INBOX", "Junk")
    one = wait_for(lambda: reports(world, "a trap"), 30, "the report of a move")[0]
    check("a move into Junk reports spam", (one["kind"], one["reporter"]), ("spam", ALICE))
    move(world, ALICE, "a newsletter", "INBOX", "Junk")
    wait_for(lambda: reports(world, "newsletter"), 30, "the second report")
    move(world, ALICE, "a newsletter", "Junk", "INBOX")
    kinds = wait_for(lambda: (len(reports(world, "newsletter")) == 2
                              and [one["kind"] for one in reports(world, "newsletter")]),
                     30, "the report of a move back")
    check("a move out of it reports what is none", sorted(kinds), ["ham", "spam"])
    for one in reports(world, "newsletter"):
        if one["kind"] == "spam":
            world.mgmtctl("spam", "delete", one["id"])
    move(world, ALICE, "a trap", "Junk", "Trash")
    check("a move to Trash reports nothing", len(reports(world, "a trap")), 1)


def is_learned(world):
    check("three reports wait", len(reports(world)), 3)
    before = known(world)
    world.mgmtctl("spam", "learn", reports(world, "pills")[0]["id"])
    check("one is learned by hand", known(world), (before[0] + 1, before[1]))
    check("and waits no more", reports(world, "pills"), [])
    jobs = json.loads(world.mgmtctl("job", "list", "--json").out)["jobs"]
    check("the rest is due when the settings say",
          [one["schedule"] for one in jobs if one["name"] == "spam-learn"], ["21 3 * * *"])

    world.mail.run("/etc/init.d/spamd", "stop")
    failed = run_job(world, "spam-learn")
    check("without spamd nothing is learned", failed["outcome"], "failed")
    check("and nothing is lost", len(reports(world)), 2)
    contains("status says so", world.mgmtctl("spam", "status").out, "not running", "2 to learn")
    world.mail.run("/etc/init.d/spamd", "start")
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")

    done = run_job(world, "spam-learn")
    check("the job learns them", (done["outcome"], done["message"]), ("done", "2 learned"))
    check("as spam and as none", known(world), (before[0] + 2, before[1] + 1))


def released_as_none(world):
    world.configure(SETTINGS + "  action: quarantine\n"
                    '  filters: [{name: held, sender: "friend@outside.test", verdict: spam}]\n')
    world.apply()
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")
    for subject in ("a rare offer", "another offer"):
        check(f"{subject}: held", world.send(compose(subject, f"Words of {subject}.\n"),
                                             "friend@outside.test").code, 250)
    held = json.loads(world.mgmtctl("quarantine", "search", "--json").out)["messages"]
    numbers = {one["subject"]: one["id"] for one in held}
    before = known(world)
    world.mgmtctl("quarantine", "release", numbers["another offer"])
    check("a release alone teaches nothing", known(world), before)
    done = world.mgmtctl("quarantine", "release", "--learn", numbers["a rare offer"])
    contains("one with --learn says what it has taught", done.out, "learned as no spam")
    check("that this is none", known(world), (before[0], before[1] + 1))
    for subject in ("a rare offer", "another offer"):
        world.wait_for_mail(ALICE, subject)
    world.configure(SETTINGS)
    world.apply()
    check("and no report is left", reports(world), [])


def only_from_what_was_sent(world):
    """SpamAssassin learns by itself from what it is sure about; a dry run is not sent."""
    world.configure(SETTINGS.replace("{enabled: false}", "{enabled: true, ham_below: 5}"))
    in_force(world)
    letter = compose("an ordinary letter", "We meet on Friday, as always, and bring the maps.\n")
    world.write("/tmp/letter.eml", letter)
    before = known(world)
    said = world.mgmtctl("explain", "--applied", "--from", "friend@outside.test", "--rcpt", ALICE,
                         "/tmp/letter.eml").out
    contains("explain asks spamd", said, "(spamd ")
    check("which learns nothing from it", known(world), before)
    check("the letter itself", world.send(letter).code, 250)
    wait_for(lambda: known(world) == (before[0], before[1] + 1), 20, "what it has learned")
    lacks("is no dry run", world.wait_for_mail(ALICE, "an ordinary letter"), b"Dry-Run")
    world.configure(SETTINGS)
    in_force(world)


def rules_of_the_house(world):
    def take(text, *options, name="house.cf"):
        world.write(f"/tmp/{name}", text)
        return world.mgmtctl("spam", "rules", "import", *options, f"/tmp/{name}", check=False)

    refused = take("body HOUSE /house/\nscoer HOUSE 3\n")
    check("rules with a mistake are refused", refused.code, 1)
    contains("and SpamAssassin says why", refused.said, "scoer")
    world.write("/tmp/Evil.pm", "package Evil; open(my $f, '>', '/tmp/evil'); 1;\n")
    check("rules that load code as well", take("LoadPlugin Evil /tmp/Evil.pm\n").code, 1)
    check("before it can run", world.mail.run("test", "-e", "/tmp/evil", check=False).code, 1)
    check("a name that is a path as well",
          take("body HOUSE /house/\n", "--name", "../house").code, 1)
    check("and another kind of file", take("body HOUSE /house/\n", name="house.txt").code, 1)
    check("none of that is there", json.loads(
        world.mgmtctl("spam", "rules", "list", "--json").out)["rules"], [])

    good = "body HOUSE_WORD /word of the house/\nscore HOUSE_WORD 60\n"
    check("good rules are taken", take(good).code, 0)
    check("as they are", world.mgmtctl("spam", "rules", "export", "house").out, good)
    in_force(world)
    check("a letter with the word", world.send(compose("word 1", "word of the house\n"),
                                               to=BOB).code, 250)
    contains("is judged by them", world.wait_for_mail(BOB, "word 1", folder="Junk"), b"HOUSE_WORD")
    world.mgmtctl("spam", "rules", "disable", "house")
    in_force(world)
    check("once they are disabled", world.send(compose("word 2", "word of the house\n"),
                                               to=BOB).code, 250)
    world.wait_for_mail(BOB, "word 2")
    world.mgmtctl("spam", "rules", "remove", "house")
    check("removed, they cannot be enabled",
          world.mgmtctl("spam", "rules", "enable", "house", check=False).code, 1)


def in_force(world):
    world.apply()
    wait_for(lambda: world.mail.run("spamc", "-U", "/run/spamd.sock", "-K",
                                    check=False).code == 0, 60, "spamd")


def junk_is_emptied(world):
    check("Bob's Junk", len(world.inbox(BOB, "Junk")), 1)
    check("is looked at", run_job(world, "junk-expiry")["outcome"], "done")
    check("and keeps what is young", len(world.inbox(BOB, "Junk")), 1)
    age(world, 29)
    check("it stays for its days", (run_job(world, "junk-expiry")["outcome"],
                                    len(world.inbox(BOB, "Junk"))), ("done", 1))
    age(world, 31)
    check("then it goes", (run_job(world, "junk-expiry")["outcome"],
                           len(world.inbox(BOB, "Junk"))), ("done", 0))
    check("from Junk alone", bool(world.inbox(BOB)), True)
    world.mail.run("rm", "/etc/ld.so.preload")


def age(world, days):
    """From now on doveadm believes that so many days are over."""
    world.write("/tmp/ahead.c", AHEAD)
    library = f"/usr/local/lib/ahead-{days}.so"
    world.mail.run("gcc", "-shared", "-fPIC", f"-DDAYS={days}", "-o", library, "/tmp/ahead.c")
    world.write("/etc/ld.so.preload", library + "\n")

"""Whose mail is not forwarded: at upload, at activation, and for what was there before."""

import contextlib

import server
from lab import StoryFailed, check, compose, contains, wait_for
from snapshot import Policy

WORDS = "automatic forwarding is turned off for this account by the administrator"

# name: (script, the folders in which the message is when it is not forwarded)
FORWARDING = {
    "plain": ('redirect "{to}";', ["INBOX"]),
    "variable": ('require "variables"; set "x" "{to}"; redirect "${{x}}";', ["INBOX"]),
    "copy": ('require "copy"; redirect :copy "{to}";', ["INBOX"]),
    "thrown": ('redirect "{to}"; discard;', ["INBOX"]),
    "copythrown": ('require "copy"; redirect :copy "{to}"; discard;', ["INBOX"]),
    "filed": ('require "fileinto"; fileinto "Work"; redirect "{to}";', ["INBOX", "Work"]),
    "inside": ('if header :contains "subject" "e" {{ redirect "{to}"; stop; }}', ["INBOX"]),
    "notify": ('require "enotify"; notify "mailto:{to}";', ["INBOX"]),
    "notifyvar": ('require ["enotify", "variables"]; set "x" "mailto:{to}"; notify "${{x}}";',
                  ["INBOX"]),
}
HARMLESS = {
    "vacation": ('require "vacation"; vacation "Away.";', ["INBOX"]),
    "filing": ('require "fileinto"; fileinto "Work";', ["Work"]),
}
PASSES_UPLOAD = ("notifyvar",)  # What its method is shows at delivery only.


def address(name):
    return f"{name}@example.com"


def outside(name):
    return f"{name}@outside.test"


def script(name):
    text, _ = (FORWARDING | HARMLESS)[name]
    return text.format(to=outside(name)) + "\n"


@contextlib.contextmanager
def managesieve(world, name):
    client = world.sieve()
    with contextlib.closing(client._wire):
        if not client.login(address(name), "sesame").startswith("OK"):
            raise StoryFailed(f"{name} cannot open ManageSieve")
        yield client


def set_policy(world, allowed):
    server.policies(world, {address(name): Policy(forwarding=allowed)
                            for name in FORWARDING | HARMLESS})


def first_word(answer):
    return answer.split()[0]


def upload_while_allowed(world):
    for name in FORWARDING | HARMLESS:
        with managesieve(world, name) as client:
            check(f"{name}: while it is allowed, upload and activation are taken",
                  [first_word(client.put("main", script(name))),
                   first_word(client.put("other", script(name))),
                   first_word(client.activate("main"))], ["OK"] * 3)


def upload_when_off(world):
    for name in FORWARDING | HARMLESS:
        refused = name in FORWARDING and name not in PASSES_UPLOAD
        want, how = (["NO", WORDS], "refused in words") if refused else (["OK"], "taken")
        with managesieve(world, name) as client:
            contains(f"{name}: now, an upload is {how}", client.put("new", script(name)), *want)
            contains(f"{name}: so is a check",
                     client.command("CHECKSCRIPT", script(name).encode()), *want)
            contains(f"{name}: so is activating an older one", client.activate("other"), *want)
            client.activate("main")


def folders(world, name, subject):
    """The folders of `name` that hold the message."""
    client = world.imap()
    with contextlib.closing(client.socket()):
        client.login(address(name), "sesame")
        return [folder for folder in ("INBOX", "Work")
                if any(subject.encode() in raw for raw in client.messages(folder))]


def deliver(world, subject):
    for name in FORWARDING | HARMLESS:
        answer = world.send(compose(subject, to=address(name)), to=address(name))
        if answer.code != 250:
            raise StoryFailed(f"the message for {name} is not taken: {answer}")
    wait_for(lambda: "queue is empty" in world.mail.run("postqueue", "-p").out, 30,
             "all mail to be delivered")


def went_out(world, name, count):
    wait_for(lambda: len(world.far.mailbox(outside(name))) >= count, 20,
             f"message {count} for {outside(name)}")


def story(world):
    names = list(FORWARDING) + list(HARMLESS)
    set_policy(world, True)
    upload_while_allowed(world)
    deliver(world, "before the rule")
    for name in FORWARDING:
        went_out(world, name, 1)
    check("while it is allowed, every script forwards", True)

    set_policy(world, False)
    deliver(world, "under the rule")
    for name in names:
        _, want = (FORWARDING | HARMLESS)[name]
        check(f"{name}: the message is where it can be read",
              folders(world, name, "under the rule"), want)
    check("nothing more went out, by scripts compiled before",
          {name: len(world.far.mailbox(outside(name))) for name in FORWARDING},
          {name: 1 for name in FORWARDING})
    wait_for(lambda: [raw for raw in world.far.mailbox("someone@outside.test")
                      if b"Auto-Submitted: auto-replied (vacation)" in raw], 20,
             "the vacation message")
    for words in ("message kept, not redirected to <plain@outside.test>",
                  "mailto notification not sent"):
        world.wait_for_log("Forwarding refused by policy: " + words)
    contains("the user's own log tells the user",
             world.mail.read(f"/var/mail/{address('plain')}/.dovecot.sieve.log").decode(),
             "message kept, not redirected to <plain@outside.test>: " + WORDS)
    upload_when_off(world)

    set_policy(world, True)
    deliver(world, "after the rule")
    for name in FORWARDING:
        went_out(world, name, 2)
    check("allowed again, every script forwards again", True)

"""Where is my mail? Whatever became of a message, `mgmtctl trace` tells it from the logs
of all four programs; neither log rotation nor a restart of mgmtd loses or doubles a line.
"""

import json

from lab import check, compose, contains, lacks, wait_for

SETTINGS = """
lists:
  block:
    - {name: pests, sender: pest@outside.test}
"""

DOMAIN = """
limits: {message_size: 64K}
aliases:
  - {name: sales, to: [alice, bob]}
  - {name: partner, to: [friend@outside.test]}
"""

ACCOUNTS = ("alice@example.com", "bob@example.com", "carl@example.com", "dora@example.com")


def story(world):
    world.govern(SETTINGS, domain=DOMAIN, accounts=ACCOUNTS)
    delivered(world)
    an_alias(world)
    by_scripts(world)
    bounced(world)
    refused(world)
    rotated(world)
    exported(world)
    not_read(world)


def ask(world, *argv):
    return json.loads(world.mgmtctl("--json", *argv).out)


def trace(world, identity, until):
    """The trace, once `until` holds of it: logs are read a moment after they are written."""
    def look():
        done = world.mgmtctl("--json", "trace", identity, check=False)
        found = json.loads(done.out) if done.code == 0 else {}
        return found if found and until(found) else None
    return wait_for(look, 20, f"a trace of {identity} that is complete")


def states(found):
    return sorted((one["recipient"], one["state"]) for one in found["outcomes"])


def has_states(*wanted):
    return lambda found: states(found) == sorted(wanted)


def programs(found):
    return {step["program"] for step in found["steps"]}


def message_id(raw):
    return raw.split(b"Message-ID: <", 1)[1].split(b">", 1)[0].decode()


def delivered(world):
    raw = compose("für Alice")
    check("a message is taken", world.send(raw).code, 250)
    whole = has_states(("alice@example.com", "delivered"))
    found = trace(world, message_id(raw),
                  lambda found: whole(found) and found["messages"][0]["subject"])
    check("by its message id it is seen in every program", programs(found),
          {"postfix/smtpd", "postfix/cleanup", "milterd", "postfix/qmgr", "postfix/lmtp",
           "dovecot/lmtp"})
    times = [step["time_ms"] for step in found["steps"]]
    check("in the order of time", times, sorted(times))
    contains("with each step of milterd",
             [step["step"] for one in found["steps"] if one["program"] == "milterd"
              for step in one["steps"]], "hop_count")
    check("and nothing is unknown", found["unknown"], [])
    check("its subject is known, and decoded", found["messages"][0]["subject"], "für Alice")
    queue_id = found["messages"][0]["queue_id"]
    check("by its queue id it is the same", trace(world, queue_id, bool)["steps"],
          found["steps"])
    code = found["messages"][0]["trace_code"]
    check("and by its trace code", trace(world, code, bool)["steps"], found["steps"])
    text = world.mgmtctl("trace", f"<{message_id(raw)}>").out
    contains("for people it ends with the outcome", text,
             "alice@example.com: delivered, saved mail to INBOX")


def an_alias(world):
    raw = compose("for sales", to="sales@example.com")
    world.send(raw, to="sales@example.com")
    trace(world, message_id(raw), has_states(("alice@example.com", "delivered"),
                                             ("bob@example.com", "delivered")))
    def records():
        return [(one["recipient"], one["status"], one["subject"]) for one in
                ask(world, "log", "mail", "--message-id", message_id(raw))["records"]]
    wanted = [("sales@example.com", "received", "for sales")]
    wait_for(lambda: records() == wanted, 20, f"{wanted} in the mail log")
    check("the mail log counts an alias once, as received", records(), wanted)
    raw = compose("for the partner", to="partner@example.com")
    world.send(raw, to="partner@example.com")
    trace(world, message_id(raw), has_states(("friend@outside.test", "sent")))


def script(world, user, text):
    client = world.sieve()
    client.login(user, world.passwords[user])
    contains(f"{user} stores a script", client.put("mine", text), "OK")
    client.activate("mine")


def by_scripts(world):
    script(world, "carl@example.com", "discard;\n")
    script(world, "dora@example.com", 'redirect "dora@outside.test";\n')
    raw = compose("for nobody", to="carl@example.com")
    world.send(raw, to="carl@example.com")
    trace(world, message_id(raw), has_states(("carl@example.com", "discarded")))
    check("what a script discards is not delivered", True)
    records = ask(world, "log", "mail", "--to", "carl@example.com")["records"]
    check("nor does the mail log say so", [one["status"] for one in records], ["discarded"])
    raw = compose("to be forwarded", to="dora@example.com")
    world.send(raw, to="dora@example.com")
    found = trace(world, message_id(raw), has_states(("dora@example.com", "forwarded"),
                                                     ("dora@outside.test", "sent")))
    check("the copy that was forwarded is part of the trace", len(found["messages"]), 2)


def bounced(world):
    raw = compose("to nowhere", sender="alice@example.com", to="x@nowhere.test")
    world.submit(raw, "alice@example.com", ["x@nowhere.test", "friend@outside.test"])
    found = trace(world, message_id(raw),
                  has_states(("x@nowhere.test", "failed"), ("friend@outside.test", "sent"),
                             ("alice@example.com", "delivered")))
    check("the bounce belongs to the trace", [one["how"] for one in found["links"]],
          ["notification"])
    records = ask(world, "log", "mail", "--from", "alice@example.com")["records"]
    check("the mail log has one record for each recipient outside",
          sorted((one["recipient"], one["status"]) for one in records),
          [("friend@outside.test", "sent"), ("x@nowhere.test", "failed")])


def refused(world):
    answer = world.send(compose("pest"), "pest@outside.test", "bob@example.com")
    check("policyd refuses at RCPT", (answer.stage, answer.code), ("rcpt", 550))
    code = answer.text.split("reference ")[1][:8]
    found = trace(world, code, lambda found: "postfix/smtpd" in programs(found))
    check("by the reference in the reply both sides are found", programs(found),
          {"policyd", "postfix/smtpd"})
    check("and the outcome", states(found), [("bob@example.com", "rejected")])

    raw = compose("too large", "x" * 70 + "\n" + "y\n" * 40000, sender="alice@example.com")
    answer = world.submit(raw, "alice@example.com", "bob@example.com")
    check("milterd refuses what is too large", answer.code, 552)
    code = answer.text.split("reference ")[1][:8]
    found = trace(world, code, has_states(("bob@example.com", "rejected")))
    contains("and says what it saw", json.dumps(found["steps"]), "message_size")

    answer = world.send(compose("relay"), "someone@outside.test", "x@elsewhere.test",
                        door=world.wan.at("203.0.113.14"))
    check("Postfix itself refuses to relay", answer.code, 554)
    rows = wait_for(lambda: ask(world, "trace", "--client", "203.0.113.14")["messages"] or None,
                    20, "the refusal in the log database")
    contains("found by its client", rows[0]["says"], "Relay access denied")
    check("and by its recipient",
          [one["says"] for one in ask(world, "trace", "--to", "*@elsewhere.test",
                                      "--since", "1h")["messages"]], [rows[0]["says"]])

    def types():
        return [(one["type"], one["source"]) for one in ask(world, "log", "security")["records"]]
    wanted = [("block_list", "203.0.113.10"), ("reject", "192.0.2.10"),
              ("reject", "203.0.113.14")]
    wait_for(lambda: sorted(types()) == wanted or None, 20, f"{wanted} in the security log")
    check("the security log has each refusal once", sorted(types()), wanted)
    done = world.mgmtctl("trace", "NOSUCH11", check=False)
    check("what was never seen is not made up", done.code, 1)
    contains("and that is said", done.err, "nothing is known of NOSUCH11")


def sent_to_bob(world):
    return sorted(one["subject"] for one in ask(world, "log", "mail", "--to",
                                                "bob@example.com")["records"])


def rotated(world):
    world.send(compose("1 before"), to="bob@example.com")
    world.mail.unit("mgmtd").stop()
    world.send(compose("2 while mgmtd is down"), to="bob@example.com")
    world.wait_for_mail("bob@example.com", "2 while")
    world.mail.run("sh", "-ec", "cd /var/log; mv mail.log mail.log.1; "
                   "install -m 640 -o root -g adm /dev/null mail.log")
    world.send(compose("3 to the old file"), to="bob@example.com")
    world.wait_for_mail("bob@example.com", "3 to the old")
    world.mail.reopen_logs()
    world.send(compose("4 to the new one"), to="bob@example.com")
    world.wait_for_mail("bob@example.com", "4 to the new")
    world.mail.unit("mgmtd").start()
    world.send(compose("5 after"), to="bob@example.com")
    subjects = ["1 before", "2 while mgmtd is down", "3 to the old file", "4 to the new one",
                "5 after"]
    wait_for(lambda: sent_to_bob(world) == subjects or None, 30,
             "every message over a rotation, once")
    world.mail.run("sh", "-ec", "cd /var/log; cp -p mail.log mail.log.2; : >mail.log")
    world.send(compose("6 copied and emptied"), to="bob@example.com")
    subjects.append("6 copied and emptied")
    wait_for(lambda: sent_to_bob(world) == subjects or None, 30,
             "every message over copytruncate, once")
    check("nothing is lost or doubled by rotation and restart", sent_to_bob(world), subjects)


def exported(world):
    lines = world.mgmtctl("log", "mail", "--csv", "--text", "BEFORE").out.splitlines()
    check("CSV has a line of names and the one record", len(lines), 2)
    contains("the names", lines[0], "time,message_id,sender,recipient,subject,size,status")
    contains("the record", lines[1], "bob@example.com", "1 before", "received")
    lacks("and no other", lines[1], "2 while")


def not_read(world):
    world.configure(SETTINGS + "logging: {files: [/var/log/mail.log, /var/log/none.log]}")
    world.apply()
    wait_for(lambda: "none.log" in world.mgmtctl("log", "mail").err or None, 30,
             "the log that is not there to be missed")
    for command in (("log", "mail"), ("log", "security"), ("trace", "--to", "*")):
        contains(f"{command[0]} {command[1]} says what it cannot know",
                 world.mgmtctl(*command).err, "not known: ", "/var/log/none.log")
        lacks("and of the other nothing", world.mgmtctl(*command).err, "mail.log")
        check("in JSON, too", len(ask(world, *command)["unknown"]), 1)
    logs = {one["name"]: one["good"] for one in ask(world, "status")["logs"]}
    check("status tells which", logs, {"/var/log/mail.log": True, "/var/log/none.log": False})

"""Mail and webhooks, by programs that are not ours.

The real service sends to a mail server (aiosmtpd) and to receivers of webhooks, whose signatures the
official libraries of Standard Webhooks verify. Receivers and the mail server are away for a while, and the
service is killed: everything must arrive, in order.
"""

import argparse
import base64
import email
import email.policy
import http.server
import json
import logging
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
OMBUDSMAN = ("0300 111 3000", "www.housing-ombudsman.org.uk")
# What a resident types: none of it may be in a webhook, in mail to the team, or in a log.
PERSONAL = ("Amira", "Marked Street", "amira@example.org", "marked account", "07700 900001")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--program", required=True, help="the receiving service")
    arguments.add_argument("--database", help="an empty one of PostgreSQL, for two instances at once")
    arguments.add_argument("--show", action="store_true", help="show what a resident gets")
    arguments.add_argument("--events", type=int, default=60, help="while a receiver is away")
    given = arguments.parse_args()
    # What a server says when a client hangs up is expected here.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        signatures(given, folder)
        receiver_that_is_away(given, folder)
        addresses_that_are_refused(given, folder)
        mail(given, folder)
        mail_in_private(given, folder)
        webhooks_in_private(given, folder)
        a_whole_case(given, folder)
        if given.database:
            two_instances(given, folder)
        else:
            print("two instances over PostgreSQL: not tried, no --database is given")


def signatures(given, folder):
    """The official libraries verify what is sent, and nothing that was altered."""
    service = Service(given.program, folder / "signatures", ["--allow-private-webhooks"])
    receiver = Receiver()
    hook, first = service.add_webhook(receiver.url)
    assert re.fullmatch(r"wh_[0-9a-f]{16}", hook) and first.startswith("whsec_"), (hook, first)
    assert len(base64.b64decode(first[len("whsec_") :])) == 32
    case = service.case()
    wait_for(lambda: receiver.got, "the first webhook")
    got = receiver.got[0]
    event = json.loads(got.body)
    assert event["type"] == "case.received", event
    assert event["data"]["reference"] == case[0] and event["data"]["landlord"] == "halton", event
    assert event["data"]["url"] == f"/v1/cases/{case[0]}", event
    for word in PERSONAL:
        assert word not in got.body and word not in str(got.headers), word
    second = service.run("webhooks", "rotate", hook).strip()
    assert second.startswith("whsec_") and second != first
    service.message(case, "Hello")
    wait_for(lambda: len(receiver.got) == 2, "the second webhook")
    rotated = receiver.got[1]
    assert len(rotated.headers["webhook-signature"].split(" ")) == 2
    earlier = str(int(got.headers["webhook-timestamp"]) - 1)
    altered = [
        ("body", got.headers, got.body.replace("halton", "rugby")),
        ("id", got.headers | {"webhook-id": "msg_other"}, got.body),
        ("time", got.headers | {"webhook-timestamp": earlier}, got.body),
        ("old", got.headers | {"webhook-timestamp": "1600000000"}, got.body),
    ]
    trials = [("first", first, got.headers, got.body, True)]
    trials += [("other secret", second, got.headers, got.body, False)]
    trials += [("rotated, new", second, rotated.headers, rotated.body, True)]
    trials += [("rotated, old", first, rotated.headers, rotated.body, True)]
    trials += [(name, first, headers, body, False) for name, headers, body in altered]
    verified = verified_by_node(trials)
    for (name, secret, headers, body, expected), by_node in zip(trials, verified, strict=True):
        try:
            Webhook(secret).verify(body, headers)
            by_python = True
        except WebhookVerificationError:
            by_python = False
        assert by_python == expected, f"Python: {name}"
        assert by_node == expected, f"JavaScript: {name}"
    # Whoever takes it has the case.
    history = [entry["what"] for entry in service.view(case)["history"]]
    assert "confirmed" in history, history
    assert service.run("webhooks", "test", hook, "--allow-private-webhooks").strip() == "It arrived."
    test = receiver.got[-1]
    assert json.loads(Webhook(second).verify(test.body, test.headers) and test.body)["type"] == "service.test"
    service.run("webhooks", "remove", hook)
    service.message(case, "Nobody is told of this")
    time.sleep(1.5)
    assert receiver.got[-1] is test, "a webhook that was removed is told"
    service.stop()
    service.search_log()
    receiver.close()
    print(f"signatures: {len(trials)} trials, as expected by both official libraries; 2 secrets for a while")


def receiver_that_is_away(given, folder):
    """Refuses connections, answers with errors, hangs; the service is killed: all arrives, in order."""
    options = ["--allow-private-webhooks", "--longest-wait", "300"]
    service = Service(given.program, folder / "away", options)
    port = free_port()
    service.add_webhook(f"http://127.0.0.1:{port}/hooks")
    receiver_2 = Receiver()
    service.add_webhook(receiver_2.url)
    # One that is away does not hold up another.
    cases = [service.case()]
    wait_for(lambda: receiver_2.got, "the other webhook")
    events = 1
    while events < given.events // 2:
        cases.append(service.case())
        service.message(cases[events % len(cases)], f"Message {events}")
        events += 2
    # Now it is there, and fails in every way.
    receiver = Receiver(port)
    receiver.answers = [500, 503, "hang up", 404, 302, 429]
    wait_for(lambda: not receiver.answers, "all the failures")
    assert not receiver.got
    receiver.answer = 503
    service.kill()
    service = Service(given.program, folder / "away", options)
    while events < given.events:
        service.message(cases[events % len(cases)], f"Message {events}")
        events += 1
    service.kill()
    service = Service(given.program, folder / "away", options)
    time.sleep(1)
    receiver.answer = 204
    for name, it in [("the one that was away", receiver), ("the other", receiver_2)]:
        wait_for(lambda: len(set(it.ids())) == events, f"{name}: {events} webhooks")
        numbers = it.event_ids()
        once = list(dict.fromkeys(numbers))
        assert once == sorted(once), f"{name}: not in order"
        assert it.most_at_once == 1, f"{name}: {it.most_at_once} at once"
        again = len(numbers) - len(once)
        print(f"webhooks, {name}: {events} events, all arrived, in order; {again} came twice; 2 kills")
    wait_for(lambda: service.backlog() == 0, "an empty outbox")
    # One that hangs does not keep the service from stopping.
    receiver.answer = "hang"
    service.message(cases[0], "The last")
    wait_for(lambda: receiver.hanging, "a receiver that hangs")
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 12, "it does not stop"
    service.search_log()
    receiver.close()
    receiver_2.close()


def two_instances(given, folder):
    """Over one database; one of them is killed in the middle, again and again."""
    options = ["--allow-private-webhooks", "--longest-wait", "300"]
    shared = {"HC_DATABASE": given.database, "HC_SECRET": "the secret of a test"}
    first = Service(given.program, folder / "first", options, shared)
    second = Service(given.program, folder / "second", options, shared)
    receivers = [Receiver(), Receiver()]
    for receiver in receivers:
        first.add_webhook(receiver.url)
    cases, kills = [], 0
    for number in range(given.events):
        if number % 3 == 0:
            cases.append(first.case())
        else:
            first.message(cases[number % len(cases)], f"Message {number}")
        if number % 20 == 10:
            second.kill()
            kills += 1
            second = Service(given.program, folder / "second", options, shared)
    for receiver in receivers:
        # What the killed one had is free again after forty seconds.
        wait_for(lambda: len(set(receiver.ids())) == given.events, f"{given.events} webhooks")
        of_case = {}
        for got in receiver.got:
            data = json.loads(got.body)["data"]
            of_case.setdefault(data["reference"], []).append(data["eventId"])
        for numbers in of_case.values():
            once = list(dict.fromkeys(numbers))
            assert once == sorted(once), f"not in order: {numbers}"
        again = len(receiver.got) - given.events
        print(f"two instances: {given.events} events, all arrived, in order; {again} came twice; {kills} kills")
        # The one that was killed may have had a request open.
        assert receiver.most_at_once <= 2, receiver.most_at_once
    first.stop()
    second.stop()
    for service in [first, second]:
        service.search_log()
    for receiver in receivers:
        receiver.close()


def addresses_that_are_refused(given, folder):
    service = Service(given.program, folder / "refused", ["--longest-wait", "300"])
    receiver = Receiver()
    for url in [
        "http://crm.example.org/",
        f"https://127.0.0.1:{receiver.port}/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.0.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://224.0.0.1/",
        "https://user:pass@crm.example.org/",
        "ftp://crm.example.org/",
    ]:
        refused = service.refused("webhooks", "add", "--landlord", "halton", "--url", url)
        assert "can't be used for a webhook" in refused, refused
    # A name says nothing about where it leads: that is looked at when it is connected to.
    hook, _ = service.add_webhook(f"https://localhost:{receiver.port}/", options=[])
    refused = service.refused("webhooks", "test", hook)
    assert "address refused" in refused, refused
    service.case()
    time.sleep(2)
    assert receiver.connections == 0, "it connected to an address that it must not"
    wait_for(lambda: service.backlog() == 1, "one that waits")
    service.stop()
    # With leave: no redirect is followed, and 410 switches it off.
    service = Service(
        given.program, folder / "gone", ["--allow-private-webhooks", "--longest-wait", "300"]
    )
    other = Receiver()
    receiver.location = other.url
    receiver.answers = [302, 307]
    hook, _ = service.add_webhook(receiver.url)
    case = service.case()
    wait_for(lambda: receiver.got, "what was redirected")
    assert other.connections == 0, "it followed a redirect"
    receiver.answer = 410
    seen = len(receiver.got)
    service.message(case, "One")
    wait_for(lambda: "410" in service.run("webhooks", "list"), "the webhook to be switched off")
    service.message(case, "Two")
    time.sleep(1.5)
    assert len(receiver.got) == seen
    assert receiver.refused == 1, receiver.refused
    service.stop()
    receiver.close()
    other.close()
    print("addresses: 16 refused, a name that leads to this machine refused, no redirect followed, 410 ends it")


def mail(given, folder):
    """What the resident and the team get; the mail server is away for a while."""
    server = MailServer()
    service = Service(given.program, folder / "mail", server.options())
    case = service.case(email="amira@example.org", adjustments=["large_print"])
    wait_for(lambda: len(server.letters) == 2, "two letters")
    own, team = server.to("amira@example.org")[0], server.to("team@halton.example")[0]
    assert own["Subject"] == f"Your case {case[0]}", own["Subject"]
    text, html = parts(own)
    assert case[1] in text and case[1] in html, "the access code is missing"
    assert "By Friday" in text or "By " in text
    assert "27px" in html, "no large print"
    for word in PERSONAL:
        assert word not in team.as_string() and word not in "".join(parts(team)), word
    assert "danger now: no" in parts(team)[0] and "Adjustments asked for: yes" in parts(team)[0]
    assert f"https://complaints.example/officers/cases/{case[0]}" in parts(team)[0]
    assert case[1] not in "".join(parts(team))
    kept = "select count(*) from outbox where code is not null or body is not null"
    wait_for(lambda: service.column(kept) == 0, "what was sent to be removed")
    service.never_stored(case[1])
    # While the server is away, letters wait; a thread stays one.
    server.stop()
    service.message(case, "marked account")
    service.post(case, "stage2", {})
    time.sleep(1)
    service.kill()
    service = Service(given.program, folder / "mail", server.options())
    service.post(case, "withdrawal", {})
    server.start()
    wait_for(lambda: len(server.letters) == 7, "seven letters")
    mine = server.to("amira@example.org")
    assert [first_line(it) for it in mine[1:]] == [
        "Halton Housing has your request for stage 2. You do not have to do anything now. You do not have "
        "to say why you asked.",
        "You have taken this back, and Halton Housing stops looking into it. You can change your mind at "
        "any time.",
    ], [first_line(it) for it in mine]
    for thread in [mine, server.to("team@halton.example")]:
        for letter in thread[1:]:
            assert letter["In-Reply-To"] == letter["References"] == thread[0]["Message-ID"]
        assert len({it["Message-ID"] for it in thread}) == len(thread)
    for letter in server.letters:
        check(letter)
    # Whoever may be harmed by who reads their mail gets a letter that says nothing.
    server.letters.clear()
    careful = service.case(
        email="amira@example.org", account="My ex is violent and reads my post. marked account"
    )
    wait_for(lambda: len(server.letters) == 2, "two letters")
    own = server.to("amira@example.org")[0]
    assert own["Subject"] == f"Your case {careful[0]}"
    text, html = parts(own)
    assert careful[1] not in text + html and "complaint" not in text.split("Your rights")[0], text
    check(own)
    service.stop()
    service.search_log()
    server.stop()
    print("mail: letters to the resident and the team, in one thread, with the rights; none lost, none said too much")


def mail_in_private(given, folder):
    """Over TLS, with a name and a password; a certificate of nobody is refused."""
    context, cert = certificate(folder)
    server = MailServer(context)
    secret = folder / "smtp"
    secret.write_text(f"smtp://me:p%40ss@localhost:{server.port}?tls=required\n")
    options = server.options(secret)
    service = Service(given.program, folder / "private", options)
    service.case(email="amira@example.org")
    time.sleep(2)
    assert not server.letters, "a letter went to a server that nobody vouches for"
    service.stop()
    service = Service(given.program, folder / "private", options, {"SSL_CERT_FILE": str(cert)})
    wait_for(lambda: len(server.letters) == 2, "two letters")
    assert server.logins and set(server.logins) == {("me", "p@ss")}, server.logins
    service.stop()
    assert "p%40ss" not in service.log() and "p@ss" not in service.log()
    service.search_log()
    server.stop()
    show(given, server)
    print("mail over TLS: the server's name is checked, the password arrives and is in no log")


def webhooks_in_private(given, folder):
    """By https; a certificate of nobody is refused, and so is that of another name."""
    context, cert = certificate(folder)
    options = ["--allow-private-webhooks", "--longest-wait", "300"]
    data = folder / "https"
    receiver = Receiver(context=context)
    service = Service(given.program, data, options)
    hook, _ = service.add_webhook(f"https://localhost:{receiver.port}/", ())
    other, _ = service.add_webhook(f"https://127.0.0.1:{receiver.port}/")
    service.case()
    time.sleep(2)
    assert not receiver.got, "a webhook went to a server that nobody vouches for"
    service.stop()
    service = Service(given.program, data, options, {"SSL_CERT_FILE": str(cert)})
    wait_for(lambda: len(receiver.got) == 1, "the webhook")
    time.sleep(1)
    assert len(receiver.got) == 1, "the name was not looked at"
    wait_for(lambda: service.backlog() == 1, "one that waits")
    assert service.run("webhooks", "test", hook, "--allow-private-webhooks").strip() == "It arrived."
    assert "not there" in service.refused("webhooks", "test", other, "--allow-private-webhooks")
    service.stop()
    receiver.close()
    print("webhooks by https: the server's certificate and its name are checked")


def certificate(folder):
    """A certificate for `localhost` that nobody vouches for, and its file."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key]
        + ["-out", cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        + ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"],
        capture_output=True,
    )
    assert made.returncode == 0, made.stderr.decode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


def a_whole_case(given, folder):
    """What the landlord does, by its API, as the resident hears of it."""
    server = MailServer()
    service = Service(given.program, folder / "whole", server.options())
    try:
        out = service.run(
            "keys", "add", "--name", "crm", "--landlord", "halton", "--scope", "cases:read", "--scope",
            "cases:write",
        )
    except AssertionError:
        print("what the landlord does: left out, this program has no keys")
        return
    key = re.search(r"hck_\S+", out)[0]
    case = service.case(email="amira@example.org")
    reference = case[0]
    evil = "Dear <b>Amira</b>,\nit is \"done\" & dusted."

    def act(**what):
        service.request(f"/v1/cases/{reference}", key, what, "PATCH")

    act(act="acknowledge", definition="The boiler is broken, and you want it mended.")
    due = service.view(case)["stages"][0]["respondBy"]
    until = time.strftime("%Y-%m-%d", time.gmtime(time.mktime(time.strptime(due, "%Y-%m-%d")) + 5 * 86400))
    act(act="extend", until=until, reason="The part comes from abroad.")
    act(act="message", text=evil)
    act(act="respond", text="We uphold your complaint.")
    service.post(case, "stage2", {})
    act(act="acknowledge", definition="You want compensation.")
    act(act="respond", text="This is our last word.")
    wait_for(lambda: len(server.to("amira@example.org")) == 8, "eight letters")
    mine = server.to("amira@example.org")
    for letter in mine:
        check(letter)
        assert letter["Subject"] == f"Your case {reference}"
    said = [(0, "What happens next"), (1, "> The boiler is broken, and you want it mended.")]
    said += [(2, "> The part comes from abroad."), (2, "about it now"), (3, '> it is "done" & dusted.')]
    said += [(4, "> We uphold your complaint."), (4, "you can ask us for stage 2")]
    said += [(5, "request for stage 2"), (6, "> You want compensation."), (7, "> This is our last word.")]
    said += [(7, "12 months")]
    for number, words in said:
        assert words in parts(mine[number])[0], (number, words, parts(mine[number])[0])
    # An officer's link comes by mail, and works.
    service.run(
        "officers", "add", "--email", "jo@halton.example", "--name", "Jo", "--landlord", "halton"
    )
    address = f"http://127.0.0.1:{service.port}"
    form = urllib.request.Request(
        f"{address}/officers/sign-in/link", b"email=jo@halton.example", {"Origin": address}
    )
    urllib.request.urlopen(form).close()
    wait_for(lambda: server.to("jo@halton.example"), "the officer's link")
    link = re.search(r"https://complaints\.example(/officers/enter/\S+)", parts(server.to("jo@halton.example")[0])[0])[1]
    with urllib.request.urlopen(address + link) as page:
        assert page.status == 200
    service.never_stored(link.rsplit("/", 1)[1])
    html = parts(mine[3])[1]
    assert "<b>Amira" not in html and "Dear &lt;b&gt;Amira&lt;/b&gt;,<br>" in html, html
    service.stop()
    server.stop()
    print("what the landlord does: eight letters of one case, with the rights; an officer's link that works")


def show(given, server):
    if given.show:
        for letter in server.letters:
            print(letter["Subject"], *parts(letter), sep="\n")


def check(letter):
    """What every letter about a case must have."""
    assert letter["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@halton\.example>", letter["Message-ID"]), letter["Message-ID"]
    assert letter.get_content_type() == "multipart/alternative"
    for part in parts(letter):
        for fact in OMBUDSMAN:
            assert fact in part, f"{fact} is missing: {part}"
        assert "{" not in part.replace("{margin", ""), part
        assert "mail." not in part.replace("mail.org", ""), part
    html = parts(letter)[1]
    assert html.startswith("<!doctype html>") and "<img" not in html and "http-equiv" not in html


def parts(letter):
    return [part.get_content().replace("\r\n", "\n") for part in letter.iter_parts()]


def first_line(letter):
    return parts(letter)[0].split("\n")[0]


class Service:
    """The service as a process."""

    def __init__(self, program, data, options=(), environment=None):
        self.program, self.data = str(program), data
        self.own = {name: value for name, value in os.environ.items() if not name.startswith("HC_")}
        self.own |= environment or {}
        command = [program, "serve", "--port", "0", "--data", data, *options]
        self.process = subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            env=self.own,
            stdout=subprocess.PIPE,
            stderr=open(data.with_suffix(".log"), "ab"),
        )
        ready = self.process.stdout.readline().decode()
        assert ready.startswith("Ready at http://"), self.log()
        self.port = int(ready.rstrip("/\n").rsplit(":", 1)[1])

    def command(self, *words):
        line = [self.program, words[0], words[1], *words[2:], "--data", str(self.data)]
        return subprocess.run(line, cwd=ROOT, env=self.own, capture_output=True, timeout=60)

    def run(self, *words):
        done = self.command(*words)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def refused(self, *words):
        done = self.command(*words)
        assert done.returncode == 1, done
        return done.stderr.decode()

    def add_webhook(self, url, options=("--allow-private-webhooks",)):
        out = self.run("webhooks", "add", "--landlord", "halton", "--url", url, *options)
        return out.split()

    def case(self, email=None, account="There is no heating. marked account", adjustments=()):
        """The reference and the access code of a new complaint."""
        record = json.loads((ROOT / "tests/uploads/complaint.json").read_text())
        record["resident"] |= {"name": "Amira Example", "address": "1 Marked Street"}
        record["contact"] = {"phone": "07700 900001"} | ({"email": email} if email else {})
        record["account"] = account
        record["adjustments"] = {"requested": list(adjustments)}
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        receipt = self.request("/v1/submissions", None, record, "POST", headers)
        return receipt["reference"], receipt["accessCode"]

    def message(self, case, text):
        self.post(case, "messages", {"text": text})

    def post(self, case, what, body):
        self.request(f"/v1/cases/{case[0]}/{what}", case[1], body, "POST")

    def view(self, case):
        return self.request(f"/v1/cases/{case[0]}", case[1])

    def request(self, path, token, body=None, method="GET", headers=None):
        headers = {"Content-Type": "application/json"} | (headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            None if body is None else json.dumps(body).encode(),
            headers,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def column(self, sql):
        with sqlite3.connect(self.data / "housing-complaint.db") as database:
            return database.execute(sql).fetchone()[0]

    def backlog(self):
        return self.column(
            "select (select count(*) from notices) + (select count(*) from outbox "
            "where delivered_at is null and parked_at is null)"
        )

    def never_stored(self, code):
        """The code is in no file of the database, nor in what was deleted from it."""
        for file in self.data.glob("housing-complaint.db*"):
            held = file.read_bytes()
            for written in [code, code.replace(" ", "")]:
                assert written.encode() not in held, f"{file.name} holds the access code"

    def log(self):
        return self.data.with_suffix(".log").read_text()

    def search_log(self):
        for word in PERSONAL:
            assert word not in self.log(), f"{word} is in the log"

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        assert self.process.wait(20) == 0, self.log()


class Got:
    def __init__(self, headers, body):
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body


class Receiver:
    """A receiver of webhooks. It answers `answer`, but first what is in `answers`."""

    def __init__(self, port=0, context=None):
        self.got, self.answers, self.answer = [], [], 204
        self.connections = self.hanging = self.refused = self.at_once = self.most_at_once = 0
        self.location = None
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.receive(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        accept = self.server.get_request

        def get_request():
            self.connections += 1
            return accept()

        self.server.get_request = get_request
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hooks?of=halton"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def receive(self, request):
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            answer = self.answers.pop(0) if self.answers else self.answer
        try:
            body = request.rfile.read(int(request.headers["Content-Length"])).decode()
            if answer == "hang":
                self.hanging += 1
                time.sleep(30)
                return
            if answer == "hang up":
                request.connection.close()
                return
            if 200 <= answer < 300:
                self.got.append(Got(request.headers, body))
            else:
                self.refused += answer == 410
            time.sleep(0.002)
        finally:
            with self.lock:
                self.at_once -= 1
        request.send_response(answer)
        if self.location:
            request.send_header("Location", self.location)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def ids(self):
        return [got.headers["webhook-id"] for got in self.got]

    def event_ids(self):
        return [json.loads(got.body)["data"]["eventId"] for got in self.got]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class MailServer:
    """A mail server that keeps what it gets."""

    def __init__(self, context=None):
        self.letters, self.logins, self.context = [], [], context
        self.port = free_port()
        self.start()

    def start(self):
        private = {}
        if self.context:
            private = {
                "tls_context": self.context,
                "require_starttls": True,
                "auth_required": True,
                "authenticator": self.login,
            }
        host = "localhost" if self.context else "127.0.0.1"
        self.controller = Controller(self, hostname=host, port=self.port, **private)
        self.controller.start()

    def stop(self):
        self.controller.stop()

    def login(self, _server, _session, _envelope, _mechanism, data):
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)

    async def handle_DATA(self, _server, _session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert envelope.rcpt_tos == [letter["To"]], envelope.rcpt_tos
        self.letters.append(letter)
        return "250 OK"

    def to(self, address):
        return [letter for letter in self.letters if letter["To"] == address]

    def options(self, file=None):
        server = ["--smtp-file", file] if file else ["--smtp", f"smtp://127.0.0.1:{self.port}"]
        return [
            *server,
            "--mail-from",
            "Complaints <complaints@halton.example>",
            "--team-mail",
            "halton=team@halton.example",
            "--public-url",
            "https://complaints.example",
            "--longest-wait",
            "300",
        ]


def verified_by_node(trials):
    lines = "".join(
        json.dumps({"secret": secret, "headers": headers, "body": body}) + "\n"
        for _, secret, headers, body, _ in trials
    )
    node = subprocess.run(
        ["node", HERE / "verify.mjs"], cwd=ROOT, input=lines.encode(), capture_output=True, timeout=60
    )
    assert node.returncode == 0, node.stderr.decode()
    return [line == "true" for line in node.stdout.decode().split()]


def wait_for(condition, what):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"{what}: it does not come"
        time.sleep(0.05)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


if __name__ == "__main__":
    main()

"""Alerts reach a file, a mail server and an address on the web: whole, once, signed, and nothing secret with them."""

from __future__ import annotations

import hashlib
import hmac
import json
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lifeworth.data.book import Book, book_of
from lifeworth.data.book_alerts import DELIVERIES
from lifeworth.monitoring.alerts import Alerts
from lifeworth.monitoring.delivery.by_mail import by_mail, compose
from lifeworth.monitoring.delivery.by_webhook import by_webhook
from lifeworth.monitoring.delivery.to_file import to_file
from lifeworth.monitoring.finding import Finding, Outcome, Told
from lifeworth.monitoring.outbox import Message, NotTakenError, send, waiting
from lifeworth.monitoring.quiet import is_quiet
from lifeworth.settings import ToMail, ToWebhook

NOON = datetime(2026, 7, 1, 12)
SECRET = "a-secret-nobody-may-see"


def message(number: str = "d1", **more: Any) -> Message:
    said = {
        "delivery_id": number, "event": "raised", "alert_id": "a1", "check": "volume", "subject": "sales", "severity": "warning",
        "since": "2026-06-24", "raised_at": "2026-07-01T12:00:00Z", "closed_at": None, "finding": "Orders fell to 50 — half.", "cause": "Nobody knows.",
        "next_step": "Look.", "money": {"amount": -1234.5, "currency": "EUR", "is": "revenue missing"}, "workspace": "shop",
    }  # fmt: skip
    return Message(number, {**said, **more})


# -- a file -----------------------------------------------------------------------------------------------------------
def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_file_gets_a_line_a_message_and_keeps_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "alerts.jsonl"
    assert to_file(path, [message("d1")]) == ["d1"]
    assert to_file(path, [message("d2"), message("d3")]) == ["d2", "d3"]
    assert [one["delivery_id"] for one in lines(path)] == ["d1", "d2", "d3"]
    assert lines(path)[0]["money"] == {"amount": -1234.5, "currency": "EUR", "is": "revenue missing"}
    assert path.stat().st_mode & 0o077 == 0


def test_a_message_that_stands_in_the_file_is_not_added_again(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    to_file(path, [message("d1")])
    assert to_file(path, [message("d1"), message("d2")]) == ["d1", "d2"]
    assert [one["delivery_id"] for one in lines(path)] == ["d1", "d2"]


def test_a_line_that_was_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"delivery_id": "d0", "half')
    to_file(path, [message("d1")])
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[1])["delivery_id"] == "d1"


def test_a_file_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotTakenError, match="folder"):
        to_file(tmp_path / "folder", [message()])


# -- e-mail -----------------------------------------------------------------------------------------------------------
class Postbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand over an e-mail."""

    def handle(self) -> None:
        server: Any = self.server
        if server.implicit:
            self.secure()
        self.say("220 postbox")
        while line := self.rfile.readline():
            word = line.decode().strip()
            server.heard.append(word)
            verb = word.split(" ", 1)[0].upper()
            if verb == "EHLO":
                extra = ["STARTTLS"] if server.context and not server.implicit else []
                extra += ["AUTH PLAIN"] if server.password else []
                self.say("\r\n".join([f"250-{one}" for one in ["postbox", *extra]] + ["250 8BITMIME"]))
            elif verb == "STARTTLS":
                self.say("220 go on")
                self.secure()
            elif verb == "AUTH":
                import base64

                said = base64.b64decode(word.split(" ")[2]).split(b"\0")[2].decode()
                self.say("235 ok" if said == server.password else f"535 wrong: {said}")
            elif verb == "DATA":
                self.say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                server.mails.append(text.decode())
                self.say("250 taken" if not server.refuses else "554 no")
            elif verb == "RCPT" and "nobody@" in word:
                self.say("550 no such person")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def secure(self) -> None:
        server: Any = self.server
        self.connection = server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")


@contextmanager
def postbox(
    context: ssl.SSLContext | None = None, *, implicit: bool = False, password: str = "", refuses: bool = False
) -> Iterator[Any]:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Postbox) as server:
        one: Any = server
        one.context, one.implicit, one.password, one.refuses, one.mails, one.heard = (
            context,
            implicit,
            password,
            refuses,
            [],
            [],
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine, made for these tests."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def sides(certificate: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return server, ssl.create_default_context(cafile=str(certificate / "cert.pem"))


def mail_to(port: int, **more: Any) -> ToMail:
    return ToMail(**{"host": "127.0.0.1", "port": port, "security": "none", "sender": "lifeworth@example.com", "to": ("ada@example.com", "bo@example.com"), **more})  # fmt: skip


def test_an_email_holds_all_that_waits(tmp_path: Path) -> None:
    with postbox() as server:
        assert by_mail(mail_to(server.server_address[1]), [message("d1"), message("d2", subject="web")], {}) == [
            "d1",
            "d2",
        ]
        (mail,) = server.mails
    assert "rcpt to:<bo@example.com>" in [one.lower() for one in server.heard]
    assert "Subject: [Lifeworth] New: warning: volume: sales and 1 more" in mail.replace("\r\n ", " ")
    assert "Auto-Submitted: auto-generated" in mail


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_an_email_is_encrypted_and_signed_in(certificate: Path, security: str) -> None:
    ours, theirs = sides(certificate)
    with postbox(ours, implicit=security == "ssl", password=SECRET) as server:
        to = mail_to(server.server_address[1], security=security, user="lifeworth", password_env="MAIL_PASSWORD")
        assert by_mail(to, [message()], {"MAIL_PASSWORD": SECRET}, theirs) == ["d1"]
        assert len(server.mails) == 1
    if security == "starttls":
        assert server.heard.index("STARTTLS") < next(k for k, one in enumerate(server.heard) if one.startswith("AUTH"))


def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path) -> None:
    ours, _ = sides(certificate)
    with postbox(ours) as server, pytest.raises(NotTakenError):
        by_mail(mail_to(server.server_address[1], security="starttls"), [message()], {})
    assert server.mails == []


def test_a_server_without_starttls_is_told_nothing() -> None:
    with postbox() as server, pytest.raises(NotTakenError):
        by_mail(mail_to(server.server_address[1], security="starttls"), [message()], {})
    assert server.mails == []


def test_a_wrong_password_stands_in_no_error(certificate: Path) -> None:
    ours, theirs = sides(certificate)
    with postbox(ours, password="another") as server:
        to = mail_to(server.server_address[1], security="starttls", user="lifeworth", password_env="MAIL_PASSWORD")
        with pytest.raises(NotTakenError) as fault:
            by_mail(to, [message()], {"MAIL_PASSWORD": SECRET}, theirs)
    assert SECRET not in str(fault.value)
    assert "535" in str(fault.value)
    assert fault.value.__cause__ is None


def test_an_empty_variable_is_named() -> None:
    to = mail_to(9, security="starttls", user="lifeworth", password_env="MAIL_PASSWORD")
    with pytest.raises(NotTakenError, match="MAIL_PASSWORD"):
        by_mail(to, [message()], {})


def test_a_refused_email_and_a_silent_server_are_not_taken() -> None:
    with postbox(refuses=True) as server, pytest.raises(NotTakenError):
        by_mail(mail_to(server.server_address[1]), [message()], {})
    port = server.server_address[1]
    with pytest.raises(NotTakenError, match=r"127\.0\.0\.1"):
        by_mail(mail_to(port), [message()], {})


def test_somebody_whom_the_server_does_not_know_is_named_and_the_others_get_it_once() -> None:
    with postbox() as server:
        to = mail_to(server.server_address[1]).model_copy(update={"to": ("nobody@example.com", "ada@example.com")})
        with pytest.raises(NotTakenError, match=r"nobody@example\.com") as caught:
            by_mail(to, [message("d1")], {})
        assert caught.value.taken == ("d1",)
        assert len(server.mails) == 1


def test_a_line_break_in_a_name_is_no_header() -> None:
    mail = compose(mail_to(25), [message(subject="web\r\nBcc: everybody@example.com")])
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]


# -- a webhook --------------------------------------------------------------------------------------------------------
@contextmanager
def listener(answers: list[int], context: ssl.SSLContext | None = None, elsewhere: str = "") -> Iterator[Any]:
    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, dict(self.headers), body))
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            if elsewhere:
                self.send_header("Location", elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    heard: list[tuple[str, dict[str, str], bytes]] = []
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.heard, server.url = heard, f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}/hook?a=1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_webhook_is_signed_over_its_moment_and_body() -> None:
    with listener([200]) as server:
        to = ToWebhook(url=server.url, secret_env="HOOK_KEY")
        assert by_webhook(to, [message("d1"), message("d2")], {"HOOK_KEY": SECRET}) == ["d1", "d2"]
    path, headers, body = server.heard[0]
    expected = hmac.new(
        SECRET.encode(), headers["Lifeworth-Timestamp"].encode() + b"." + body, hashlib.sha256
    ).hexdigest()
    assert headers["Lifeworth-Signature"] == f"sha256={expected}"
    assert path == "/hook?a=1"
    assert headers["Idempotency-Key"] == "d1"
    assert json.loads(body)["finding"] == "Orders fell to 50 — half."
    assert SECRET.encode() not in body


def test_a_busy_server_is_asked_again_with_growing_pauses_under_the_same_number() -> None:
    pauses: list[float] = []
    with listener([503, 429, 204]) as server:
        assert by_webhook(ToWebhook(url=server.url), [message()], {}, pause=pauses.append) == ["d1"]
    assert {headers["Idempotency-Key"] for _, headers, _ in server.heard} == {"d1"}
    assert pauses == sorted(pauses)
    assert len(pauses) == 2


@pytest.mark.parametrize(("answer", "asked"), [(500, 3), (404, 1), (400, 1)])
def test_what_another_attempt_may_not_mend_is_not_tried_again(answer: int, asked: int) -> None:
    with listener([answer]) as server, pytest.raises(NotTakenError, match=str(answer)):
        by_webhook(ToWebhook(url=server.url), [message()], {}, pause=lambda _: None)
    assert len(server.heard) == asked


def test_nothing_is_carried_on_to_another_host() -> None:
    with listener([200]) as other, listener([307], elsewhere=other.url) as server:
        with pytest.raises(NotTakenError, match="elsewhere"):
            by_webhook(ToWebhook(url=server.url, secret_env="K"), [message()], {"K": SECRET}, pause=lambda _: None)
        assert other.heard == []


def test_what_was_taken_before_a_fault_is_not_sent_again() -> None:
    with listener([200, 400]) as server, pytest.raises(NotTakenError) as fault:
        by_webhook(ToWebhook(url=server.url), [message("d1"), message("d2"), message("d3")], {}, pause=lambda _: None)
    assert fault.value.taken == ("d1",)


def test_https_holds_the_server_to_its_certificate(certificate: Path) -> None:
    ours, theirs = sides(certificate)
    with listener([200], ours) as server:
        assert by_webhook(ToWebhook(url=server.url), [message()], {}, context=theirs) == ["d1"]
        with pytest.raises(NotTakenError, match="does not answer"):
            by_webhook(ToWebhook(url=server.url, tries=1), [message()], {})


def test_a_server_that_never_answers_is_given_up() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler, bind_and_activate=True) as silent:
        url = f"http://127.0.0.1:{silent.server_address[1]}/"
        with pytest.raises(NotTakenError):
            by_webhook(ToWebhook(url=url, timeout=0.2, tries=1), [message()], {})


# -- the outbox -------------------------------------------------------------------------------------------------------
DROP = Finding(
    "sales", "warning", date(2026, 6, 24), "Orders fell.", "Nobody knows.", "Look.", -1234.5, "revenue missing"
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    one = book_of(tmp_path)
    outcome = Outcome("volume", "found", Told("said", (DROP,)))
    Alerts(one).record([outcome], as_of=date(2026, 6, 30), run_id="r", now=NOON, channels=["a", "b"])
    yield one
    one.close()


def take(into: list[Message]) -> Callable[[Any], list[str]]:
    def sender(messages: Any) -> list[str]:
        into.extend(messages)
        return [one.delivery_id for one in messages]

    return sender


def broken(_: Any) -> list[str]:
    raise NotTakenError("the server is down")


def test_one_channel_that_fails_keeps_no_other_from_its_message(book: Book) -> None:
    got: list[Message] = []
    sent = send(book, {"a": broken, "b": take(got)}, now=NOON, currency="EUR")
    assert [(one.channel, one.sent, one.waiting, one.error) for one in sent] == [
        ("a", 0, 1, "the server is down"),
        ("b", 1, 0, ""),
    ]
    assert got[0].said["money"] == {"amount": -1234.5, "currency": "EUR", "is": "revenue missing"}
    assert waiting(book)[0]["error"] == "the server is down"


def test_what_failed_is_sent_at_the_next_go_and_nothing_twice(book: Book) -> None:
    first: list[Message] = []
    second: list[Message] = []
    send(book, {"a": broken, "b": take(first)}, now=NOON, currency="EUR")
    send(book, {"a": take(second), "b": take(first)}, now=NOON, currency="EUR")
    send(book, {"a": take(second), "b": take(first)}, now=NOON, currency="EUR")
    assert (len(first), len(second)) == (1, 1)
    assert waiting(book) == []


def test_a_sender_that_breaks_in_a_way_nobody_foresaw_loses_nothing(book: Book) -> None:
    def surprised(_: Any) -> list[str]:
        raise KeyError("surprise")

    (sent, _) = send(book, {"a": surprised, "b": surprised}, now=NOON, currency="EUR")
    assert "surprise" in sent.error
    assert len(waiting(book)) == 2


def test_what_a_kill_left_under_way_is_sent_under_the_same_number(book: Book) -> None:
    class KilledError(BaseException):
        pass

    def killed(messages: Any) -> list[str]:
        seen.extend(one.delivery_id for one in messages)
        raise KilledError

    seen: list[str] = []
    with pytest.raises(KilledError):
        send(book, {"a": killed}, now=NOON, currency="EUR")
    with book.read() as open_:
        assert (
            open_.execute(sa.select(DELIVERIES.c.status).where(DELIVERIES.c.channel == "a")).scalar_one() == "sending"
        )
    got: list[Message] = []
    send(book, {"a": take(got)}, now=NOON, currency="EUR")
    assert [one.delivery_id for one in got] == seen


def test_in_quiet_hours_everything_waits(book: Book) -> None:
    got: list[Message] = []
    (sent,) = send(book, {"a": take(got)}, now=NOON, currency="EUR", quiet=True)
    assert (sent.sent, sent.waiting, got) == (0, 1, [])
    send(book, {"a": take(got)}, now=NOON, currency="EUR")
    assert len(got) == 1


def test_two_messages_on_a_channel_are_so_far_apart(book: Book) -> None:
    got: list[Message] = []
    hour = timedelta(hours=1)
    send(book, {"a": take(got)}, now=NOON, currency="EUR", apart=hour)
    other = Outcome("prices", "found", Told("said", (DROP,)))
    Alerts(book).record([other], as_of=date(2026, 6, 30), run_id="r", now=NOON + hour / 2, channels=["a"])
    send(book, {"a": take(got)}, now=NOON + hour / 2, currency="EUR", apart=hour)
    assert len(got) == 1
    send(book, {"a": take(got)}, now=NOON + hour, currency="EUR", apart=hour)
    assert len(got) == 2


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("21:59", False), ("22:00", True), ("23:30", True), ("06:59", True), ("07:00", False), ("12:00", False)],
)
def test_quiet_hours_go_over_midnight(at: str, quiet: bool) -> None:
    moment = datetime.combine(date(2026, 1, 15), datetime.strptime(at, "%H:%M").time())
    assert is_quiet(moment, "22:00-07:00", "UTC") is quiet


def test_quiet_hours_are_told_by_the_clock_of_a_zone_summer_and_winter() -> None:
    assert not is_quiet(datetime(2026, 1, 15, 20, 30), "22:00-07:00", "Europe/Berlin")
    assert is_quiet(datetime(2026, 7, 15, 20, 30), "22:00-07:00", "Europe/Berlin")
    assert is_quiet(datetime(2026, 7, 15, 11), "12:00-14:00", "Europe/Berlin") is True
    assert not is_quiet(datetime(2026, 7, 15, 11), "", "Europe/Berlin")

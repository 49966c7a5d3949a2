"""The settings of monitoring: defaults that need no file, limits that are checked, and faults told all at once with their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lifeworth.errors import OptionError
from lifeworth.settings import load, read


def faults(monitoring: dict[str, Any]) -> list[str]:
    with pytest.raises(OptionError) as fault:
        load({"monitoring": monitoring})
    return fault.value.faults


MAIL = {"host": "smtp.example.com", "sender": "a@example.com", "to": ["b@example.com"]}


def test_nothing_has_to_be_said() -> None:
    limits = load({}).monitoring
    assert (limits.false_alarms, limits.file, limits.email, limits.webhook) == (1, None, None, None)


def test_a_workspace_says_it_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "lifeworth.toml").write_text(
        '[monitoring]\nquiet_hours = "22:00-07:00"\ntimezone = "Europe/Berlin"\n[monitoring.file]\npath = "out/a.jsonl"\n'
        '[monitoring.email]\nhost = "smtp.example.com"\nsender = "a@example.com"\nto = ["b@example.com"]\n'
        '[monitoring.webhook]\nurl = "https://example.com/hook"\n'
    )
    limits = read(tmp_path, environment={}).monitoring
    assert limits.file is not None
    assert limits.file.path == Path("out/a.jsonl")
    assert limits.email is not None
    assert (limits.email.port, limits.email.security) == (587, "starttls")
    assert limits.webhook is not None


def test_every_fault_is_told_with_its_place() -> None:
    found = faults(
        {
            "false_alarms": 0,
            "quiet_hours": "late",
            "timezone": "Mars",
            "email": {**MAIL, "hots": 1},
            "webhook": {"url": "example.com"},
            "false_alarm": 1,
        }
    )
    text = "\n".join(found)
    for place in ("monitoring.false_alarms", "monitoring.quiet_hours", "monitoring.timezone", "monitoring.webhook.url"):
        assert place in text
    assert '"monitoring.false_alarm" is not a setting. Did you mean "false_alarms"?' in found
    assert '"monitoring.email.hots" is not a setting. Did you mean "host"?' in found


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.com/hook", True), ("http://127.0.0.1:8000/", True), ("http://localhost/x", True), ("http://[::1]:80/", True),
        ("http://example.com/hook", False), ("http://127.0.0.1.example.com/", False), ("ftp://example.com", False), ("https://u:p@example.com/", False), ("file:///etc/passwd", False),
    ],
)  # fmt: skip
def test_only_https_leaves_this_machine(url: str, allowed: bool) -> None:
    if allowed:
        assert load({"monitoring": {"webhook": {"url": url}}}).monitoring.webhook is not None
    else:
        assert "monitoring.webhook.url" in faults({"webhook": {"url": url}})[0]


def test_mail_is_encrypted_unless_its_server_is_this_machine() -> None:
    assert "this machine" in faults({"email": {**MAIL, "security": "none"}})[0]
    assert (
        load({"monitoring": {"email": {**MAIL, "host": "localhost", "security": "none"}}}).monitoring.email is not None
    )


def test_who_signs_in_and_the_variable_of_the_password_go_together() -> None:
    assert "password_env" in faults({"email": {**MAIL, "user": "ada"}})[0]


@pytest.mark.parametrize("to", [[], ["nobody"], ["a@b\nBcc: c@d"]])
def test_an_address_is_one(to: list[str]) -> None:
    assert faults({"email": {**MAIL, "to": to}})


def test_a_password_in_the_file_is_refused() -> None:
    assert '"monitoring.email.password" is not a setting. Did you mean "password_env"?' in faults(
        {"email": {**MAIL, "password": "x"}}
    )

"""No secret in a log: not in a message, not in its arguments, not in a traceback."""

from __future__ import annotations

import io
import logging
import logging.config
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifeworth.access import keys
from lifeworth.api.security.logs import Hide, configuration
from lifeworth.data.book import SECRETS, book_of
from lifeworth.errors import WorkspaceError


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Hide())
    logger = logging.getLogger("lifeworth.tests.secrets")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, written
    logger.removeHandler(handler)


def test_a_key_in_message_or_arguments_is_not_written(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    key, link = keys.fresh(api=True), keys.fresh()
    logger.warning(f"GET /enter/{link} 303")  # noqa: G004 - as a library may do it
    logger.warning('%s - "%s %s" %d', "127.0.0.1", "GET", f"/enter/{link}?x=1", 303)
    logger.warning("headers %s", {"authorization": f"Bearer {key}", "cookie": f"lifeworth-session={link}"})
    logger.warning("token %s", key)
    text = written.getvalue()
    assert not [one for one in (key, link) if one in text]
    assert text.count("\n") == 4


def test_a_traceback_is_written_without_its_secrets(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    key = keys.fresh(api=True)
    try:
        int(f"Authorization: Bearer {key}")
    except ValueError:
        logger.exception("it broke")
    assert "ValueError" in written.getvalue()
    assert key not in written.getvalue()


def test_a_message_that_does_not_fit_its_arguments_is_written_clean(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    logger.warning("password=hunter2hunter2 %d %d", "x")
    assert "hunter2" not in written.getvalue()
    assert written.getvalue()


def test_everything_a_server_says_goes_through_it() -> None:
    told = configuration()
    handlers = told["handlers"]
    assert isinstance(handlers, dict)
    assert all(one["filters"] == ["hide"] for one in handlers.values())
    config = logging.config.DictConfigurator(told)
    assert isinstance(config.configure_filter(told["filters"]["hide"]), Hide)  # type: ignore[index]


def test_an_error_of_the_database_names_no_values(tmp_path: Path) -> None:
    """The statement may be logged with a traceback; its values, the hash of a password among them, are left out."""
    book = book_of(tmp_path)
    book.secret("key", lambda: "hunter2hunter2")
    again = SECRETS.insert().values(name="key", value="hunter2hunter2")
    with pytest.raises(WorkspaceError) as refused, book.write() as open_:
        open_.execute(again)
    book.close()
    assert "hunter2" not in str(refused.value.__cause__)

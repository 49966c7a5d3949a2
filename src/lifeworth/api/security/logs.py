"""Nothing that opens a door reaches a log: messages and tracebacks are written with it taken out."""

from __future__ import annotations

import logging

from lifeworth.access.keys import hide

_PLAIN = logging.Formatter()


class Hide(logging.Filter):
    """Takes keys, cookies and passwords out of whatever a handler is about to write; it belongs on the handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record; it is always written."""
        try:
            record.msg, record.args = hide(record.getMessage()), ()
        except (TypeError, ValueError):
            # A message and arguments that do not fit each other are the logger's own trouble, but no way out for a secret.
            record.msg, record.args = hide(str(record.msg)), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = hide(record.exc_text)
        return True


def configuration(level: str = "INFO") -> dict[str, object]:
    """Settings of `logging` for a server: what it says goes to standard error, and through `Hide`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"hide": {"()": f"{__name__}.Hide"}},
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"screen": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["hide"]}},
        "loggers": {"uvicorn": {"handlers": ["screen"], "level": level, "propagate": False}},
        "root": {"handlers": ["screen"], "level": "WARNING"},
    }

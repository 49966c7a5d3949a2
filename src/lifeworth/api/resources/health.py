"""Whether the server answers, and what may be stopped."""

from __future__ import annotations

from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.schema import ANY
from lifeworth.errors import NotFoundError


def health(call: Call) -> Answer:
    """That the server answers and its book can be read; nothing of the data, for everybody."""
    with call.house.desk.book.read() as open_:
        open_.exec_driver_sql("SELECT 1")
    return Answer({"status": "ok"})


def stop(call: Call) -> Answer:
    """Stop working out an answer."""
    if not call.house.desk.answers.stop(call.path["key"]):
        raise NotFoundError("Nothing of this key is being worked out.")
    call.note("answer.stop", call.path["key"])
    return Answer(None, 204)


ROUTES = (
    Route("GET", "/health", "health", "Whether the server answers. Nothing of the data; no sign-in.", health, "Health", ANY, tied="none"),
    Route("DELETE", "/answers/{key}", "stop_answer", "Stop working out an answer, by the `key` it was told with.", stop, "Questions", {}, status=204),
)  # fmt: skip

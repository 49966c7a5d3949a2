"""What answers look like, for the description of the API: one schema a kind of thing, each with an example."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _text(about: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": about} if about else {}), **more}


def _maybe(kind: str, about: str = "", **more: Any) -> Schema:
    return {"type": [kind, "null"], **({"description": about} if about else {}), **more}


def _whole(properties: Schema, *, more: bool = False, required: list[str] | None = None, **rest: Any) -> Schema:
    return {"type": "object", "properties": properties, "required": required if required is not None else list(properties), "additionalProperties": more, **rest}  # fmt: skip


def _items(of: str) -> Schema:
    return _whole({"items": {"type": "array", "items": _ref(of)}}, more=True)


_RUN = {
    "as_of": _maybe("string", "Last day the figures know about.", format="date"),
    "run_id": _maybe("string", "The run the answer is of."),
}
_TIMES = {"created_at": _text(format="date-time"), "started_at": _maybe("string"), "finished_at": _maybe("string")}
_COLUMN = _whole(
    {
        "column": _text("The column as the file calls it."),
        "samples": {"type": "array", "items": {"type": "string"}},
        "ours": _text("What it was taken for; empty where it is not read."),
        "why": _text(),
    },
    required=["column", "samples"],
)
_JOB = {
    "job_id": _text(),
    "kind": _text(),
    "status": _text(enum=["queued", "running", "done", "failed", "cancelled"]),
    "progress": {"type": "object", "description": "`step`, `done` of `total`, and the `steps` so far."},
    "result": {"type": "object", "description": "What came of it: of a run its `run_id` and `summary`."},
    "problem": {"type": ["object", "null"], "description": "Why it failed: code, message, hint, faults."},
    "attempts": {"type": "integer"},
    "cancel_asked": {"type": "boolean"},
    "started_by": _text(),
    **_TIMES,
}
_UPLOAD = {
    "upload_id": _text(),
    "name": _text(),
    "table": _text("orders, a table beside them, or rates."),
    "size": {"type": "integer"},
    "sha256": _text(),
    "status": _text(enum=["ready", "used"]),
    "options": {"type": "object"},
    "uploaded_by": _text(),
    "created_at": _text(),
}
_USER = {
    "user_id": _text(),
    "name": _text(),
    "role": _text(enum=["viewer", "analyst", "admin"]),
    "function": _text(),
    "personal": {"type": "boolean"},
    "active": {"type": "boolean"},
    "password": {"type": "boolean", "description": "Whether they have set one."},
    "invited": {"type": "boolean"},
    "seen_at": _maybe("string"),
    "created_at": _text(),
}
_TOKEN = {
    "token_id": _text(),
    "name": _text(),
    "user_id": _text(),
    "scopes": {"type": "array", "items": {"type": "string"}},
    "created_at": _text(),
    "expires_at": _maybe("string"),
    "used_at": _maybe("string"),
}
_MONEY = _whole(
    {"amount": _text("A decimal, exact.", pattern=r"^-?\d+\.\d{2,}$"), "currency": _text("ISO code.")},
    examples=[{"amount": "128.40", "currency": "EUR"}],
)

SCHEMAS: dict[str, Schema] = {
    "Money": _MONEY,
    "Answer": _whole(
        {**_RUN, "answer": {"type": "object", "description": "A page or a table: `type`, and what it shows.", "required": ["type"], "properties": {"type": _text(enum=["page", "table"])}}},
    ),
    "Pending": _whole({**_RUN, "status": _text(enum=["pending"]), "key": _text("To stop it: DELETE /answers/{key}."), "poll": _text("Ask this again.")}),
    "Customer": _whole(
        {**_RUN, "customer_id": _text()}, required=["customer_id"], more=True,
        description="The columns of the list of customers; money has its currency.",
        examples=[{"as_of": "2026-06-30", "run_id": "20260701T060000", "customer_id": "C100001", "predicted_clv": {"amount": "84.12", "currency": "EUR"}, "probability_alive": 0.91, "value_tier": "Gold"}],
    ),
    "Customers": _whole({**_RUN, "total": _maybe("integer"), "next": _maybe("string", "`cursor` of the next page."), "items": {"type": "array", "items": _ref("Customer")}}),
    "History": _whole({**_RUN, "customer_id": _text(), "most": {"type": "integer"}, "events": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object"}}}}),
    "Columns": _whole({**_RUN, "items": {"type": "array", "items": {"type": "object"}}}),
    "Job": _whole(_JOB),
    "Jobs": _items("Job"),
    "Upload": _whole(_UPLOAD),
    "Uploads": _items("Upload"),
    "Checked": _whole(
        {"columns": {"type": "array", "items": _COLUMN}, "meanings": {"type": "object", "description": "What a column may be mapped to, each with its meaning."}}, more=True,
    ),
    "User": _whole({**_USER, "invitation": _maybe("string", "Shown once.")}, required=list(_USER)),
    "Users": _items("User"),
    "Token": _whole({**_TOKEN, "secret": _maybe("string", "Shown once.")}, required=list(_TOKEN)),
    "Tokens": _items("Token"),
    "View": _whole({"view_id": _text(), "name": _text(), "address": _text(), "shared": {"type": "boolean"}, "mine": {"type": "boolean"}, "created_at": _text()}),
    "Views": _items("View"),
    "Listed": _whole({"items": {"type": "array", "items": {"type": "object"}}}, more=True),
}  # fmt: skip
"""Every kind of thing, by name."""

SPEC, PENDING, CUSTOMER, CUSTOMERS = _ref("Answer"), _ref("Pending"), _ref("Customer"), _ref("Customers")
HISTORY, COLUMNS, JOB, JOBS = _ref("History"), _ref("Columns"), _ref("Job"), _ref("Jobs")
UPLOAD, UPLOADS, CHECKED = _ref("Upload"), _ref("Uploads"), _ref("Checked")
USER, USERS, TOKEN, TOKENS = _ref("User"), _ref("Users"), _ref("Token"), _ref("Tokens")
VIEW, VIEWS, LISTED = _ref("View"), _ref("Views"), _ref("Listed")
ANY: Schema = {"type": "object"}
FILE: Schema = {"type": "string", "format": "binary"}

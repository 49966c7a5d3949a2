"""The tables of the book that monitoring writes: alerts, what checks said last, and what is to be sent."""

from __future__ import annotations

import sqlalchemy as sa

from lifeworth.data.book_tables import META

ALERTS = sa.Table(
    "alerts",
    META,
    sa.Column("alert_id", sa.String(32), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False, index=True),
    sa.Column("check", sa.String(48), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("severity", sa.String(16), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("run_id", sa.String(64), nullable=False, server_default=""),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("amount", sa.Float),
    sa.Column("raised_at", sa.DateTime, nullable=False),
    sa.Column("seen_at", sa.DateTime, nullable=False),
    sa.Column("closed_at", sa.DateTime),
    sa.Column("acknowledged_at", sa.DateTime),
    sa.Column("acknowledged_by", sa.String(120), nullable=False, server_default=""),
    sa.Column("snoozed_until", sa.DateTime),
)
"""Alerts of monitoring; one that is raised again while it is open is the same alert. `told` is what it says, as JSON."""

LOOKS = sa.Table(
    "looks",
    META,
    sa.Column("check", sa.String(48), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("run_id", sa.String(64), nullable=False, server_default=""),
    sa.Column("looked_at", sa.DateTime, nullable=False),
)
"""What each check of monitoring said last."""

DELIVERIES = sa.Table(
    "deliveries",
    META,
    sa.Column("delivery_id", sa.String(32), primary_key=True),
    sa.Column("alert_id", sa.String(32), nullable=False, index=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("sent_at", sa.DateTime),
)
"""Messages to be sent about alerts, written with the alert in one transaction, so that none is forgotten."""

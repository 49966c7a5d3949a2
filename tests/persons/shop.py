"""A small shop with every table that names a person, run three times, and persons who are hard to erase."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq

from lifeworth.job import run

PEOPLE = 40


def rows_of(name: str) -> list[dict[str, object]]:
    """The shop's tables: customer 7 is in every one, C17 is part of no other id, C1 of many."""
    ids = [f"C{number}" for number in range(1, PEOPLE + 1)]
    if name == "orders":
        return [
            {
                "Order ID": f"A{1000 + place}", "Order Date": f"2025-{1 + place % 9:02}-{1 + place % 27:02}", "Customer ID": ids[place % PEOPLE],
                "SKU": "TEA", "Quantity": 1, "Line Total": f"{10 + place % 30}.50", "Status": "cancelled" if place % 37 == 6 else "completed",
                "Currency": "EUR", "Channel": "web", "Country": "France",
            }
            for place in range(200)
        ]  # fmt: skip
    if name == "customers":
        return [
            {
                "customer_id": one, "acquired_at": "2025-01-01", "country": "France", "tier": "gold" if place % 2 else "basic",
                "first_name": "Ann" if place in {6, 7} else f"First{place}", "last_name": "Lee" if place in {6, 7} else f"Last{place}",
                "email": f"person.{place}@example.org", "phone": f"+33 6 00 00 {place:02} {place:02}", "birth_year": 1970 + place,
                "old_number": f"OLD-{place:05}",
            }
            for place, one in enumerate(ids)
        ]  # fmt: skip
    if name == "touchpoints":
        known = [{"visitor_id": f"V{900 + place}", "customer_id": one, "occurred_at": "2025-02-02 10:00", "channel": "web", "kind": "order", "campaign": ""} for place, one in enumerate(ids)]  # fmt: skip
        before = [{**row, "customer_id": "", "kind": "visit"} for row in known]
        shared = [{**known[0], "visitor_id": "V1"}, {**known[6], "visitor_id": "V1"}, {**before[0], "visitor_id": "V1"}]
        return known + before + shared
    if name == "referrals":
        return [{"referrer_id": ids[place], "referred_id": ids[place + 1], "referred_at": "2025-03-01"} for place in range(0, 30, 2)] + [{"referrer_id": "C8", "referred_id": "C9", "referred_at": "2025-03-01"}]  # fmt: skip
    if name == "subscriptions":
        return [
            {"subscription_id": f"S{place}", "customer_id": one, "account_id": f"ACC-{place // 2}" if place > 8 else one if place < 8 else "C7", "plan": "Basic", "interval": "month", "started_at": "2025-01-05", "ended_at": "", "mrr": "9.90"}
            for place, one in enumerate(ids[:20])
        ]  # fmt: skip
    if name == "tickets":
        return [
            {"ticket_id": f"T{place}", "customer_id": one, "opened_at": "2025-04-01 09:00", "first_reply_at": "2025-04-01 10:00", "resolved_at": "2025-04-02 10:00", "channel": "email", "topic": "delivery", "agent": "Ivo", "reopened": "false", "csat": 4, "text": f"Where is my order? I am {one}."}
            for place, one in enumerate(ids)
        ] + [{"ticket_id": "T99", "customer_id": "C2", "opened_at": "2025-04-01 09:00", "first_reply_at": "", "resolved_at": "", "channel": "email", "topic": "other", "agent": "Ivo", "reopened": "false", "csat": "", "text": "Write to person.6@example.org (C7), not to me."}]  # fmt: skip
    if name == "feedback":
        return [{"feedback_id": f"F{place}", "customer_id": one, "given_at": "2025-05-01", "kind": "nps", "score": place % 11, "scale_max": 10, "text": f"Yours, person.{place}@example.org"} for place, one in enumerate(ids)]  # fmt: skip
    if name == "service_costs":
        return [{"customer_id": one, "incurred_at": "2025-04-02", "kind": "ticket", "amount": "3.00"} for one in ids] + [{"customer_id": "C7", "incurred_at": "soon", "kind": "ticket", "amount": "2.00"}]  # fmt: skip
    if name == "milestones":
        return [{"customer_id": one, "milestone": "signed up", "reached_at": "2025-01-02"} for one in ids]
    return [{"campaign_id": "spring", "customer_id": one, "arm": "treated", "segment": "all", "assigned_at": "2025-03-03", "cost": "0.10"} for one in ids]  # fmt: skip


TABLES = ("customers", "touchpoints", "referrals", "subscriptions", "tickets", "feedback", "service_costs", "milestones", "assignments")  # fmt: skip


def written(folder: Path) -> dict[str, Path]:
    """The shop's tables as files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name in ("orders", *TABLES):
        files[name] = folder / f"{name}.csv"
        rows = rows_of(name)
        with files[name].open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return files


def run_again(root: Path, files: dict[str, Path]) -> dict[str, object]:
    """A run of everything; its summary."""
    beside = {name: str(file) for name, file in files.items() if name != "orders"}
    return run(str(files["orders"]), tables=beside, workspace=root, margin=0.4).summary


NAMING = ("customer_id", "referrer_id", "referred_id")


def tables(root: Path) -> dict[str, list[dict]]:
    """Every Parquet file, as rows."""
    files = [*root.glob("tables/*/*.parquet"), *root.glob("quarantine/*.parquet"), *root.glob("runs/*/*.parquet")]
    return {
        file.relative_to(root).as_posix(): pq.read_table(file).to_pylist()
        for file in files
        if "current" not in file.parts
    }


def names(row: dict, *ids: str) -> bool:
    return any(row.get(column) in ids for column in NAMING)


def grepped(root: Path, *words: str) -> list[str]:
    """Files with one of the words among their bytes."""
    return [
        file.relative_to(root).as_posix()
        for file in root.rglob("*")
        if file.is_file() and any(word.encode() in file.read_bytes() for word in words)
    ]

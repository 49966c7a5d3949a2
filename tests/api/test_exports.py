"""Customers and tables as files: the same figures in every form, streamed, and nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import httpx
import openpyxl
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import pytest

from lifeworth.api import files
from lifeworth.api.cells import safe, safe_batch
from lifeworth.report.files import table_csv, table_xlsx
from lifeworth.report.spec import Column, Table

Get = Callable[..., httpx.Response]


def test_every_form_has_the_same_customers_in_the_same_order(get: Get) -> None:
    texts = {"value_tier": "Gold,Platinum", "order": "customer_id"}
    made = {form: get(f"/exports/customers.{form}", params=texts) for form in files.MEDIA}
    assert {one.status_code for one in made.values()} == {200}
    by_csv = list(csv.DictReader(io.StringIO(made["csv"].content.decode("utf-8-sig"))))
    ids = [row["customer_id"] for row in by_csv]
    assert ids == sorted(ids)
    assert len(ids) > 20
    assert pq.read_table(io.BytesIO(made["parquet"].content))["customer_id"].to_pylist() == ids
    assert ipc.open_stream(made["arrow"].content).read_all()["customer_id"].to_pylist() == ids
    lines = [json.loads(line) for line in made["jsonl"].text.splitlines()]
    assert [one["customer_id"] for one in lines] == ids
    assert lines[0]["predicted_clv"]["currency"] == "EUR"
    sheet = openpyxl.load_workbook(io.BytesIO(made["xlsx"].content), read_only=True).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ids
    assert float(by_csv[0]["predicted_clv"]) == pytest.approx(rows[1][rows[0].index("predicted_clv")])
    assert made["csv"].headers["x-as-of"]
    assert made["csv"].headers["content-disposition"].startswith('attachment; filename="customers-')


def test_an_export_with_a_wrong_filter_is_a_problem_and_no_half_file(get: Get) -> None:
    answer = get("/exports/customers.csv", params={"predicted_clv.gt": "much"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_an_export_stands_in_the_trail_with_its_filters(get: Get) -> None:
    get("/exports/customers.csv", params={"country": "France"})
    entry = get("/trail", params={"action": "customers.export", "limit": 1}).json()["items"][0]
    assert (entry["subject"], entry["detail"]["filters"]) == ("customers.csv", {"country": "France"})


RISKY = ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "\n=1"]
PLAIN = ["-12.50", "+3", "-1e5", "1,5", "-,5", "plain", "", "a=b", "C-1", None]


def test_text_that_a_spreadsheet_would_run_is_kept_from_it() -> None:
    assert [safe(one) for one in RISKY] == ["'" + one for one in RISKY]
    assert [safe(one) for one in PLAIN] == PLAIN
    batch = pa.RecordBatch.from_pydict({"=name": [*RISKY, *PLAIN], "d": pa.array([Decimal("-1.50")] * 18, pa.decimal128(9, 2))})  # fmt: skip
    told = safe_batch(batch)
    assert told.column(0).to_pylist() == ["'" + one for one in RISKY] + PLAIN
    assert told.schema.names[0] == "'=name"
    assert told.column(1).to_pylist() == ["-1.50"] * 18


def test_a_table_as_csv_and_as_a_sheet() -> None:
    columns = (Column("name", "=Name"), Column("money", "Money", "money"), Column("day", "Day", "date"), Column("share", "Share", "percent"))  # fmt: skip
    table = Table("Odd/name: [1]*", columns, (("=1+1", Decimal("12.3400"), date(2026, 6, 30), 0.25), ('say "x", y', None, None, -0.5)))  # fmt: skip
    text = table_csv(table).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["'=Name", "Money", "Day", "Share"], ["'=1+1", "12.3400", "2026-06-30", "0.25"], ['say "x", y', "", "", "-0.5"]]  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(table_xlsx(table, "EUR"))).active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s", "a text, not a formula"
    assert sheet["B2"].value == 12.34
    assert sheet["C2"].value.date() == date(2026, 6, 30)


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow", "jsonl"])
def test_a_large_export_is_never_in_memory_as_a_whole(form: str) -> None:
    size, count = 4_096, 40
    schema = pa.schema([("customer_id", pa.string()), ("predicted_clv", pa.float64())])
    columns = {
        "customer_id": Column("customer_id", "Customer"),
        "predicted_clv": Column("predicted_clv", "CLV", "money"),
    }
    taken = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal taken
        for place in range(count):
            taken += 1
            names = [f"C{place:03}{row:06}" for row in range(size)]
            yield pa.RecordBatch.from_pydict({"customer_id": names, "predicted_clv": [float(place)] * size}, schema)

    held = pa.total_allocated_bytes()
    ahead, arrow = 0, 0
    for sent, piece in enumerate(files.stream(form, schema, batches(), columns, "EUR")):
        ahead = max(ahead, taken - sent * (files.GROUP if form == "parquet" else 1))
        arrow = max(arrow, pa.total_allocated_bytes() - held)
        assert len(piece) < 1_000_000
    assert taken == count
    assert ahead <= files.GROUP, "rows were taken long before they were sent"
    assert arrow < 4_000_000, f"{arrow:,} bytes of Arrow at once"


def test_a_sheet_that_nobody_could_open_is_refused() -> None:
    with pytest.raises(Exception, match="more than a spreadsheet takes"):
        files.refuse_large_sheet(files.SHEET + 1)

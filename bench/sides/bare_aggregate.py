"""The floor under history building: the plain SQL aggregate on typed rows in DuckDB, nothing else."""

import json
import resource
import sys
import time

import duckdb


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


connection = duckdb.connect()
connection.execute(
    "CREATE TABLE orders AS SELECT customer_id::VARCHAR AS customer_id, order_date::TIMESTAMP AS ordered_at, "
    f"amount::DECIMAL(18, 4) AS net_revenue FROM read_csv('{sys.argv[1]}')"
)
wall, used = time.perf_counter(), cpu()
connection.execute(
    """
    CREATE TABLE history AS
    SELECT customer_id, count(*) AS orders, min(day) AS first_day, max(day) AS last_day, sum(value) AS revenue,
           sum(value) - arg_min(value, day) AS repeat_revenue
    FROM (SELECT customer_id, ordered_at::DATE AS day, sum(net_revenue) AS value FROM orders GROUP BY ALL)
    GROUP BY customer_id
    """
)
print(json.dumps({"steps": {"history": [round(time.perf_counter() - wall, 3), round(cpu() - used, 3)]}}))

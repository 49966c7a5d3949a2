"""The floor under history building: the plain SQL aggregate on typed rows in DuckDB, nothing else."""

import sys

import duckdb
from clock import Clock

clock = Clock()
connection = duckdb.connect()
connection.execute(
    "CREATE TABLE orders AS SELECT customer_id::VARCHAR AS customer_id, order_date::TIMESTAMP AS ordered_at, "
    f"amount::DECIMAL(18, 4) AS net_revenue FROM read_csv('{sys.argv[1]}')"
)
clock.skip()
connection.execute(
    """
    CREATE TABLE history AS
    SELECT customer_id, count(*) AS orders, min(day) AS first_day, max(day) AS last_day, sum(value) AS revenue,
           sum(value) - arg_min(value, day) AS repeat_revenue
    FROM (SELECT customer_id, ordered_at::DATE AS day, sum(net_revenue) AS value FROM orders GROUP BY ALL)
    GROUP BY customer_id
    """
)
clock.lap("history")
clock.say()

"""The list of all tables of the book; each module that describes some adds them to it."""

from __future__ import annotations

import sqlalchemy as sa

META = sa.MetaData()

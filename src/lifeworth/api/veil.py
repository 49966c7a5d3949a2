"""What an action answers to somebody who may not see personal data: the same, every customer under a pseudonym."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lifeworth.errors import NotFoundError
from lifeworth.parts import Action
from lifeworth.report.spec import Page, Table
from lifeworth.serving.answers import Pending
from lifeworth.serving.desk import Desk
from lifeworth.serving.masking import masked

CUSTOMER = "customer"
"""The parameter of actions that are about one customer."""


def ask(
    desk: Desk, action: Action, arguments: Mapping[str, Any], *, personal: bool, wait: float | None = None
) -> Page | Table | Pending:
    """What an action answers, as who asks may see it.

    Args:
        desk: The workspace.
        action: What is asked.
        arguments: Its arguments, read; a customer is named by pseudonym where `personal` is false.
        personal: Whether who asks may see personal data.
        wait: Seconds to wait for the answer.

    Raises:
        NotFoundError: if no customer has this pseudonym.
        LifeworthError: as the action raises it.
    """
    if personal:
        return desk.ask(action, arguments, wait=wait)
    name, known = arguments.get(CUSTOMER), dict(arguments)
    if name is not None:
        row = desk.run().shelf.get("customers", "alias", str(name))
        if row is None:
            raise NotFoundError(f'No customer has the id "{name}".', hint="Look for the id in the list of customers.")
        known[CUSTOMER] = row["customer_id"]
    found = masked(desk.ask(action, known, wait=wait), desk.alias)
    if name is not None and isinstance(found, Page):
        whole = re.compile(rf"(?<!\w){re.escape(known[CUSTOMER])}(?!\w)")
        found = replace(found, title=whole.sub(str(name), found.title), lead=whole.sub(str(name), found.lead))
    shown: Page | Table | Pending = found
    return shown

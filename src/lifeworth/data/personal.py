"""What tells who somebody is: columns with personal data, columns that name a customer, free text in which people write who they are."""

from __future__ import annotations

from lifeworth.data.sources.synonyms import normal

PERSONAL = frozenset({
    "name", "first_name", "last_name", "email", "phone", "birth_year", "address", "postcode", "city",
    "full_name", "customer_name", "surname", "lastname", "firstname", "e_mail", "mail", "email_address", "customer_email", "mobile", "mobile_phone",
    "phone_number", "telephone", "birthday", "birth_date", "date_of_birth", "street", "house_number", "zip", "zip_code", "postal_code", "iban", "vat_id", "tax_id",
})  # fmt: skip
"""Columns of `customers` that tell who somebody is; shown only to those who may see personal data."""

CALLED = ("name", "full_name", "customer_name")
REACHED = ("email", "e_mail", "mail", "email_address", "customer_email", "phone", "mobile", "mobile_phone", "phone_number", "telephone")  # fmt: skip
"""Columns whose values are looked for wherever anything is kept, since nobody else has them."""

NAMING = ("customer_id", "referrer_id", "referred_id")
"""Columns that name a customer; a row with one is a row of theirs."""

FREE_TEXT = frozenset({"text", "comment", "comments", "message", "body", "note", "notes", "review", "feedback"})
"""Columns in which people write freely; of the tables of the house only `text` of tickets and feedback."""


def is_personal(header: str) -> bool:
    """Whether a column of a file, as somebody called it, tells who a person is."""
    return normal(header) in _NORMAL


def is_free_text(header: str) -> bool:
    """Whether a column of a file holds what people wrote."""
    return normal(header) in FREE_TEXT


_NORMAL = frozenset(normal(name) for name in PERSONAL)

"""Who may ask what: every address of the API with the scope it needs. An address that does not stand here is not served."""

from __future__ import annotations

from lifeworth.access.roles import Scope
from lifeworth.parts import ACTIONS

OPEN = None
"""For everybody, signed in or not; such an answer says nothing of the data."""

_ACTIONS = {f"GET /{action.name}": Scope.READ for action in ACTIONS if action.name != "customers" and not action.writes}

PERMITS: dict[str, Scope | None] = {
    **_ACTIONS,
    "GET /health": OPEN,
    "GET /me": Scope.READ,
    "DELETE /answers/{key}": Scope.READ,
    "GET /pages": Scope.READ,
    "GET /pages/{board}": Scope.READ,
    "GET /pages/{board}/tables/{file}": Scope.EXPORT,
    "GET /customers": Scope.READ,
    "GET /customers/columns": Scope.READ,
    "GET /customers/{customer_id}": Scope.READ,
    "GET /customers/{customer_id}/history": Scope.READ,
    "GET /exports/{file}": Scope.EXPORT,
    "GET /runs": Scope.READ,
    "GET /runs/{run_id}": Scope.READ,
    "GET /imports": Scope.RUN,
    "POST /imports": Scope.RUN,
    "POST /imports/run": Scope.RUN,
    "GET /imports/{upload_id}": Scope.RUN,
    "PATCH /imports/{upload_id}": Scope.RUN,
    "DELETE /imports/{upload_id}": Scope.RUN,
    "POST /imports/{upload_id}/check": Scope.RUN,
    "GET /jobs": Scope.RUN,
    "GET /jobs/{job_id}": Scope.RUN,
    "POST /jobs/{job_id}/cancel": Scope.RUN,
    "GET /calculator": Scope.READ,
    "GET /views": Scope.READ,
    "POST /views": Scope.READ,
    "DELETE /views/{view_id}": Scope.READ,
    "GET /scorecard/card": Scope.READ,
    "GET /scorecard/fields": Scope.READ,
    "GET /scorecard/earlier/{name}": Scope.READ,
    "PUT /scorecard/card": Scope.RUN,
    "PATCH /scorecard/card/{section}/{name}": Scope.RUN,
    "DELETE /scorecard/card/{section}/{name}": Scope.RUN,
    "POST /reviews": Scope.RUN,
    "GET /reviews/{review_id}": Scope.READ,
    "POST /reviews/{review_id}/minutes": Scope.RUN,
    "POST /reviews/{review_id}/changes": Scope.RUN,
    "POST /reviews/{review_id}/close": Scope.RUN,
    "GET /reviews/{review_id}/files/{file}": Scope.EXPORT,
    "GET /alerts/open": Scope.READ,
    "POST /alerts/{alert_id}/acknowledge": Scope.RUN,
    "POST /alerts/{alert_id}/snooze": Scope.RUN,
    "GET /users": Scope.MANAGE,
    "POST /users": Scope.MANAGE,
    "PATCH /users/{user_id}": Scope.MANAGE,
    "DELETE /users/{user_id}": Scope.MANAGE,
    "GET /tokens": Scope.READ,
    "POST /tokens": Scope.READ,
    "DELETE /tokens/{token_id}": Scope.READ,
    "GET /trail": Scope.MANAGE,
    "GET /persons/{customer_id}/export": Scope.ERASE,
    "POST /persons/{customer_id}/erase": Scope.ERASE,
    "DELETE /persons/{customer_id}": Scope.ERASE,
}
"""Method and path below `/api/v1` -> what it needs. A saved view, a token: one's own; what is shared or another's needs more."""

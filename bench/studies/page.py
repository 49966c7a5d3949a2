"""The page of the recovery study: what was done, and the tables."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from scipy import stats
from studies.judge import Verdict
from studies.worlds import SIZES, SPANS, STEPS, UNITS

from lifeworth.models.family import MODELS

DONE = f"""# Recovery

`make study`, {{day}}: {{bases:,}} simulated customer bases whose true parameters are known, each fitted with its own model, and every
claim of every fit checked. {{minutes:.0f}} CPU minutes. The same bases come every time; `bench/studies/` holds the worlds they come from and the judgement.

**The bases.** {", ".join(f"{size:,}" for size in SIZES)} customers (in 40, 30, 20 and 10 % of the bases), half of them in days and half in weeks. Any ratio
within a range is as likely as any other: order rates from one in 3 days to one in 200 while alive, with shapes r from 0.1 (most are silent) to 5 (much alike); dropout
after an order a from 0.1 to 4 and b from 0.3 to 15; leaving rates s from 0.1 to 4 and beta from 5 to 500 days; ordering at 5 to 90 % and
leaving at 1 to 50 % of the opportunities or renewals, shapes adding up to 0.3 to 10; c from 0.4 to 2.2; p from 0.5 to 20, q from 0.8 to 12, v from 0.1 to 1000.
Customers are acquired on different days, or in different weeks, of up to {max(SPANS["day"])} days or {max(SPANS["week"])} weeks, so T is a whole
number of units. The models in continuous time are drawn in continuous time, for whole days are data of another model; those in discrete time
see up to {max(STEPS["day"])} opportunities or renewals where they come daily, up to {max(STEPS["week"])} where weekly. Spend models know no time: daily means more
purchases a customer, weekly fewer.

**The judgement.** *Converged*: the fit says so. *Boundary*: it names parameters that the data do not hold. *Refused*: a clear error (nobody ordered twice, say). A *false success* is a fit that
says it converged while its log-likelihood lies under that of the truth or, by more than 1e-4, under what a search from the truth, from a point nearby or from another
of the model's starts leads to; or whose next step still promises more than 1e-6; or whose standard errors are not finite. A boundary that another start beats counts too.
*NaN, Inf*: anywhere in parameters, errors, likelihood, intervals or predictions (each model's, near and far ahead). *Coverage*: how often the 95 % interval holds the true value; in brackets the 95 % range
of that share by the number of fits (Clopper and Pearson). *All at once*: how often the log-likelihood at the truth is within χ² of its top, a check of all parameters together that needs no interval.
"""

KINDS = """**Two kinds of intervals.** `confidence_intervals()` follows the profile of the likelihood; `method="wald"` is the estimate ± 1.96 standard errors on the logarithms.
Over all fits a profile interval has an end where the data set one, boundary or not; Wald gives a parameter at its boundary (0, ∞), which always covers and says nothing.
In brackets the parameter that is covered least.
"""

Share = tuple[int, int]


def page(verdicts: Sequence[Verdict]) -> str:
    """The whole page, from the verdicts of one study."""
    keys = list(dict.fromkeys(verdict.key for verdict in verdicts))
    by = {key: [verdict for verdict in verdicts if verdict.key == key] for key in keys}
    spent = sum(verdict.seconds for verdict in verdicts)
    parts = [DONE.format(day=f"{date.today():%-d %b %Y}", bases=len(verdicts), minutes=spent / 60), _outcomes(by)]
    parts += ["## Coverage of the profile intervals, fits that converged\n", _parameters(by, "profile", _converged)]
    parts += ["## The same over all fits, boundaries included\n", _parameters(by, "profile", _fitted)]
    parts += ["## By size and unit, profile intervals, all parameters of the fits that converged\n", _slices(by)]
    parts += ["## Profile and Wald\n", KINDS, _kinds(by)]
    faults = _faults(verdicts)
    return "\n".join([*parts, *(["## What went wrong\n", faults] if faults else [])])


def _converged(verdict: Verdict) -> bool:
    return verdict.outcome == "converged"


def _fitted(verdict: Verdict) -> bool:
    return verdict.outcome in {"converged", "boundary"}


def _outcomes(by: dict[str, list[Verdict]]) -> str:
    head = (
        "model",
        "bases",
        "converged",
        "boundary",
        "refused",
        "false successes",
        "NaN, Inf",
        "crashed",
        "all at once",
    )
    rows = []
    for key, found in by.items():
        counted = [sum(v.outcome == outcome for v in found) for outcome in ("converged", "boundary", "refused")]
        bad = [sum(bool(v.false_success) for v in found), sum(bool(v.not_finite) for v in found)]
        crashed, once = sum(v.outcome == "crashed" for v in found), _at_once(found)
        rows.append([MODELS[key].name, len(found), *counted, *bad, crashed, _told(once, once[1])])
    seconds = [
        [
            MODELS[key].name,
            f"{statistics.median(v.fit_seconds for v in found):.3f}",
            f"{statistics.median(v.interval_seconds for v in found):.3f}",
            f"{sum(v.seconds for v in found):.0f}",
        ]
        for key, found in by.items()
    ]
    cost = _table(("model", "a fit, CPU s (median)", "all its intervals, CPU s", "the study of it, CPU s"), seconds)
    return f"## What became of them\n\n{_table(head, rows)}\n{cost}"


def _at_once(found: Sequence[Verdict]) -> Share:
    """Bases whose true parameters, all together, are not contradicted at 95 %."""
    fitted = [v for v in found if _fitted(v)]
    return sum(2 * v.over_truth <= stats.chi2(len(v.truth)).ppf(0.95) for v in fitted), len(fitted)


def _parameters(by: dict[str, list[Verdict]], method: str, which: Callable[[Verdict], bool]) -> str:
    rows = []
    for key, found in by.items():
        chosen = [v for v in found if which(v)]
        symbols = MODELS[key]().symbols
        each = [f"{symbol} {_percent(_covered(chosen, method, [symbol]))}" for symbol in symbols]
        rows.append(
            [MODELS[key].name, len(chosen), _told(_covered(chosen, method, symbols), len(chosen)), " · ".join(each)]
        )
    return _table(("model", "fits", "all parameters", "each parameter"), rows)


def _slices(by: dict[str, list[Verdict]]) -> str:
    rows = []
    for key, found in by.items():
        chosen = [v for v in found if _converged(v)]
        symbols = MODELS[key]().symbols
        cuts = [[v for v in chosen if v.customers == size] for size in SIZES]
        cuts += [[v for v in chosen if v.unit == unit] for unit in UNITS]
        rows.append([MODELS[key].name, *(_percent(_covered(cut, "profile", symbols)) for cut in cuts)])
    return _table(("model", *(f"{size:,}" for size in SIZES), *UNITS), rows)


def _kinds(by: dict[str, list[Verdict]]) -> str:
    rows = []
    for key, found in by.items():
        symbols = MODELS[key]().symbols
        row: list[object] = [MODELS[key].name]
        for which in (_converged, _fitted):
            chosen = [v for v in found if which(v)]
            for method in ("profile", "wald"):
                shares = [_covered(chosen, method, [symbol]) for symbol in symbols]
                worst = min(range(len(symbols)), key=lambda i, s=shares: s[i][0] / max(s[i][1], 1))
                row.append(
                    f"{_percent(_covered(chosen, method, symbols))} ({symbols[worst]} {_percent(shares[worst])})"
                )
        rows.append(row)
    head = ("model", "profile, converged", "Wald, converged", "profile, all fits", "Wald, all fits")
    return _table(head, rows)


def _faults(verdicts: Iterable[Verdict]) -> str:
    lines = []
    for v in verdicts:
        told = v.false_success or v.not_finite or (v.said if v.outcome == "crashed" else "")
        if told:
            lines.append(f"- {MODELS[v.key].name}, base {v.number} ({v.customers:,} customers, {v.unit}): {told}")
    return "\n".join(lines)


def _covered(found: Sequence[Verdict], method: str, symbols: Sequence[str]) -> Share:
    hits = [verdict.covered(symbol, method) for verdict in found for symbol in symbols]
    return sum(hits), len(hits)


def _percent(share: Share) -> str:
    return f"{100 * share[0] / share[1]:.1f}" if share[1] else "–"


def _told(share: Share, fits: int) -> str:
    if not share[1]:
        return "–"
    # the parameters of one fit miss together: what counts as evidence is the number of fits
    hits = round(fits * share[0] / share[1])
    low, high = stats.binomtest(hits, fits).proportion_ci()
    return f"{_percent(share)} % ({100 * low:.1f}–{100 * high:.1f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"

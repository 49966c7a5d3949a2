"""Whether promises are kept: those of the model, and those of the scorecard."""

from __future__ import annotations

from lifeworth.errors import LifeworthError
from lifeworth.monitoring.finding import Finding, Told, lacking
from lifeworth.monitoring.scene import Scene
from lifeworth.report.format import text
from lifeworth.scorecard.files import FILE, card_of
from lifeworth.scorecard.fill import fill
from lifeworth.scorecard.scoring import RED

TOTALS = frozenset(
    {"revenue", "gross_margin", "contribution_margin", "customer_equity", "net_customer_equity", "mrr", "arr"}
)
"""Figures that are money of the company as a whole; what an average lacks is no sum of money."""
NINETY = 1.645
"""Standard deviations a 90 % interval reaches to either side."""
LEAST_DAYS = 90
"""Days of a promise that must have passed before it is held to anything here: a busy month is not a broken model."""


def calibration(scene: Scene) -> Told:
    """Whether what models promised lay in the interval they promised."""
    entries = [one for one in scene.promises() if one.days >= LEAST_DAYS and one.expected > 0]
    if not entries:
        return lacking(f"No run is {LEAST_DAYS} days old yet; until then chance and season decide.")
    latest = entries[-1]
    said = (
        f"The run of {text(latest.as_of, 'date')} ({latest.model}) expected {latest.expected:,.0f} orders in {latest.days} days, "
        f"{latest.low:,.0f} to {latest.high:,.0f}; {latest.came:,.0f} came."
    )
    ratio = latest.came / latest.expected
    # The interval is one of 90 %, and one promise in ten lies outside by its very meaning; here it is as wide as every other band. It
    # knows nothing of season either, so a miss counts only where it is larger than `calibration` as well.
    wider = scene.threshold / NINETY
    low, high = (1 + wider * (end / latest.expected - 1) for end in (latest.low, latest.high))
    missed = (ratio < low and ratio < 1 - scene.limits.calibration) or (
        ratio > high and ratio > 1 + scene.limits.calibration
    )
    if not missed:
        return Told(said)
    money = latest.money_expected
    amount = None if money is None else money * (ratio - 1)
    finding = Finding(
        "order model",
        scene.severity(amount),
        latest.as_of,
        f"{said} That is {ratio - 1:+.0%}.",
        "Customers behave otherwise than when the model was fitted; or orders are missing from the data, or there twice.",
        "Refit proposed: lifeworth run ORDERS fits the models anew, and lifeworth ledger sets the new one (the challenger) beside the old (the champion).",
        amount,
        "revenue that came above what was promised, or less",
    )
    return Told(said, (finding,))


def targets(scene: Scene) -> Told:
    """Whether a measure of the company's own scorecard is in the red, or its target was missed on its day."""
    try:
        card, _ = card_of(scene.ws)
        if scene.ws.store is None or not (scene.ws.store.root / FILE).exists():
            return lacking(
                "The scorecard is the one that comes with Lifeworth; nobody promised its targets. Make it your own: scorecard.toml"
            )
        filled = fill(scene.ws, card)
    except LifeworthError as error:
        return lacking(" ".join(str(error).split()))
    found = []
    for name, one in filled.items():
        measure = card.measures[name]
        late = (
            measure.target_on is not None
            and measure.target_on <= scene.as_of
            and one.target is not None
            and one.progress is not None
            and one.progress < 1
        )
        red = one.score is not None and one.score < RED
        if not late and not red:
            continue
        kind, unit = one.kind, scene.ws.currency
        value = text(one.value, kind, unit)
        limit = f"; its red flag is {text(one.band.red, kind, unit)}" if one.band is not None and red else ""
        promise = f"; {text(one.target, kind, unit)} was promised by {text(measure.target_on, 'date')}" if late else ""
        amount = None
        if measure.metric in TOTALS and one.value is not None:
            goal = one.target if late else None if one.band is None else one.band.goal
            amount = None if goal is None else one.value - goal
        found.append(
            Finding(
                name,
                "warning",
                measure.target_on if late and measure.target_on is not None else scene.as_of,
                f"{one.title} is {value}{limit}{promise}.",
                "The target was missed." if late else "The measure has passed its red flag.",
                f"{measure.owner or 'Its owner'} says in the next review what is done: lifeworth review --begin",
                amount,
                "short of the target" if late else "short of the goal",
            )
        )
    return Told(f"{len(filled) - len(found)} of {len(filled)} measures are neither in the red nor late.", tuple(found))

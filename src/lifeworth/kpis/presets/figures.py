"""A tool's figures from its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lifeworth.kpis import formula as formulas
from lifeworth.kpis.formula import NotDefined
from lifeworth.kpis.presets.rules import TERMS, Tool, ToolFigure


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure of a tool with its value, or why it has none."""

    figure: ToolFigure
    value: float | None
    why: str = ""


def figures(tool: Tool, terms: Mapping[str, float | None]) -> tuple[Answer, ...]:
    """All figures of a tool; one may stand on another of the same tool.

    Args:
        tool: The tool.
        terms: Values of `TERMS`.
    """
    own = {figure.name: figure for figure in tool.figures}

    def of(name: str) -> float:
        # A figure of the same name as the term it shows, such as mrr, is that term.
        if name in terms or name in TERMS:
            value = terms.get(name)
            if value is None:
                raise NotDefined(TERMS[name][1] or f"{TERMS[name][0]}: not known")
            return float(value)
        return made(own[name])

    def none(name: str) -> str:
        if name in TERMS:
            return TERMS[name][1]
        return "nobody was lost" if "churn" in name else ""

    def made(figure: ToolFigure) -> float:
        what = f"presets.{tool.name}.{figure.name}"
        return formulas.evaluate(formulas.read(figure.formula, what), of, none=none, undefined=UNDEFINED)

    found = []
    for figure in tool.figures:
        try:
            found.append(Answer(figure, made(figure)))
        except NotDefined as reason:
            found.append(Answer(figure, None, f"Not defined: {reason}."))
    return tuple(found)


UNDEFINED = {
    "subscribers_start + joined": "there was no subscriber",
    "contraction_mrr + churn_mrr": "nothing was lost to churn or contraction",
    "1 - retention": "as much was won back from customers as was lost",
}
"""Reasons for denominators that are more than a name."""

"""A what-if that works in the page itself: sliders, large figures, and the cumulative cash flow as they move it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _
from workbench.language import ngettext

if TYPE_CHECKING:
    from workbench.business_case.in_page import InPage
    from workbench.business_case.returns import Returns

HEIGHT = 300
LABEL_AT, FIGURE_AT, PLAN_AT = -68, -44, -22
WORDS_WIDTH = 70
ROUNDED_TO_A_MILLION = 999_500
"""From here on three significant digits make a million."""
_BY_MONTH: list[alt.SortField | dict[str, str]] = [alt.SortField("period")]
FIGURE_SIZE = "min(24, width / 16)"
ROOM_FOR_PLAN = 400
"""Width from which there is room for the plan's figure under each; the title tells them too."""
TOLD = "told"
"""How the names of the marks begin that tell the figures; a page finds them by it."""


def what_if(case: InPage, *, finding: str = "", plotted: str = "", description: str = "") -> theme.Drawing:
    """The cumulative cash flow and the figures of return, redrawn as a reader moves the assumptions.

    Parameters
    ----------
    case : InPage
        The business case for a page; one slider at least.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the plan's figures when empty.

    Returns
    -------
    altair.LayerChart
        With a slider for each assumption, which browsers and JupyterLab show beneath it. Its picture shows the plan.

    Raises
    ------
    ValueError
        When there are no sliders, or a column is missing.
    """
    theme.require_data(case.sliders, ("signal", "name", "unit", "base", "minimum", "maximum", "step"))
    theme.require_data(case.months, ("period", "planned"))
    chart = theme.layered(_marks(case), height=HEIGHT).add_params(*_params(case))
    finding = finding or _found(case.plan)
    plotted = plotted or _plotted(int(case.months["period"].max()))
    told = description or f"{finding}. {plotted} {_sliders_told(case.sliders)}"
    return _with_words(theme.titled(chart, finding, plotted, told), case.sliders)


def _with_words(chart: theme.Drawing, sliders: pd.DataFrame) -> theme.Drawing:
    """What the page writes beside the sliders; in places that no expression reads."""
    units = {row["signal"]: row["unit"] for row in sliders.to_dict("records")}
    words = {"units": units, "title": _("Move the assumptions that decide most"), "reset": _("Back to the plan")}
    worded: theme.Drawing = chart.properties(usermeta={"controls": words})
    return worded


def _params(case: InPage) -> list[alt.Parameter]:
    sliders = [alt.param(name=row["signal"], value=row["base"], bind=_slider(row)) for row in _rows(case.sliders)]
    return sliders + [alt.param(name=row["name"], expr=row["expression"]) for row in _rows(case.signals)]


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.to_dict("records")


def _slider(row: Mapping[Any, Any]) -> alt.BindRange:
    figures = [language.number(row["base"], 6), str(row["unit"])]
    label = _("{name} (planned: {value})").format(name=row["name"], value=" ".join(filter(None, figures)))
    return alt.BindRange(input="range", name=label, min=row["minimum"], max=row["maximum"], step=row["step"])


def _marks(case: InPage) -> list[alt.Chart]:
    flows, back = _flows(case), _payback(case)
    planned = alt.Chart(case.months[["period", "planned"]]).mark_line(
        color=theme.CONTEXT, strokeWidth=2, strokeDash=[4, 3], opacity=alt.ExprRef("broken < 0 ? 1 : 0.2")
    )
    return [
        amounts.zero_line(),
        planned.encode(x=_month(case.months, "period"), y=_amount(case.months, "planned")),
        _line(flows, case.months),
        *_payback_marks(back, case.months),
        *_figures(case.plan, back),
        _broken(case.lines),
    ]


def _flows(case: InPage) -> alt.Chart:
    """The months as the sliders stand: costs, benefits, net, cumulative."""
    chart = alt.Chart(case.months)
    for kind in ("costs", "benefits", "net"):
        chart = chart.transform_calculate(**{kind: case.monthly[kind]})
    return chart.transform_window(cumulative="sum(net)", sort=_BY_MONTH, frame=[None, 0])


def _payback(case: InPage) -> alt.Chart:
    """One row, with the payback as the sliders stand."""
    return (
        _flows(case)
        .transform_calculate(size="abs(datum.net)")
        .transform_joinaggregate(moved="sum(size)")
        .transform_calculate(out=case.monthly["out"])
        .transform_joinaggregate(last="max(out)")
        .transform_window(next="lead(net)", sort=_BY_MONTH)
        .transform_filter("datum.period == max(datum.last, 0)")
        .transform_calculate(payback=case.monthly["payback"])
    )


def _month(months: pd.DataFrame, column: str) -> alt.X:
    last = int(months["period"].max())
    step = next(step for step in (1, 3, 6, 12, 24, 60) if last / step <= 12 or step == 60)
    words = f"datum.value == 0 ? {json.dumps(_('Today'))} : datum.label"
    axis = alt.Axis(title=_("Month"), values=list(range(0, last + 1, step)), labelExpr=words, format="d", grid=False)
    scale = alt.Scale(domain=[0, max(last, 1)], nice=False)
    return alt.X(f"{column}:Q", scale=scale, axis=axis)


def _amount(months: pd.DataFrame, column: str) -> alt.Y:
    axis = amounts.amount_axis(amounts.unit_of(months["planned"]))
    return alt.Y(f"{column}:Q", axis=axis, scale=alt.Scale(nice=True, zero=True))


def _line(flows: alt.Chart, months: pd.DataFrame) -> alt.Chart:
    told = {f"{kind}_told": _money(f"datum.{kind}") for kind in (*amounts.FLOWS, "planned")}
    tooltip = [
        alt.Tooltip("period:Q", title=_("Month"), format="d"),
        alt.Tooltip("cumulative_told:N", title=_("Cumulative cash flow")),
        alt.Tooltip("planned_told:N", title=_("As planned")),
        alt.Tooltip("benefits_told:N", title=_("Benefits of the month")),
        alt.Tooltip("costs_told:N", title=_("Costs of the month")),
    ]
    point = {"filled": True, "size": 22, "color": theme.INK}
    line: alt.Chart = (
        flows.transform_filter("broken < 0")
        .transform_calculate(**told)
        .mark_line(color=theme.INK, strokeWidth=2, point=point)
        .encode(x=_month(months, "period"), y=_amount(months, "cumulative"), tooltip=tooltip)
    )
    return line


def _payback_marks(back: alt.Chart, months: pd.DataFrame) -> list[alt.Chart]:
    """Where the money is back for good, if it ever was out."""
    there = back.transform_filter("isFinite(datum.payback) && datum.payback > 0").transform_calculate(zero="0")
    there = there.encode(x=_month(months, "payback"), y=_amount(months, "zero"))
    return [
        there.mark_rule(color=theme.REACHED, strokeWidth=2, strokeDash=[5, 4]).encode(y2=alt.value("height")),
        there.mark_point(filled=True, color=theme.REACHED, size=130, opacity=1, stroke=theme.PAPER, strokeWidth=2),
    ]


def _figures(plan: Returns, back: alt.Chart) -> list[alt.Chart]:
    """The large figures side by side above the plot, each with its name and what it is as planned."""
    one = alt.Chart(pd.DataFrame([{"one": 1}]))
    planned = plan.to_frame().set_index("figure")["shown"]
    return [
        *_figure(one, 0, _("Net present value"), _money("npv"), planned["npv"]),
        *_figure(one, 1, _("Return on investment"), _or_words("roi", _percent("roi"), "–"), planned["roi"]),
        *_figure(back, 2, _("Payback"), _back_told(plan.horizon_months), planned["payback_months"]),
    ]


def _figure(row: alt.Chart, place: int, label: str, told: str, planned: str) -> list[alt.Chart]:
    at = alt.value(alt.ExprRef(f"width * {place} / 3"))
    texts = row.transform_calculate(told=_unbroken(told)).encode(x=at)
    plan = _("As planned: {figure}").format(figure=planned)
    quiet: dict[str, Any] = {"align": "left", "color": theme.QUIET, "limit": alt.ExprRef("width / 3 - 8")}
    room = alt.ExprRef(f"width < {ROOM_FOR_PLAN} ? 0 : 1")
    return [
        texts.mark_text(**quiet, fontSize=theme.SUBTITLE_SIZE, text=label).encode(y=alt.value(LABEL_AT)),
        texts.mark_text(align="left", fontWeight="bold", fontSize=alt.ExprRef(FIGURE_SIZE))
        .encode(y=alt.value(FIGURE_AT), text="told:N")
        .properties(name=f"{TOLD}_{place}"),
        texts.mark_text(**quiet, fontSize=theme.TEXT_SIZE, text=plan, opacity=room).encode(y=alt.value(PLAN_AT)),
    ]


def _broken(lines: pd.DataFrame) -> alt.Chart:
    """In place of the line: which one has no value."""
    found = _("Here {line} has no value, or one below zero. Move an assumption back.")
    told = [
        "\n".join(theme.wrap(found.format(line=language.quoted(name)), WORDS_WIDTH, lines=4)) for name in lines["name"]
    ]
    rows = pd.DataFrame({"place": range(len(lines)), "told": told})
    words: alt.Chart = (
        alt.Chart(rows)
        .transform_filter("datum.place == broken")
        .mark_text(color=theme.MISSED_TEXT, fontWeight="bold", fontSize=theme.SUBTITLE_SIZE)
        .encode(x=alt.value(alt.ExprRef("width / 2")), y=alt.value(alt.ExprRef("height / 3")), text="told:N")
        .properties(name=f"{TOLD}_broken")
    )
    return words


def _unbroken(told: str) -> str:
    return f"broken < 0 ? ({told}) : {json.dumps(_('No value'))}"


def _or_words(value: str, told: str, otherwise: str) -> str:
    return f"isFinite({value}) ? {told} : {json.dumps(otherwise)}"


def _money(amount: str) -> str:
    """Vega expression that writes an amount as `language.money` does."""
    millions, units = json.dumps(language.money(1e6)[1:]), json.dumps(language.money(0.0)[1:])
    large = f"format({amount} / 1e6, ',.3~r') + {millions}"
    return f"(abs({amount}) >= {ROUNDED_TO_A_MILLION} ? {large} : format({amount}, ',.3~r') + {units})"


def _percent(share: str) -> str:
    return f"(format(100 * {share}, ',.3~r') + {json.dumps(language.percent(0.0)[1:])})"


def _back_told(months: int) -> str:
    before, after = _("{count} months").split("{count}")
    told = f"({json.dumps(before)} + format(datum.payback, ',.1f') + {json.dumps(after)})"
    return _or_words("datum.payback", told, _("Not in {count} months").format(count=months))


def _found(plan: Returns) -> str:
    npv = language.money(plan.npv)
    if plan.payback_months is None:
        return _("As planned, the net present value is {npv}; not paid back").format(npv=npv)
    if plan.payback_months == 0:
        return _("As planned, the net present value is {npv}; never out of pocket").format(npv=npv)
    months = language.exact(plan.payback_months, 1)
    told = _("As planned, the net present value is {npv}; paid back after {months} months")
    return told.format(npv=npv, months=months)


def _plotted(months: int) -> str:
    return ngettext(
        "Cumulative cash flow in {currency}, after attribution and risk, undiscounted; {count} month. The "
        "dashed line is the plan, the black one follows the sliders of the live page.",
        "Cumulative cash flow in {currency}, after attribution and risk, undiscounted; {count} months. The "
        "dashed line is the plan, the black one follows the sliders of the live page.",
        months,
    ).format(currency=language.symbol(), count=months)


def _sliders_told(sliders: pd.DataFrame) -> str:
    names = language.listed([language.quoted(name) for name in sliders["name"]])
    return _("Can be moved: {names}.").format(names=names)

"""Capturing and editing a requirement: a field a column, and what is wrong said beside the field."""

from __future__ import annotations

import ipywidgets

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.columns import Column, Kind
from workbench.program.labels import label
from workbench.program.tables import TABLES
from workbench.program.values import Culture
from workbench.widgets.pieces import Choice, Row, Status, button, column, heading, html, row, rows_of, telling, text
from workbench.widgets.visit import Visit

LONG = ("description", "in_scope", "out_of_scope")
ON_THE_RIGHT = (*LONG, "systems_touched", "source", "reach", "impact", "confidence", "effort_months")


class Field:
    """One column of a requirement."""

    def __init__(self, declared: Column, suggestions: tuple[str, ...], culture: Culture) -> None:
        self.declared = declared
        self.culture = culture
        self.input = _input(declared, suggestions)
        self.input.description = _name(declared)
        self.input.tooltip = _(declared.help)
        self.input.layout.width = "100%"
        self.wrong = html(kind="cw-field-wrong")
        self.widget = column(self.input, self.wrong)

    def show(self, value: object) -> None:
        """Show a value of the table, and nothing wrong with it."""
        shown = self._written(value)
        known = self.declared.choices
        self.input.value = shown if not known or shown in known else ""
        self.tell([])

    def _written(self, value: object) -> str:
        if isinstance(value, tuple | list):
            return "; ".join(map(str, value))
        if isinstance(value, float):
            return f"{value:.15g}".replace(".", self.culture.decimal_mark or ".")
        return str(value or "")

    @property
    def value(self) -> str:
        """What was typed."""
        return str(self.input.value or "")

    def tell(self, problems: list[Problem]) -> None:
        """Say what is wrong with it, and what to do."""
        self.wrong.value = str(text(" ".join(map(str, map(_without_place, problems))), "cw-wrong"))


class CapturePanel:
    """A requirement to add or to change."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.status = Status()
        self.rows: list[Row] = []
        self.loaded: Row | None = None
        self.choice = Choice(_("Requirement"), telling(self.status, self._chosen))
        self.fields = self._fields()
        self.refresh()
        self._load(0)
        keep = button(_("Save requirement"), telling(self.status, self.save), primary=True)
        again = button(_("Start over"), telling(self.status, self._start_over))
        actions = row(keep, again, self.status.widget, kind="cw-actions")
        left, right = (column(*self._side(long)) for long in (False, True))
        halves = row(left, right, kind="cw-halves")
        self.widget = column(html(heading(_("Requirements"))), self.choice.widget, actions, halves)

    def _fields(self) -> dict[str, Field]:
        known = self.visit.committee.requirements()
        settings = self.visit.committee.settings
        suggestions = {
            "department": tuple(sorted({*known["department"], *settings.own_systems} - {""})),
            "business_objective": tuple(settings.objectives),
        }
        columns = TABLES["requirements"].columns
        return {one.name: Field(one, suggestions.get(one.name, ()), settings.culture) for one in columns}

    def _side(self, long: bool) -> list[ipywidgets.Widget]:
        return [one.widget for name, one in self.fields.items() if (name in ON_THE_RIGHT) is long]

    def refresh(self) -> None:
        """List the requirements anew; what is being typed stays."""
        self.rows = rows_of(self.visit.committee.requirements())
        labels = [_("New requirement"), *(f"{row['requirement_id']}  {row['title']}" for row in self.rows)]
        chosen = str(self.loaded["requirement_id"]) if self.loaded else ""
        ids = ["", *(str(row["requirement_id"]) for row in self.rows)]
        self.choice.offer(labels, ids.index(chosen) if chosen in ids else 0)

    def save(self) -> None:
        """Add or change the requirement, unless something is wrong or somebody changed it meanwhile."""
        for one in self.fields.values():
            one.tell([])
        values = {name: one.value for name, one in self.fields.items()}
        self.visit.confirm()
        try:
            self.visit.committee.save_requirement(values, self.loaded)
        except DataError as error:
            self._tell(error)
            return
        self._kept(values["requirement_id"].strip())

    def _kept(self, requirement_id: str) -> None:
        self.rows = rows_of(self.visit.committee.requirements())
        ids = ["", *(str(row["requirement_id"]) for row in self.rows)]
        self._load(ids.index(requirement_id) if requirement_id in ids else 0)
        self.refresh()
        self.status.say(_("{id} is saved.").format(id=requirement_id))

    def _tell(self, error: DataError) -> None:
        """Each problem beside its field, the others in the panel's own line."""
        elsewhere = [problem for problem in error.problems if problem.where.column not in self.fields]
        for name, one in self.fields.items():
            one.tell([problem for problem in error.problems if problem.where.column == name])
        told = [_("Nothing was saved."), *map(str, map(_without_place, elsewhere))]
        if len(elsewhere) < len(error.problems):
            told.append(_("What is wrong stands beside the fields."))
        self.status.say(" ".join(told), wrong=True)

    def _chosen(self, place: int) -> None:
        self._load(place)
        self.status.say("")

    def _start_over(self) -> None:
        """Forget what was typed, and show what the program holds now."""
        self.refresh()
        self._load(self.choice.place)
        self.status.say(_("This is what the program holds."))

    def _load(self, place: int) -> None:
        self.loaded = self.rows[place - 1] if place else None
        values = self.loaded or self._blank()
        for name, one in self.fields.items():
            one.show(values[name])
        self.fields["requirement_id"].input.disabled = self.loaded is not None

    def _blank(self) -> dict[str, object]:
        blank = {one.name: one.default for one in TABLES["requirements"].columns}
        return blank | {"requirement_id": self.visit.committee.next_requirement_id()}


def _input(column: Column, suggestions: tuple[str, ...]) -> ipywidgets.Widget:
    if column.choices:
        return ipywidgets.Dropdown(options=[("–", ""), *((label(choice), choice) for choice in column.choices)])
    if suggestions:
        return ipywidgets.Combobox(options=suggestions)
    if column.name in LONG:
        return ipywidgets.Textarea(rows=3)
    return ipywidgets.Text(placeholder=_("several are separated by ;") if column.kind is Kind.LIST else "")


def _name(column: Column) -> str:
    return f"{label(column.name)} *" if column.required else label(column.name)


def _without_place(problem: Problem) -> Problem:
    return Problem(problem.found, problem.expected, problem.remedy)

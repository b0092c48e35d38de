"""Capturing and changing requirements, as far as the database."""

from __future__ import annotations

import pytest

from workbench.widgets.capture import CapturePanel


@pytest.fixture
def panel(visitor) -> CapturePanel:
    return CapturePanel(visitor("RAT-01"))


def typed(panel: CapturePanel, **values: str) -> None:
    for name, value in values.items():
        panel.fields[name].input.value = value


def kept(committee, requirement: str) -> dict[str, object]:
    return committee.requirements().set_index("requirement_id").loc[requirement].to_dict()


def test_a_new_requirement_reaches_the_database(panel, committee, press, read) -> None:
    assert panel.fields["requirement_id"].value == "REQ-24"
    typed(panel, title=" Quotes by phone ", department="Sales", systems_touched="Billing; Order entry", reach="1,200")
    press(panel.widget, "Save requirement")
    assert "REQ-24 is saved." in read(panel.widget)
    row = kept(committee, "REQ-24")
    assert (row["title"], row["department"]) == ("Quotes by phone", "Sales")
    assert (row["systems_touched"], row["reach"]) == (("Billing", "Order entry"), 1200)
    assert panel.fields["requirement_id"].input.disabled


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(panel, committee, press, read) -> None:
    typed(panel, department="Sales", confidence="<b>often</b>")
    press(panel.widget, "Save requirement")
    assert "Nothing was saved. What is wrong stands beside the fields." in read(panel.widget)
    wrong = {name for name, field in panel.fields.items() if field.wrong.value}
    assert wrong == {"title", "confidence"}
    assert "<b>often" not in panel.fields["confidence"].wrong.value
    assert len(committee.requirements()) == 23
    typed(panel, title="T", confidence="80%")
    press(panel.widget, "Save requirement")
    assert not any(field.wrong.value for field in panel.fields.values())
    assert kept(committee, "REQ-24")["confidence"] == 0.8


def test_a_change_that_somebody_else_made_meanwhile_is_not_overwritten(panel, committee, press, read) -> None:
    panel.choice.widget.index = 3
    assert panel.fields["requirement_id"].value == "REQ-03"
    before = panel.rows[2]
    committee.save_requirement({**before, "title": "Theirs"}, before)
    typed(panel, title="Mine")
    press(panel.widget, "Save requirement")
    assert "Someone has changed it meanwhile: it is now “Theirs”." in read(panel.widget)
    assert kept(committee, "REQ-03")["title"] == "Theirs"
    press(panel.widget, "Start over")
    assert panel.fields["title"].value == "Theirs"
    typed(panel, title="Mine")
    press(panel.widget, "Save requirement")
    assert kept(committee, "REQ-03")["title"] == "Mine"


def test_saving_what_was_loaded_changes_nothing(panel, committee, press) -> None:
    before = committee.requirements()
    for place in (1, 7, 23):
        panel.choice.widget.index = place
        press(panel.widget, "Save requirement")
    assert committee.requirements().equals(before)


def test_what_is_being_typed_stays_when_others_add_requirements(panel, committee) -> None:
    typed(panel, title="Half a sentence")
    committee.save_requirement({"requirement_id": "REQ-90", "title": "Other", "department": "D"}, None)
    panel.refresh()
    assert panel.fields["title"].value == "Half a sentence"
    assert any("REQ-90" in label for label in panel.choice.widget.options)

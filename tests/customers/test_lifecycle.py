"""The lifecycle: rules read and refused, facts by brute force, stages, moves and losses."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import language
from workbench.customers.lifecycle import lifecycle, stage_moves, staged
from workbench.customers.lifecycle_conditions import compiled
from workbench.customers.lifecycle_facts import facts
from workbench.customers.lifecycle_rules import STAGES, USUAL_RULES, Condition, read_rules
from workbench.errors import DataError, SettingsError
from workbench.program.yaml_text import load as load_yaml

NOW, BEFORE = date(2026, 9, 30), date(2025, 9, 30)
TIMES = {
    "contacts": "contacted_at",
    "responses": "responded_at",
    "tickets": "opened_at",
    "transactions": "ordered_at",
}
SCHEMAS = {
    "customers": {"customer_id": "string", "joined_on": "date", "left_on": "date", "region": "string"},
    "products": {"product_id": "string", "family": "string"},
    "transactions": {
        "customer_id": "string", "ordered_at": "timestamp", "product_id": "string", "amount": "float64",
    },
    "contacts": {"customer_id": "string", "contacted_at": "timestamp", "arm": "string"},
    "responses": {"customer_id": "string", "responded_at": "timestamp"},
    "tickets": {"customer_id": "string", "opened_at": "timestamp"},
    "usage": {"customer_id": "string", "month": "date", "amount": "float64"},
}  # fmt: skip


def table(name, rows):
    frame = pd.DataFrame(rows, columns=list(SCHEMAS[name]))
    for column, kind in SCHEMAS[name].items():
        frame[column] = pd.to_datetime(frame[column]) if kind in ("date", "timestamp") else frame[column]
    typed = ibis.memtable(frame, schema={c: "timestamp" if k == "date" else k for c, k in SCHEMAS[name].items()})
    return typed.cast(SCHEMAS[name])


def at(days, hour=12):
    """So many days before now, at an hour."""
    return datetime.combine(NOW - timedelta(days=days), datetime.min.time()) + timedelta(hours=hour)


def day(days):
    return NOW - timedelta(days=days)


PEOPLE = {
    # Known by name only; contacted; held back as control; answered lately, and long ago.
    "known": "identify", "mailed": "attract", "held_back": "identify", "answered": "sell", "answered_once": "attract",
    # Subscribed lately; for half a year; for half a year, with a ticket of last week; for years; gone.
    "just_here": "serve", "settled": "satisfy", "calls": "serve", "years": "retain", "left": "lost",
    # Left but buys; bought once; again; of two families; of three and often; bought once, years ago.
    "left_but_buys": "serve", "bought": "satisfy", "again": "retain", "wide": "develop", "friend": "community",
    "silent": "lost",
}  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    joined = {"just_here": 20, "settled": 180, "calls": 180, "years": 900, "left": 900, "left_but_buys": 900}
    gone = {"left": 200, "left_but_buys": 100}
    customers = [
        (name, day(joined[name]) if name in joined else None, day(gone[name]) if name in gone else None, "Norte")
        for name in PEOPLE
    ]
    sold = {
        "left_but_buys": [(50, "P1")],
        "bought": [(200, "P1")],
        "again": [(300, "P1"), (200, "P1")],
        "wide": [(300, "P1"), (200, "P2")],
        "friend": [(400, "P1"), (300, "P2"), (200, "P3"), (100, "P1"), (50, "P1")],
        "silent": [(500, "P1")],
    }
    sales = [(name, at(days), product, 10.0) for name, lines in sold.items() for days, product in lines]
    contacted = {"mailed": "mail", "held_back": "control", "answered": "mail", "answered_once": "mail"}
    return {
        "customers": table("customers", customers),
        "products": table("products", [("P1", "a"), ("P2", "b"), ("P3", "c")]),
        "transactions": table("transactions", sales),
        "contacts": table("contacts", [(name, at(100), arm) for name, arm in contacted.items()]),
        "responses": table("responses", [("answered", at(10)), ("answered_once", at(95)), ("friend", at(90))]),
        "tickets": table("tickets", [("calls", at(7))]),
        "usage": table("usage", [("years", day(30), 5.0), ("years", day(60), 6.0), ("years", day(90), 7.0)]),
    }


def test_usual_rules_put_everybody_where_they_belong(tables):
    found = staged(tables, NOW, read_rules(USUAL_RULES)).select("customer_id", "stage").to_pandas()
    assert dict(zip(found["customer_id"], found["stage"], strict=True)) == PEOPLE
    told = lifecycle(tables, NOW)
    assert told.missing_facts == ()
    assert told.stages["stage"].tolist() == list(STAGES)
    assert told.stages["customers"].sum() == len(PEOPLE)
    assert told.moves.empty


def test_who_moved_and_who_was_lost(tables):
    found = lifecycle(tables, NOW, earlier=BEFORE)
    moves = found.moves.set_index(["before", "after"])["customers"].to_dict()
    # A year ago: “left” and “left_but_buys” were subscribers for 535 days, “silent” had bought 135 days before,
    # “friend” had ordered 35 days before, and who has no joining date was known by name.
    assert moves["retain", "lost"] == 1
    assert moves["retain", "serve"] == 1
    assert moves["satisfy", "lost"] == 1
    assert moves["serve", "community"] == 1
    assert moves["not_yet", "satisfy"] == 1
    assert sum(moves.values()) == len(PEOPLE)
    losses = found.losses.set_index("stage")
    assert losses["lost"].sum() == 2
    assert losses.loc["retain", ["customers", "lost"]].tolist() == [3, 1]
    assert (found.forward, found.back) == (7, 1)
    assert found.matrix().to_numpy().sum() == len(PEOPLE)
    assert "Of those who were there 2 were lost" in found.conclusion


def test_facts_of_one_customer(tables):
    known = facts(tables, NOW).to_pandas().set_index("customer_id")
    friend = known.loc["friend"]
    numbers = ["orders", "orders_last_year", "revenue", "days_since_first_order", "days_since_order"]
    assert friend[numbers].tolist() == [5, 4, 50.0, 400, 50]
    assert friend[["products_bought", "families", "responses", "days_since_response"]].tolist() == [3, 3, 1, 90]
    assert known.loc["calls", ["tickets", "tickets_last_90_days", "days_since_ticket"]].tolist() == [1, 1, 7]
    assert known.loc["years", ["usage_last_90_days", "days_since_joining", "subscribed"]].tolist() == [11.0, 900, True]
    assert known.loc["held_back", "contacts"] == 0
    assert pd.isna(known.loc["known", "days_since_order"])


def test_who_came_later_is_not_there_yet(tables):
    then = set(facts(tables, day(30)).to_pandas()["customer_id"])
    assert then == set(PEOPLE) - {"just_here"}


events = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-40, 400)), max_size=12)


@given(events, events, events)
@settings(max_examples=12, deadline=None)
def test_facts_are_those_of_brute_force(orders, contacts, tickets):
    made = {
        "customers": table("customers", [(name, None, None, "") for name in "abc"]),
        "transactions": table("transactions", [(name, at(days), "P1", 1.0) for name, days in orders]),
        "contacts": table("contacts", [(name, at(days), "mail") for name, days in contacts]),
        "tickets": table("tickets", [(name, at(days)) for name, days in tickets]),
    }
    found = facts(made, NOW).to_pandas().set_index("customer_id")
    for name in "abc":
        own = {days for who, days in orders if who == name and days >= 0}
        calls = [days for who, days in tickets if who == name and days >= 0]
        row = found.loc[name]
        assert (row["orders"], row["orders_last_year"]) == (len(own), sum(days < 365 for days in own))
        assert row["contacts"] == sum(who == name and days >= 0 for who, days in contacts)
        assert (row["tickets"], row["tickets_last_90_days"]) == (len(calls), sum(days < 90 for days in calls))
        since = [None if pd.isna(row[column]) else row[column] for column in ("days_since_order", "days_since_ticket")]
        assert since == [min(own, default=None), min(calls, default=None)]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"attribute": "n", "op": "equals", "value": 2}, [False, True, False, False]),
        ({"attribute": "n", "op": "differs", "value": 2}, [True, False, True, True]),
        ({"attribute": "n", "op": "at_least", "value": 2}, [False, True, True, False]),
        ({"attribute": "n", "op": "at_most", "value": 2}, [True, True, False, False]),
        ({"attribute": "n", "op": "above", "value": 1.5}, [False, True, True, False]),
        ({"attribute": "n", "op": "below", "value": 2}, [True, False, False, False]),
        ({"attribute": "t", "op": "one_of", "value": ["x", "z"]}, [True, False, True, False]),
        ({"attribute": "b", "op": "equals", "value": True}, [True, False, False, False]),
        ({"attribute": "d", "op": "at_least", "value": date(2026, 1, 2)}, [False, True, True, False]),
        ({"not": {"attribute": "n", "op": "above", "value": 1}}, [True, False, False, True]),
        (
            {"all": [{"attribute": "n", "op": "above", "value": 1}, {"attribute": "t", "op": "equals", "value": "y"}]},
            [False, True, False, False],
        ),
        (
            {"any": [{"attribute": "n", "op": "below", "value": 2}, {"attribute": "t", "op": "equals", "value": "y"}]},
            [True, True, False, False],
        ),
        ({"attribute": "unknown", "op": "equals", "value": 1}, [False] * 4),
        ({"attribute": "unknown", "op": "differs", "value": 1}, [False] * 4),
    ],
    ids=[
        "equals", "differs", "at least", "at most", "above", "below", "one of", "boolean", "date", "not", "all", "any",
        "unknown", "unknown differs",
    ],
)  # fmt: skip
def test_conditions(condition, holds):
    days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", None])
    frame = pd.DataFrame({"n": [1, 2, 3, None], "t": ["x", "y", "z", None], "d": days})
    frame["b"] = pd.Series([True, False, False, None], dtype="object")
    known = ibis.memtable(frame, schema={"n": "float64", "t": "string", "d": "timestamp", "b": "boolean"})
    asked = known.select("n", holds=compiled(Condition.model_validate(condition), known))
    found = asked.to_pandas().sort_values("n", na_position="last")
    assert found["holds"].tolist() == holds


def test_rules_are_read_from_program_yaml(tables):
    text = """
    - stage: develop
      when:
        all:
        - {attribute: families, op: at_least, value: 2}
        - not: {attribute: region, op: one_of, value: [Sur, Este]}
    - stage: lost
      when: {attribute: days_since_order, op: above, value: 100}
    """
    found = lifecycle(tables, NOW, rules=load_yaml(text)).stages.set_index("stage")["customers"]
    assert found[["identify", "develop", "lost"]].tolist() == [11, 2, 3]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (3, "does not fit the setting “when”"),
        ({"attribute": "orders", "op": "at_least"}, "not of one kind"),
        ({"attribute": "orders", "op": "min", "value": 1}, "equals, differs, at_least"),
        ({"attribute": "orders", "op": "equals", "value": [1]}, "Only one_of is compared with a list"),
        ({"attribute": "orders", "op": "one_of", "value": 1}, "Only one_of is compared with a list"),
        ({"any": []}, "column lifecycle.1.when.any"),
        ({"any": [{"atribute": "orders"}]}, "Perhaps attribute is meant"),
        ({"attribute": "orders", "op": "equals", "value": 1, "not": {"any": []}}, "column lifecycle.1.when.not.any"),
        ({"every": []}, "“every” is no setting"),
        ({"attribute": "ordres", "op": "equals", "value": 1}, "Perhaps orders is meant"),
        ({"attribute": "orders", "op": "equals", "value": "1"}, "Expected: a number"),
        ({"attribute": "orders", "op": "equals", "value": True}, "Expected: a number"),
        ({"attribute": "region", "op": "equals", "value": 1}, "Expected: a text"),
        ({"attribute": "region", "op": "above", "value": "a"}, "has no order"),
        ({"attribute": "subscribed", "op": "equals", "value": 1}, "Expected: true or false"),
        ({"attribute": "joined_on", "op": "above", "value": "2026"}, "Expected: a date"),
    ],
    ids=[
        "number", "half a comparison", "no comparison", "list", "no list", "empty", "misspelt", "two kinds", "own name",
        "unknown fact", "text for a number", "truth for a number", "number for a text", "order of texts",
        "number for a truth", "text for a date",
    ],
)  # fmt: skip
def test_a_condition_that_is_wrong_is_refused(tables, when, told):
    with pytest.raises(SettingsError) as caught:
        lifecycle(tables, NOW, rules=[{"stage": "sell", "when": when}])
    assert told in str(caught.value)


def test_everything_wrong_is_told_at_once():
    right = {"attribute": "orders", "op": "above", "value": 1}
    with pytest.raises(SettingsError) as caught:
        read_rules([{"stage": "sel", "when": right}, {"when": right}, {"stage": "serve"}])
    assert len(caught.value.problems) == 3
    assert "Perhaps sell is meant" in str(caught.value)
    with pytest.raises(SettingsError, match="stands twice"):
        read_rules([{"stage": "sell", "when": right}] * 2)
    with pytest.raises(SettingsError, match="There are no rules"):
        read_rules([])


def test_conditions_without_end_are_refused():
    condition = {"attribute": "orders", "op": "above", "value": 1}
    for _each in range(500):
        condition = {"not": condition}
    with pytest.raises(SettingsError, match="deep"):
        read_rules([{"stage": "sell", "when": condition}])


def test_text_of_a_rule_is_data(tables):
    rule = {"attribute": "region", "op": "equals", "value": "' OR 1=1 --"}
    found = lifecycle(tables, NOW, rules=[{"stage": "lost", "when": rule}]).stages.set_index("stage")
    assert found.at["lost", "customers"] == 0


def test_with_customers_alone_the_usual_rules_say_what_they_miss(tables):
    found = lifecycle({"customers": tables["customers"]}, NOW)
    assert "orders" in found.missing_facts
    stages = found.stages.set_index("stage")["customers"]
    assert stages[["retain", "satisfy", "serve", "lost"]].tolist() == [1, 2, 1, 2]


def test_days_in_the_wrong_order_and_nobody(tables):
    with pytest.raises(DataError, match="is not after"):
        lifecycle(tables, NOW, earlier=NOW)
    with pytest.raises(DataError, match="No customer is known"):
        lifecycle({"customers": table("customers", [("a", day(0), None, "")])}, day(10))


def test_stages_have_names_in_spanish_too(tables):
    with language.using("es"):
        assert len(set(lifecycle(tables, NOW).stages["name"])) == len(STAGES)


@pytest.mark.parametrize("dialect", ["pyspark", "postgres"])
def test_other_engines_can_say_it(dialect):
    assert ibis.pyspark
    unbound = {name: ibis.table(schema, name=name) for name, schema in SCHEMAS.items()}
    rules = read_rules(USUAL_RULES)
    for asked in (staged(unbound, NOW, rules), stage_moves(unbound, BEFORE, NOW, rules)):
        assert "CASE" in ibis.to_sql(asked, dialect=dialect)

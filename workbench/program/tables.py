"""The planning tables: every table, column, unit and rule, declared once.

Reading, checking, blank templates and the data dictionary all derive from `TABLES`.
"""

from __future__ import annotations

from typing import Any

from workbench.language import mark as N_
from workbench.program import row_rules
from workbench.program.columns import Column, Kind, Rule, Table

AXES = ("value", "complexity", "urgency", "risk_reduction")
SCALES = ("linear", "fibonacci", "powers_of_two", "own")
MOSCOW = ("must", "should", "could", "wont")
DIRECTIONS = ("higher_is_better", "lower_is_better")
SIDES = ("business", "development")
ROUND_STATUSES = ("open", "shown", "frozen")
CAPABILITIES = (
    "campaign_management",
    "customer_care",
    "sales_force_automation",
    "analytics",
    "partner_management",
    "data_integration",
)
COST_CATEGORIES = (
    "licences",
    "infrastructure",
    "customisation",
    "integration_labour",
    "outside_specialists",
    "business_users_time",
    "new_staff",
    "training",
    "data_clean_up",
    "change_management",
    "support",
    "continued_promotion",
    "other",
)
LAST_PERIOD = 1200  # months: a hundred years
STREAMS = ("cost_reduction", "customer_value")
EVIDENCE = ("randomised", "matched", "before_after", "opinion")


def _text(name: str, help: str, **more: Any) -> Column:
    return Column(name, help, **more)


def _key(name: str, help: str, **more: Any) -> Column:
    return Column(name, help, required=True, **more)


def _reference(name: str, table: str, help: str, **more: Any) -> Column:
    return Column(name, help, refers_to=table, **more)


def _number(name: str, help: str, **more: Any) -> Column:
    return Column(name, help, kind=Kind.NUMBER, **more)


def _integer(name: str, help: str, **more: Any) -> Column:
    return Column(name, help, kind=Kind.INTEGER, **more)


def _date(name: str, help: str, **more: Any) -> Column:
    return Column(name, help, kind=Kind.DATE, **more)


def _list(name: str, help: str, **more: Any) -> Column:
    return Column(name, help, kind=Kind.LIST, **more)


def _share(name: str, help: str, **more: Any) -> Column:
    return _number(name, help, unit="share", minimum=0, maximum=1, **more)


_SCALE_IS_NOT_EMPTY = Rule(
    "scale_max",
    row_rules.scale_is_empty,
    N_("a number above scale_min, which is {scale_min}"),
    N_("Correct scale_min or scale_max."),
)
_ENDS = Rule(
    "last_period",
    row_rules.ends_before_start,
    N_("a month not before first_period"),
    N_("Correct first_period or last_period, or leave last_period empty for the end of the horizon."),
)

_LINE_TIMING = (
    _integer(
        "first_period",
        N_("First month of the line; 0 is today"),
        unit="month",
        minimum=0,
        maximum=LAST_PERIOD,
        default=1,
    ),
    _integer(
        "last_period",
        N_("Last month of the line; empty means the end of the horizon"),
        unit="month",
        minimum=0,
        maximum=LAST_PERIOD,
    ),
    Column(
        "profile",
        N_("How the monthly amount develops: even, one_off, ramp 12, s_curve 12, percentages 50 80 100, growth 3%"),
        kind=Kind.PROFILE,
        default="even",
    ),
)

_ALL = (
    Table(
        "requirements",
        N_("What the departments need from CRM"),
        (
            _key("requirement_id", N_("Id that people can read, for example REQ-07")),
            _text("title", N_("The requirement in one line"), required=True),
            _text("description", N_("What is needed and why")),
            _text("department", N_("Department that asks for it"), required=True),
            _list("other_departments", N_("Other departments that it touches")),
            _text("business_objective", N_("Business objective that it serves")),
            _text("capability", N_("CRM capability that serves it"), choices=CAPABILITIES),
            _text("in_scope", N_("What is inside its boundary")),
            _text("out_of_scope", N_("What is outside its boundary")),
            _list("systems_touched", N_("Systems whose data or functions it needs")),
            _text(
                "status",
                N_("Where it stands"),
                choices=("proposed", "scored", "approved", "deferred", "rejected", "delivered"),
                default="proposed",
            ),
            _text("source", N_("Who said it, and when")),
            _number("reach", N_("How many people it reaches in a quarter"), unit="people", minimum=0),
            _number(
                "impact",
                N_("How much it does for each of them: 0.25 hardly anything, 1 medium, 3 very much"),
                minimum=0,
            ),
            _share("confidence", N_("How sure reach, impact and effort are")),
            _number("effort_months", N_("Effort that it takes"), unit="person-months", minimum=0),
        ),
        ("requirement_id",),
    ),
    Table(
        "criteria",
        N_("What requirements are scored by"),
        (
            _key("criterion_id", N_("Id of the criterion")),
            _text("name", N_("Name of the criterion"), required=True),
            _text("axis", N_("What it counts towards"), required=True, choices=AXES),
            _number("weight", N_("Weight within its axis"), minimum=0, default=1.0),
            _text("direction", N_("Whether a high score is good news"), choices=DIRECTIONS, default=DIRECTIONS[0]),
            _number("scale_min", N_("Lowest score that can be given"), required=True),
            _number("scale_max", N_("Highest score that can be given"), required=True),
            _text(
                "scale",
                N_("Which scores there are between the lowest and the highest"),
                choices=SCALES,
                default=SCALES[0],
            ),
            _list("levels", N_("The scores of an own scale, for example 1; 2; 4; 9"), items=Kind.NUMBER),
            _text("rubric", N_("What the scores mean")),
        ),
        ("criterion_id",),
        (
            _SCALE_IS_NOT_EMPTY,
            Rule(
                "scale",
                row_rules.has_too_few_scores,
                N_("a scale with at least two scores from {scale_min} to {scale_max}"),
                N_("Correct scale_min or scale_max, or take another scale."),
            ),
            Rule(
                "levels",
                row_rules.has_no_levels,
                N_("at least two different numbers from {scale_min} to {scale_max}, since the scale is an own one"),
                N_("Correct the levels, or scale_min and scale_max."),
            ),
            Rule(
                "levels",
                row_rules.has_idle_levels,
                N_("no levels, since only an own scale has them"),
                N_("Set scale to own, or empty the levels."),
            ),
        ),
    ),
    Table(
        "raters",
        N_("Who scores"),
        (
            _key("rater_id", N_("Id of the rater")),
            _text("name", N_("Name or role of the rater"), required=True),
            _text("department", N_("Department of the rater")),
            _text("side", N_("Side that the rater speaks for"), required=True, choices=SIDES),
            _number("weight", N_("Weight of the rater's scores"), minimum=0, default=1.0),
        ),
        ("rater_id",),
    ),
    Table(
        "scores",
        N_("The scores given; rows are only added, and the last per rater, requirement, criterion and round counts"),
        (
            _reference("requirement_id", "requirements", N_("Requirement scored"), required=True),
            _reference("rater_id", "raters", N_("Who scored it"), required=True),
            _reference("criterion_id", "criteria", N_("Criterion it was scored by"), required=True),
            _integer("round", N_("Scoring round"), minimum=1, default=1),
            _number("score", N_("The score, on the criterion's scale; empty means abstained")),
            _text("comment", N_("Why")),
            _date("scored_at", N_("When it was given")),
        ),
        (),
        (
            Rule(
                "score",
                row_rules.off_scale,
                N_("a score on the scale of criterion {criterion_id}"),
                N_("Correct the score, or the scale in the criteria table."),
            ),
        ),
    ),
    Table(
        "rounds",
        N_("The rounds in which the committee scores; a frozen one is a decision record"),
        (
            _integer("round", N_("Number of the round"), required=True, minimum=1),
            _text("name", N_("Name of the round")),
            _text("status", N_("Where it stands"), required=True, choices=ROUND_STATUSES),
            _date("opened_at", N_("When scoring began")),
            _date("shown_at", N_("When the scores were shown to all")),
            _date("frozen_at", N_("When it was frozen")),
            _text("frozen_by", N_("Who froze it")),
            _text("reason", N_("Why it was decided so")),
            _text("scores_hash", N_("SHA-256 of the scores that the decision rests on")),
        ),
        ("round",),
    ),
    Table(
        "judgements",
        N_("How much more one criterion matters than another, for weights by pairwise comparison"),
        (
            _reference("rater_id", "raters", N_("Who judged"), required=True),
            _reference("criterion_id", "criteria", N_("The criterion"), required=True),
            _reference("other_criterion_id", "criteria", N_("The criterion that it is compared with"), required=True),
            _number(
                "times",
                N_("How many times as important as the other: 1 as much, 3 moderately, 5 strongly, 9 extremely more"),
                required=True,
                minimum=1 / 9,
                maximum=9,
            ),
        ),
        ("rater_id", "criterion_id", "other_criterion_id"),
        (
            Rule(
                "other_criterion_id",
                row_rules.judges_itself,
                N_("another criterion"),
                N_("Remove the row, or name the criterion that it was compared with."),
            ),
            Rule(
                "other_criterion_id",
                row_rules.judges_across_axes,
                N_("a criterion that counts towards the same as {criterion_id}"),
                N_("Remove the row: weights are shared among the criteria of one axis."),
            ),
        ),
    ),
    Table(
        "preferences",
        N_("What each rater would keep when not everything fits"),
        (
            _reference("rater_id", "raters", N_("Who prefers"), required=True),
            _reference("requirement_id", "requirements", N_("The requirement"), required=True),
            _text("moscow", N_("Must, should, could, or won't be done this time"), choices=MOSCOW),
            _number("points", N_("Points given to it out of a fixed budget"), unit="points", minimum=0),
        ),
        ("rater_id", "requirement_id"),
    ),
    Table(
        "projects",
        N_("The projects that deliver requirements"),
        (
            _key("project_id", N_("Id of the project")),
            _text("title", N_("The project in one line"), required=True),
            _list("requirement_ids", N_("Requirements that it delivers"), refers_to="requirements"),
            _list("technologies", N_("Technologies involved")),
            _list("skills", N_("Skills needed")),
            _number("internal_staff", N_("Internal staff"), unit="people", minimum=0),
            _number("consultants", N_("Consultants"), unit="people", minimum=0),
            _number("duration_months", N_("Realistic time to the first version"), unit="months", minimum=0),
            _number("effort_days", N_("Effort"), unit="days", minimum=0),
            _number("cost", N_("Cost to the first version"), unit="currency", minimum=0),
            _text("political_risk", N_("Political risk"), choices=("low", "medium", "high")),
            Column("must_do", N_("Whether it has to be done"), kind=Kind.BOOLEAN, default=False),
            _integer("earliest_release", N_("First release that it can be in"), minimum=1),
            _list("excludes", N_("Projects that cannot be done as well"), refers_to="projects"),
            _integer("latest_release", N_("Last release that it can be in"), minimum=1),
            _text("choose_one", N_("Name of a group of projects of which exactly one is done")),
            _text("in_scope", N_("What is inside its boundary")),
            _text("out_of_scope", N_("What is outside its boundary")),
            _text("organisational_limits", N_("What in the organisation limits it")),
            _text("political_issues", N_("Who may resist, and why")),
        ),
        ("project_id",),
    ),
    Table(
        "dependencies",
        N_("Which project needs which"),
        (
            _reference("project_id", "projects", N_("The project"), required=True),
            _reference("needs_project_id", "projects", N_("The project that it needs first"), required=True),
        ),
        ("project_id", "needs_project_id"),
        (
            Rule(
                "needs_project_id",
                row_rules.needs_itself,
                N_("another project"),
                N_("Remove the row, or name the project that is really needed."),
            ),
        ),
    ),
    Table(
        "capacity",
        N_("What each release can use; money is a resource too"),
        (
            _integer("release", N_("Number of the release"), required=True, minimum=1),
            _key("resource", N_("The resource")),
            _number("available", N_("How much of it there is"), required=True, minimum=0),
        ),
        ("release", "resource"),
    ),
    Table(
        "demand",
        N_("What each project uses"),
        (
            _reference("project_id", "projects", N_("The project"), required=True),
            _key("resource", N_("The resource")),
            _number("amount", N_("How much of it the project uses"), required=True, minimum=0),
        ),
        ("project_id", "resource"),
    ),
    Table(
        "readiness",
        N_("Open risks before the start"),
        (
            _key("item_id", N_("Id of the question")),
            _text("group", N_("What it belongs to"), required=True, choices=("sin", "pillar", "failure_cause")),
            _number("answer", N_("From 0, nothing is in place, to 4, fully in place"), minimum=0, maximum=4),
            _text("evidence", N_("What shows it")),
            _text("owner", N_("Who settles it")),
            _date("due_on", N_("By when")),
        ),
        ("item_id",),
    ),
    Table(
        "vendors",
        N_("Products, integrators and hosted services under evaluation"),
        (
            _key("vendor_id", N_("Id of the vendor")),
            _text("name", N_("Name of the vendor"), required=True),
            _text("kind", N_("What it offers"), choices=("product", "integrator", "hosted")),
        ),
        ("vendor_id",),
    ),
    Table(
        "vendor_criteria",
        N_("What vendors are compared by"),
        (
            _key("criterion_id", N_("Id of the criterion")),
            _text("name", N_("Name of the criterion"), required=True),
            _number("weight", N_("Weight among the criteria"), minimum=0, default=1.0),
            _text("direction", N_("Whether a high value is good news"), choices=DIRECTIONS, default=DIRECTIONS[0]),
            Column(
                "must_have", N_("Whether a vendor that misses the threshold is out"), kind=Kind.BOOLEAN, default=False
            ),
            _number("threshold", N_("Value that a must-have has to reach")),
            _number("scale_min", N_("Lowest value that can be given"), required=True),
            _number("scale_max", N_("Highest value that can be given"), required=True),
            _text("unit", N_("Unit of its values")),
            _text("rubric", N_("What the values mean")),
        ),
        ("criterion_id",),
        (
            _SCALE_IS_NOT_EMPTY,
            Rule(
                "threshold",
                row_rules.must_have_has_no_threshold,
                N_("a value from {scale_min} to {scale_max} that a must-have has to reach"),
                N_("Give the must-have a threshold on its scale."),
            ),
        ),
    ),
    Table(
        "vendor_scores",
        N_("How vendors do by each criterion"),
        (
            _reference("vendor_id", "vendors", N_("The vendor"), required=True),
            _reference("criterion_id", "vendor_criteria", N_("The criterion"), required=True),
            _number("value", N_("Its value by the criterion"), required=True),
            _text("source", N_("Where the value comes from")),
        ),
        ("vendor_id", "criterion_id"),
        (
            Rule(
                "value",
                row_rules.outside_vendor_scale,
                N_("a value on the scale of criterion {criterion_id}"),
                N_("Correct the value, or scale_min and scale_max in the vendor_criteria table."),
            ),
        ),
    ),
    Table(
        "success_metrics",
        N_("How success will be known; set before the start"),
        (
            _key("metric_id", N_("Id of the metric")),
            _text("name", N_("Name of the metric"), required=True),
            _text("aim", N_("What it tells about: satisfaction, retention, profitability…")),
            _text("objective", N_("Business objective that it belongs to")),
            _text("unit", N_("Unit of its values")),
            _text("direction", N_("Whether more of it is better"), choices=DIRECTIONS, default=DIRECTIONS[0]),
            _number("baseline", N_("Value before the program")),
            _date("baseline_on", N_("When the baseline was measured")),
            _number("target", N_("Value that counts as success")),
            _date("target_on", N_("When the target is due")),
            _text("owner", N_("Who answers for it")),
            _text("source", N_("Where the values come from")),
            _text(
                "evidence_method",
                N_("How its movement will be proved"),
                choices=EVIDENCE,
            ),
            _text("frequency", N_("How often it is measured")),
        ),
        ("metric_id",),
    ),
    Table(
        "measurements",
        N_("Measured values of the success metrics"),
        (
            _reference("metric_id", "success_metrics", N_("The metric"), required=True),
            _date("measured_on", N_("When it was measured"), required=True),
            _text("group", N_("Whom it was measured on"), choices=("treated", "control", "all"), default="all"),
            _number("value", N_("The value"), required=True),
            _integer("sample_size", N_("How many were measured"), minimum=1),
            _number("standard_error", N_("Standard error of the value"), minimum=0),
        ),
        ("metric_id", "measured_on", "group"),
    ),
    Table(
        "assumptions",
        N_("The figures that costs and benefits are computed from"),
        (
            _key("assumption_id", N_("Name that formulas use: letters, digits and _"), kind=Kind.NAME),
            _text("name", N_("What it is"), required=True),
            _text("unit", N_("Its unit")),
            _number("low", N_("Pessimistic or low value")),
            _number("base", N_("Most likely value"), required=True),
            _number("high", N_("Optimistic or high value")),
            _text(
                "distribution",
                N_("How it is spread between low and high"),
                choices=("triangular", "pert", "uniform", "normal", "lognormal", "beta", "bernoulli", "discrete"),
            ),
            _reference("correlated_with", "assumptions", N_("Assumption that it moves with"), kind=Kind.NAME),
            _number("correlation", N_("How closely it moves with it"), minimum=-1, maximum=1),
            _text(
                "evidence",
                N_("Strength of its evidence"),
                choices=EVIDENCE,
            ),
            _text("source", N_("Where it comes from")),
            _text("owner", N_("Who answers for it")),
            _date("as_of", N_("Date of the figure")),
        ),
        ("assumption_id",),
        (
            Rule(
                "base",
                row_rules.out_of_order,
                N_("low ≤ base ≤ high, not {low}, {base}, {high}"),
                N_("Put the three figures in order."),
            ),
        ),
    ),
    Table(
        "evidence",
        N_("What was measured of the assumptions, at the gates above all"),
        (
            _reference(
                "assumption_id", "assumptions", N_("Assumption that was measured"), kind=Kind.NAME, required=True
            ),
            _date("measured_on", N_("When it was measured"), required=True),
            _number("estimate", N_("What was measured, in the unit of the assumption"), required=True),
            _number(
                "standard_error",
                N_("Standard error of the estimate; 0 for an exact count"),
                required=True,
                minimum=0,
            ),
            _text("evidence", N_("Strength of this evidence"), choices=EVIDENCE),
            _text("source", N_("Where it comes from")),
        ),
        ("assumption_id", "measured_on"),
    ),
    Table(
        "costs",
        N_("What the program costs; positive amounts a month"),
        (
            _key("cost_id", N_("Id of the cost line")),
            _text("name", N_("What is paid for")),
            _reference("project_id", "projects", N_("Project that it belongs to")),
            _reference("vendor_id", "vendors", N_("Vendor whose choice brings this cost; empty: it comes with any")),
            _text("category", N_("Category of the cost"), required=True, choices=COST_CATEGORIES),
            Column(
                "formula",
                N_("Amount a month, from assumptions; decimals with a point"),
                kind=Kind.FORMULA,
                required=True,
            ),
            *_LINE_TIMING,
            _number(
                "risk_adjustment",
                N_("Share by which the cost is raised for risk"),
                unit="share",
                minimum=0,
                default=0.0,
            ),
        ),
        ("cost_id",),
        (_ENDS,),
    ),
    Table(
        "benefits",
        N_("What the program returns; positive amounts a month"),
        (
            _key("benefit_id", N_("Id of the benefit line")),
            _text("name", N_("What is gained")),
            _reference("project_id", "projects", N_("Project that it belongs to")),
            _reference("metric_id", "success_metrics", N_("Success metric that will prove it")),
            _text("stream", N_("Stream of benefit"), required=True, choices=STREAMS),
            Column(
                "formula",
                N_("Amount a month, from assumptions; decimals with a point"),
                kind=Kind.FORMULA,
                required=True,
            ),
            *_LINE_TIMING,
            _share("attribution", N_("Share of it that CRM causes"), default=1.0),
            _share("risk_adjustment", N_("Share by which the benefit is cut for risk"), default=0.0),
        ),
        ("benefit_id",),
        (_ENDS,),
    ),
    Table(
        "gates",
        N_("Decisions at the stage gates"),
        (
            _key("gate_id", N_("Id of the gate")),
            _text("name", N_("Name of the gate"), required=True),
            _date("held_on", N_("When it was held")),
            _integer(
                "month",
                N_("Month of the program that it closes; it and those before are past"),
                unit="month",
                minimum=0,
                maximum=LAST_PERIOD,
            ),
            _text("decision", N_("What was decided"), choices=("stop", "continue", "change")),
            _text("reason", N_("Why")),
        ),
        ("gate_id",),
    ),
    Table(
        "actuals",
        N_("What was really paid and gained"),
        (
            _key("line_id", N_("Id of the cost or benefit line")),
            _integer("period", N_("Month"), required=True, minimum=0, maximum=LAST_PERIOD, unit="month"),
            _number("amount", N_("The amount"), required=True, unit="currency"),
            _text("note", N_("Note")),
        ),
        ("line_id", "period"),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
"""Every planning table by its name, in the order in which people fill them in."""

"""Labels: everything declared has one, none is ambiguous, and a person's spelling is understood in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import NullTranslations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import language
from workbench.language import LANGUAGES
from workbench.program import labels
from workbench.program.settings import Settings
from workbench.program.tables import TABLES

COLUMNS = {(table.name, column.name): column for table in TABLES.values() for column in table.columns}
CHOICES = {choice for column in COLUMNS.values() for choice in column.choices}
SPANISH = {
    "Lowest score": "Puntuación mínima",
    "Highest score": "Puntuación máxima",
    "Criteria": "Criterios",
    "Lower is better": "Cuanto menos, mejor",
    "Own systems": "Sistemas propios",
    "Business": "Negocio",
}


class FewWords(NullTranslations):
    """A catalogue of a few words, whatever the real one holds."""

    def gettext(self, message: str) -> str:
        return SPANISH.get(message, message)


@pytest.fixture
def spanish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    words = {"en": NullTranslations(), "es": FewWords()}
    monkeypatch.setattr(language, "_translations", words.__getitem__)
    labels.forget()
    yield
    labels.forget()


def test_everything_declared_has_a_label_and_nothing_else_has() -> None:
    declared = {*TABLES, *CHOICES, *(column for _table, column in COLUMNS)}
    assert set(labels.LABELS) == declared | {labels.SETTINGS_SHEET, labels.CHOICES_SHEET, "setting"}
    assert set(labels.SETTING_LABELS) == set(Settings.model_fields)


def groups() -> dict[str, tuple[str, ...]]:
    """Names of which a person must be able to tell one from another."""
    by_column = {f"{table}.{name}": column.choices for (table, name), column in COLUMNS.items() if column.choices}
    sheets = {"sheets": (*TABLES, labels.SETTINGS_SHEET, labels.CHOICES_SHEET)}
    return sheets | {table.name: table.headings for table in TABLES.values()} | by_column


@pytest.mark.parametrize("names", groups().values(), ids=groups())
def test_no_spelling_stands_for_two_names(names: tuple[str, ...]) -> None:
    spellings = {}
    for name in names:
        for code in LANGUAGES:
            with language.using(code):
                told = (name, labels.label(name))
            for word in told:
                assert spellings.setdefault(word.casefold(), name) == name, f"{word!r} stands for two names"
                assert labels.recognised(word, names) == name


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_settings_have_the_same_label(code: str) -> None:
    with language.using(code):
        told = {key: labels.setting_label(key) for key in Settings.model_fields}
    assert len(set(told.values())) == len(told)
    assert {labels.setting_named(text) for text in told.values()} == set(told)
    assert not any(mark in text for text in told.values() for mark in ".:")


@pytest.mark.parametrize("code", LANGUAGES)
def test_labels_fit_a_sheet_s_title(code: str) -> None:
    with language.using(code):
        titles = [labels.label(name) for name in groups()["sheets"]]
    assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/\\'") for title in titles)
    assert len({title.casefold() for title in titles}) == len(titles)


@pytest.mark.parametrize(
    "word",
    ["scale_min", "Lowest score", " LOWEST   SCORE * ", "lowest-score", "Puntuación mínima", "puntuacion MINIMA*"],
)
def test_a_person_s_spelling_is_understood(spanish: None, word: str) -> None:
    assert labels.recognised(word, TABLES["criteria"].headings) == "scale_min"


def test_sheets_and_choices_are_understood_in_spanish(spanish: None) -> None:
    assert labels.sheet_named("criterios") == labels.sheet_named("CRITERIA") == "criteria"
    assert labels.recognised("cuanto menos mejor", ("higher_is_better", "lower_is_better")) == "lower_is_better"
    assert labels.setting_named("Sistemas propios: Atención, Sur") == "own_systems.Atención, Sur"
    with language.using("es"):
        assert labels.label("criteria") == "Criterios"
        assert labels.setting_label("own_systems.Sur") == "Sistemas propios: Sur"


def test_a_department_that_is_called_like_a_side_stays_a_department(spanish: None) -> None:
    assert labels.setting_named("own_systems.Negocio") == "own_systems.Negocio"
    assert labels.setting_label("own_systems.business") == "Own systems: business"


@pytest.mark.parametrize("word", ["", " * ", "Lowest", "scores", "?"])
def test_other_words_are_not_guessed(word: str) -> None:
    assert labels.recognised(word, TABLES["criteria"].headings) is None
    assert labels.setting_named(word) == word


@given(st.sampled_from(sorted(labels.LABELS)), st.sampled_from([str.upper, str.title, str.casefold]))
def test_case_never_matters(name: str, change: object) -> None:
    assert labels.recognised(change(labels.label(name)), (name,)) == name  # type: ignore[operator]


def test_asking_for_other_languages_leaves_the_one_in_use() -> None:
    with language.using("es", "es_MX", "MXN"):
        labels.forget()
        labels.recognised("weight", ("weight",))
        assert language.current() == language.Language("es", "es_MX", "MXN")

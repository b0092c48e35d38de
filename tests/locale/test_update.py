"""The catalogues' upkeep: what is extracted, what is kept, what is refused."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from workbench.locale import update

PLURAL = ("{count} project", "{count} projects")


def spanish(translations: dict[str | tuple[str, str], str | tuple[str, str]]) -> Catalog:
    catalogue = Catalog(locale="es")
    for message, translation in translations.items():
        catalogue.add(message, translation)
    return catalogue


def test_every_way_of_marking_is_extracted():
    text = '_("a")\ngettext("b")\nN_("c")\nmark("d")\nngettext("e", "f", n)\nother("g")\n_(name)\n_("")\n'
    assert list(update.messages_in(text)) == ["a", "b", "c", "d", ("e", "f")]


def test_a_message_inside_an_f_string_is_extracted():
    text = """f"{told} {_('One.')} {_('Two in {ids}.').format(ids=ids)}" if there else f'{_("Three")}'"""
    assert sorted(update.messages_in(text)) == ["One.", "Three", "Two in {ids}."]


def test_texts_beyond_ascii_are_extracted_whole():
    assert list(update.messages_in('_("value × complexity – «sí»")')) == ["value × complexity – «sí»"]


def test_only_the_code_cells_of_a_notebook_are_read(tmp_path):
    notebook = tmp_path / "report.ipynb"
    cells = [
        {"cell_type": "markdown", "source": ['_("prose")']},
        {"cell_type": "code", "source": ["a = 1\n", 'print(_("code"))']},
        {"cell_type": "code", "source": ['_("more")']},
    ]
    notebook.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert list(update.messages_in(update.notebook_code(notebook))) == ["code", "more"]


def test_translations_are_kept_and_the_obsolete_go():
    before = spanish({"Yes": "Sí", "Gone": "Ido", PLURAL: ("{count} proyecto", "{count} proyectos")})
    after = {entry.id: entry.string or "" for entry in update.entries(update.updated(before, ["No", "Yes", PLURAL]))}
    assert after == {"Yes": "Sí", "No": "", PLURAL: ("{count} proyecto", "{count} proyectos")}


def test_a_message_alike_is_not_guessed():
    after = update.updated(spanish({"The cost is high": "El coste es alto"}), ["The costs are high"])
    assert [not entry.string for entry in update.entries(after)] == [True]


def test_writing_is_stable_and_says_nothing_of_the_run():
    catalogue = update.updated(spanish({"Yes": "Sí"}), ["Yes", "No", PLURAL])
    text = update.as_po(catalogue)
    again = update.as_po(update.updated(read_po(BytesIO(text.encode()), locale="es"), [PLURAL, "No", "Yes"]))
    assert again == text
    assert "Date" not in text
    assert "Generated" not in text
    assert "Plural-Forms" in text


def test_a_complete_catalogue_has_no_problem():
    catalogue = spanish({"{name} is late": "{name} llega tarde", PLURAL: ("un proyecto", "{count} proyectos")})
    assert update.problems_of(catalogue, ["{name} is late", PLURAL]) == []


@pytest.mark.parametrize(
    ("translation", "told"),
    [
        ("", "is not translated"),
        ("El {nombre} llega tarde", "does not have the blanks"),
        ("Llega tarde", "does not have the blanks"),
        ("{name llega tarde", "does not have the blanks"),
    ],
)
def test_a_wrong_translation_is_told(translation, told):
    problems = update.problems_of(spanish({"{name} is late": translation}), ["{name} is late"])
    assert len(problems) == 1
    assert told in problems[0]


def test_a_plural_lacks_a_form_or_its_count():
    half = update.problems_of(spanish({PLURAL: ("{count} proyecto", "")}), [PLURAL])
    uncounted = update.problems_of(spanish({PLURAL: ("{count} proyecto", "proyectos")}), [PLURAL])
    assert "is not translated" in half[0]
    assert "does not have the blanks" in uncounted[0]


def test_missing_and_obsolete_messages_are_told():
    problems = update.problems_of(spanish({"Old": "Viejo"}), ["New"])
    assert problems == [
        "es: 'New' is not in the catalogue; run `make messages`",
        "es: 'Old' is no longer in the source; run `make messages`",
    ]


def test_the_command_updates_and_then_finds_nothing_lacking(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(update, "CATALOGUES", tmp_path)
    monkeypatch.setattr(update, "source_messages", lambda: ["Yes"])
    assert update.main(["--check"]) == 1
    assert update.main([]) == 0
    assert update.main(["--check"]) == 1
    update.write(spanish({"Yes": "Sí"}))
    capsys.readouterr()
    assert update.main(["--check"]) == 0
    assert "all translated" in capsys.readouterr().out

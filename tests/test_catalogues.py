"""Every text that a person sees is in every catalogue, translated, with the same blanks to fill in."""

from __future__ import annotations

import pytest

from workbench import language
from workbench.locale.update import TRANSLATED, as_key, entries, problems_of, read, source_messages


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_catalogue_is_complete(code):
    problems = problems_of(read(code), source_messages())
    assert not problems, f"{len(problems)} to mend in the catalogue {code}:\n" + "\n".join(problems)


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_program_reads_a_catalogue_as_babel_does(code):
    found = entries(read(code))
    assert len(found) > 500
    with language.using(code):
        for entry in found:
            forms = as_key(entry.string)
            if len(forms) == 1:
                assert language.gettext(entry.id) == forms[0]
            else:
                assert tuple(language.ngettext(*entry.id, count) for count in (1, 2)) == forms
                assert language.ngettext(*entry.id, 0) == forms[1]


def test_a_catalogue_is_read_as_it_may_be_written(tmp_path, monkeypatch):
    path = tmp_path / "es" / "LC_MESSAGES" / "workbench.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr ""\n"Language: es\\n"\n\n# a note\n\n#~ msgid "gone"\n#~ msgstr "ido"\n\n'
        '#, python-brace-format\nmsgid ""\n"a “{b}” "\n"\\"c\\"\\n"\nmsgstr ""\n"uno "\n"\\\\dos"\n\n'
        'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} día"\nmsgstr[1] "{n} días"\n\n'
        'msgid "later"\nmsgstr ""\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    catalogue = language._translations.__wrapped__("es")
    assert catalogue.gettext('a “{b}” "c"\n') == "uno \\dos"
    assert [catalogue.ngettext("{n} day", "{n} days", count) for count in (0, 1, 2)] == [
        "{n} días",
        "{n} día",
        "{n} días",
    ]
    assert [catalogue.gettext(text) for text in ("later", "gone", "new")] == ["later", "gone", "new"]
    assert catalogue.ngettext("new", "news", 2) == "news"

"""Bring the message catalogues up to date with the source, or say what they lack."""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from workbench.language import CATALOGUES, LANGUAGES
from workbench.reporting.parameters import contract
from workbench.resources import PACKAGE, folder

FORMS = {"_": 1, "gettext": 1, "N_": 1, "mark": 1, "ngettext": 2}
"""How many texts each function that marks a message takes."""
OMITTED_HEADERS = (
    "Project-Id-Version",
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)
TRANSLATED = tuple(code for code in LANGUAGES if code != "en")

MessageId = str | tuple[str, ...] | list[str]


def main(arguments: list[str] | None = None) -> int:
    """Update the catalogues, or with ``--check`` only report on them; the exit code is 1 when something is lacking."""
    parser = argparse.ArgumentParser(prog="python -m workbench.locale.update", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a catalogue is not complete")
    check = parser.parse_args(arguments).check
    messages = source_messages()
    problems = []
    for code in TRANSLATED:
        if not check:
            write(updated(read(code), messages))
        problems += problems_of(read(code), messages)
    print("\n".join(problems) or f"{len(messages)} messages, all translated: {', '.join(TRANSLATED)}")
    return 1 if check and problems else 0


def source_messages() -> list[MessageId]:
    """Every message of the package and the notebooks, once each, in the order of their text."""
    notebooks = sorted(folder("notebooks").glob("*.ipynb"))
    texts = [path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))]
    texts += map(notebook_code, notebooks)
    messages = [message for text in texts for message in messages_in(text)]
    messages += [text for path in notebooks for each in contract(path) for text in (each.help, each.unit) if text]
    found = {as_key(message): message for message in messages}
    return [found[key] for key in sorted(found)]


def notebook_code(path: Path) -> str:
    """The code cells of a notebook as one text."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def messages_in(text: str) -> Iterator[MessageId]:
    """The messages of a Python text.

    Examples
    --------
    >>> list(messages_in('_("one"); ngettext("{count} day", "{count} days", n); other("two")'))
    ['one', ('{count} day', '{count} days')]

    Those inside an f-string are found too, which the tokens of older Pythons hide.
    """
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        count = FORMS.get(call.func.id, 0) if isinstance(call.func, ast.Name) else 0
        given = [each.value for each in call.args[:count] if isinstance(each, ast.Constant)]
        forms = tuple(text for text in given if isinstance(text, str) and text)
        if count and len(forms) == count:
            yield forms[0] if count == 1 else forms


def as_key(message: MessageId) -> tuple[str, ...]:
    """A message as a tuple: its text, or its singular and its plural."""
    return (message,) if isinstance(message, str) else tuple(message)


def catalogue_path(code: str) -> Path:
    """Where a language's catalogue is kept."""
    return CATALOGUES / code / "LC_MESSAGES" / "workbench.po"


def read(code: str) -> Catalog:
    """The catalogue of a language as it is; an empty one when there is none yet."""
    path = catalogue_path(code)
    if not path.exists():
        return Catalog(locale=code)
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=code)


def updated(catalogue: Catalog, messages: Iterable[MessageId]) -> Catalog:
    """A catalogue of exactly these messages, with the translations that there are.

    A message whose plural is new to the catalogue starts again untranslated: nothing is guessed.
    """
    fresh = Catalog(
        locale=catalogue.locale,
        header_comment="# The texts of crm-workbench that a person sees",
        fuzzy=False,
    )
    known = {as_key(entry.id): entry for entry in entries(catalogue)}
    for message in messages:
        entry = known.get(as_key(message))
        fresh.add(message, entry.string if entry else None)
    return fresh


def entries(catalogue: Catalog) -> list[Message]:
    """The messages of a catalogue, without its header."""
    return [entry for entry in catalogue if entry.id]


def write(catalogue: Catalog) -> None:
    """Write a catalogue so that the same messages always give the same file."""
    path = catalogue_path(str(catalogue.locale_identifier))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_po(catalogue), encoding="utf-8", newline="\n")


def as_po(catalogue: Catalog) -> str:
    """A catalogue as the text of a PO file, without headers that differ from run to run or say nothing."""
    written = BytesIO()
    write_po(written, catalogue, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.removeprefix('"').startswith(OMITTED_HEADERS))


def problems_of(catalogue: Catalog, messages: Iterable[MessageId]) -> list[str]:
    """What a catalogue lacks, one sentence each: missing, obsolete, untranslated or wrongly filled messages."""
    wanted = {as_key(message) for message in messages}
    known = {as_key(entry.id): entry for entry in entries(catalogue)}
    missing = [f"{key[0]!r} is not in the catalogue; run `make messages`" for key in sorted(wanted - set(known))]
    obsolete = [f"{key[0]!r} is no longer in the source; run `make messages`" for key in sorted(set(known) - wanted)]
    faulty = [told for key in sorted(known) for told in _faults(key, known[key])]
    return [f"{catalogue.locale_identifier}: {told}" for told in missing + obsolete + faulty]


def _faults(key: tuple[str, ...], entry: Message) -> Iterator[str]:
    forms = as_key(entry.string or "")
    if entry.fuzzy or len(forms) < len(key) or not all(forms):
        yield f"{key[0]!r} is not translated"
        return
    for index, form in enumerate(forms):
        if _blanks(form) not in _allowed(key, index):
            yield f"{form!r} does not have the blanks of {key[min(index, len(key) - 1)]!r}"


def _allowed(key: tuple[str, ...], index: int) -> list[frozenset[str] | None]:
    if len(key) == 1 or index > 0:
        return [_blanks(key[-1])]
    # A singular may say "one" where the other language fills in the count, and the other way round.
    filled = [_blanks(text) for text in key]
    return filled + [blanks - {"count"} for blanks in filled if blanks is not None]


def _blanks(text: str) -> frozenset[str] | None:
    """The names to fill in; None for a text that is no template."""
    try:
        return frozenset(name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None)
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main())

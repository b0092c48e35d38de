"""Columns that name a person: they are never kept unless a program asks for them."""

from __future__ import annotations

import re
import unicodedata

_WORDS = frozenset(
    "name firstname lastname surname forename email phone telephone mobile fax street address birthdate "
    "birthday passport ssn iban nombre apellido apellidos correo telefono movil calle direccion domicilio nacimiento "
    "dni nif nie pasaporte".split()
)
_TELLING = re.compile(r"@|^[+(]?\d[\d ()-]{7,}\d$")


def is_personal(column: str) -> bool:
    """Whether a column's name says that it names or reaches a person.

    Examples
    --------
    >>> is_personal("E-mail"), is_personal("first_name"), is_personal("Teléfono móvil"), is_personal("region")
    (True, True, True, False)
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.replace("-", ""))
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", spaced.casefold()) if not unicodedata.combining(sign))
    return not _WORDS.isdisjoint(re.split(r"[^a-z]+", bare))


def shown(identifier: object) -> str:
    """An id as a finding shows it: one that is an e-mail address or looks like a telephone number is not shown.

    Examples
    --------
    >>> shown("C-0017"), shown("anna@example.org")
    ('C-0017', '…')
    """
    text = str(identifier)
    return "…" if _TELLING.search(text) and (not text.isdigit() or "@" in text) else text

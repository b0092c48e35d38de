"""Every text that a person sees is in every catalogue, translated, with the same blanks to fill in."""

from __future__ import annotations

import pytest

from workbench.locale.update import TRANSLATED, problems_of, read, source_messages


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_catalogue_is_complete(code):
    problems = problems_of(read(code), source_messages())
    assert not problems, f"{len(problems)} to mend in the catalogue {code}:\n" + "\n".join(problems)

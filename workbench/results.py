"""What every method returns: a frozen record with a table and a sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class Result(ABC):
    """A finished result; subclasses are frozen dataclasses whose fields are documented."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """The result as a table."""

    @property
    @abstractmethod
    def conclusion(self) -> str:
        """One sentence, in the language in use, that a committee can read."""

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.conclusion)}</p>{self.to_frame().to_html(escape=True, na_rep='–', border=0)}"

"""A run notebook as one HTML file: no request leaves it, and no script but its own runs in it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbformat import NotebookNode

from workbench import language as speech
from workbench import resources
from workbench.language import gettext as _
from workbench.reporting import outputs
from workbench.reporting.manifest import Manifest
from workbench.reporting.part import stylesheet, trusted

_TEMPLATE = "page.html.j2"
_SCRIPT = "page.js"
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


def to_html(notebook: NotebookNode, *, title: str, language: str, run: Manifest) -> str:
    """A run notebook as a page.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The notebook with its outputs; charts are bundles of a Vega-Lite specification and a PNG.
    title : str
        The page's title, where the notebook shows no masthead that gives it.
    language : str
        The page's language.
    run : Manifest
        The run, whose id, versions and seed the page tells.

    Returns
    -------
    str
        The HTML: the same for the same notebook and run.
    """
    with speech.using(language):
        pieces = outputs.shown(notebook, _("Run {id}").format(id=run.run_id), _facts(run))
        scripts = _scripts(outputs.has_charts(notebook))
        page: str = _template().render(
            language=language,
            title=_title(pieces, run.program, title),
            policy=_policy(scripts),
            stylesheet=trusted(stylesheet()),
            pieces=pieces,
            scripts=scripts,
            words={"png": _("Save as PNG"), "svg": _("Save as SVG")},
        )
        return page


def _template() -> Any:
    folder = resources.folder("templates") / "report"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    return environment.get_template(_TEMPLATE)


def _title(pieces: Iterable[Markup], program: str, otherwise: str) -> str:
    heading = next((found[1] for found in map(_HEADING.search, pieces) if found), "")
    report = trusted(heading).striptags()
    return " · ".join(part for part in (report, program) if part) if report else otherwise


def _facts(run: Manifest) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    told = [_("Manifest {id}").format(id=run.run_id)]
    if run.seed is not None:
        told.append(_("seed {seed}").format(seed=run.seed))
    return " · ".join([*told, versions])


def _scripts(with_charts: bool) -> list[Markup]:
    page = (resources.folder("templates") / "report" / _SCRIPT).read_text(encoding="utf-8")
    return [trusted(script) for script in ([_chart_library(), page] if with_charts else [page])]


@lru_cache
def _chart_library() -> str:
    import vl_convert

    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    # Either of these would end the script, or turn it into a comment, in the middle.
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _policy(scripts: Iterable[str]) -> str:
    """The page's content security policy: it may run these scripts, by their hashes, and fetch nothing.

    Vega compiles its expressions, which is ``unsafe-eval``; a script that came in with somebody's text has no hash here
    and never runs, escaped or not.
    """
    own = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    return (
        "default-src 'none'; img-src data: blob:; font-src data:; style-src 'unsafe-inline'; "
        f"script-src {own} 'unsafe-eval' blob:; base-uri 'none'; form-action 'none'"
    )


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")

from __future__ import annotations

import base64
import subprocess
import sys
from itertools import combinations

import altair as alt
import pandas as pd
import pytest
import vl_convert

from workbench.charts import png, theme
from workbench.language import number, using

FRAME = pd.DataFrame({"name": ["a", "b"], "amount": [1_234_567.891, -0.5]})


def drawn() -> theme.Drawing:
    chart = alt.Chart(FRAME).mark_bar().encode(x="amount:Q", y="name:N")
    return theme.titled(chart, "Costs are high", "Euros", "Two bars")


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_knows_the_ends_of_its_scale() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("role", theme.TEXT_COLOURS)
def test_text_is_dark_enough_on_paper(role: str) -> None:
    assert contrast(theme.TEXT_COLOURS[role], theme.PAPER) >= 4.5


@pytest.mark.parametrize("ground", [theme.COST_LIGHT, theme.BENEFIT_LIGHT, "#5FA6D1", "#DCEBF5"])
def test_ink_is_readable_on_tinted_cells(ground: str) -> None:
    assert contrast(theme.INK, ground) >= 4.5


def test_the_palette_is_okabe_and_itos() -> None:
    assert theme.VALUE == theme.BENEFIT == "#0072B2"
    assert theme.COMPLEXITY == theme.COST == "#E69F00"
    assert theme.REACHED == "#009E73"
    assert theme.MISSED == "#D55E00"
    assert len(set(theme.SEVEN_SERIES)) == 7


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (theme.BENEFIT, theme.COST),
        (theme.BENEFIT, theme.BENEFIT_LIGHT),
        (theme.BENEFIT, theme.INK),
        (theme.COST, theme.INK),
        (theme.VALUE, theme.CONTEXT),
        (theme.MISSED, theme.REACHED_TEXT),
    ],
)
def test_roles_that_stand_together_differ_in_grey(one: str, other: str) -> None:
    assert contrast(one, other) >= 1.3


def test_all_roles_differ_from_paper_in_grey() -> None:
    assert min(contrast(colour, theme.PAPER) for colour in theme.PALETTE.values()) >= 2


def test_no_two_roles_are_one_colour() -> None:
    assert all(one != other for one, other in combinations(theme.PALETTE.values(), 2))


def test_the_bundle_is_a_specification_a_picture_and_a_title() -> None:
    bundle = theme.bundle(drawn().to_dict())
    assert set(bundle) == {"application/vnd.vegalite.v5+json", "image/png", "text/plain"}
    assert bundle["application/vnd.vegalite.v5+json"]["$schema"] == "https://vega.github.io/schema/vega-lite/v5.json"
    assert base64.b64decode(bundle["image/png"]).startswith(png.SIGNATURE)
    assert bundle["text/plain"] == "Costs are high"


def test_the_renderer_is_in_use_and_gives_the_size_to_show() -> None:
    assert alt.renderers.active == "workbench"
    data, metadata = drawn()._repr_mimebundle_()
    width, height = png.size(base64.b64decode(data["image/png"]))
    assert set(data) == {"application/vnd.vegalite.v5+json", "image/png", "text/plain"}
    assert metadata == {"image/png": {"width": width // 2, "height": height // 2}}


def test_the_specification_speaks_spanish() -> None:
    with using("es", currency="EUR"):
        options = drawn().to_dict()["usermeta"]["embedOptions"]
    assert options["formatLocale"]["decimal"] == ","
    assert options["formatLocale"]["thousands"] == "."
    assert options["formatLocale"]["currency"] == ["", "\u00a0€"]
    assert options["timeFormatLocale"]["months"][0] == "enero"


def test_the_specification_speaks_english() -> None:
    with using("en"):
        options = drawn().to_dict()["usermeta"]["embedOptions"]
    assert options["formatLocale"]["decimal"] == "."
    assert options["timeFormatLocale"]["months"][0] == "January"


@pytest.mark.parametrize("locale", ["es", "es_ES", "es_MX", "es_CO", "es_AR"])
def test_axes_and_sentences_write_numbers_alike(locale: str) -> None:
    with using("es", locale):
        separators = theme.number_locale()
        written = number(1_234_567.5, 8)
    assert written == "1{0}234{0}567{1}5".format(separators["thousands"], separators["decimal"])


def test_the_picture_uses_the_locale_of_the_specification() -> None:
    axis = alt.Axis(format=",.1f", values=[1500.5])
    chart = alt.Chart(pd.DataFrame({"amount": [0.0, 2000.0]})).mark_point().encode(x=alt.X("amount:Q", axis=axis))
    with using("es"):
        spec = chart.to_dict()
    picture = theme.to_png(spec)
    english = {**spec, "usermeta": {}}
    assert picture != theme.to_png(english)


def test_the_chart_menu_does_not_send_data_away() -> None:
    actions = drawn().to_dict()["usermeta"]["embedOptions"]["actions"]
    assert actions == {"export": True, "source": False, "compiled": False, "editor": False}


def test_a_picture_never_fetches_data() -> None:
    spec = {**drawn().to_dict(), "data": {"url": "http://127.0.0.1:9/data.csv"}}
    with pytest.raises(ValueError, match="not allowed"):
        theme.to_png(spec)


def test_letters_are_twelve_pixels_at_least() -> None:
    config = drawn().to_dict()["config"]
    sizes = [
        config["axis"]["labelFontSize"],
        config["axis"]["titleFontSize"],
        config["legend"]["labelFontSize"],
        config["title"]["fontSize"],
        config["title"]["subtitleFontSize"],
        config["text"]["fontSize"],
    ]
    assert min(sizes) >= 12
    assert theme.FULL_WIDTH == 760
    assert theme.HALF_WIDTH == 370


def test_fonts_are_there_for_the_picture_and_measure_alike() -> None:
    # vl-convert carries Liberation Sans and Arimo, both drawn to the widths of Arial.
    assert theme.FONT.startswith("Arial")
    assert {"'Liberation Sans'", "Arimo", "sans-serif"} <= {font.strip() for font in theme.FONT.split(",")}


def test_long_titles_are_wrapped_to_the_width() -> None:
    finding = "The requirement that comes first under every lens is web self-service, and no rater disagrees with it"
    spec = theme.titled(drawn(), finding, "Index. " * 40, "For screen readers").to_dict()
    assert " ".join(spec["title"]["text"]) == finding
    assert max(map(len, spec["title"]["text"])) * theme.TITLE_SIZE * 0.5 < theme.FULL_WIDTH
    assert len(spec["title"]["subtitle"]) > 1
    assert spec["description"] == "For screen readers"
    assert theme.title_of(spec) == finding


def test_title_of_reads_every_shape_of_title() -> None:
    assert theme.title_of({}) == ""
    assert theme.title_of({"title": "One"}) == "One"
    assert theme.title_of({"title": {"text": "One"}}) == "One"
    assert theme.title_of({"title": {"text": ["One", "two"]}}) == "One two"


def test_wrap_keeps_every_word_unless_told_to_cut() -> None:
    text = "Saber qué campañas en curso convienen a un cliente clave"
    assert " ".join(theme.wrap(text, 15)) == text
    assert max(map(len, theme.wrap(text, 15))) <= 15
    assert theme.wrap(text, 15, lines=2)[-1].endswith("…")
    assert theme.wrap("", 15) == [""]


def test_columns_labels_stand_on_one_line() -> None:
    labels, axis = theme.column_labels(["One", "Two words here", "One"], 5)
    assert {label.count("\n") for label in labels} == {2}
    assert len(set(labels)) == 3
    assert axis["labelPadding"] == 8 + 2 * theme.LABEL_LINE


def test_empty_frames_are_refused() -> None:
    assert theme.has_data(FRAME)
    assert not theme.has_data(FRAME.head(0))
    with pytest.raises(ValueError, match="no rows"):
        theme.require_data(FRAME.head(0), ["name"])
    with pytest.raises(ValueError, match="missing: colour"):
        theme.require_data(FRAME, ["name", "colour"])


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys, workbench.charts.theme; print(sys.modules['rfc3987_syntax'])", "None"),
        ("import sys, workbench.charts; print('altair' in sys.modules)", "False"),
    ],
    ids=["the slow import is skipped", "the package itself is light"],
)
def test_importing_is_quick(code: str, told: str) -> None:
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == told


def test_the_version_for_pictures_is_at_hand_and_of_the_generation_of_jupyterlab() -> None:
    assert theme.VEGA_LITE_VERSION in vl_convert.get_vegalite_versions()
    assert theme.VEGA_LITE_VERSION.startswith("5.")

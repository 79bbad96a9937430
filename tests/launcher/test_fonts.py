"""Every name can be drawn: in PDFs from two fonts, on pages from one family; a missing glyph fails here."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as PdfFont
from reportlab.pdfgen.canvas import Canvas

from launcher import fonts
from launcher.fonts import sheet

# Characters of real people's names that systems are known to lose, of every block from the plain one to extension F.
NAMES = "张伟欧阳娜娜㛃堃淼䶮爨喆婳翀赟祎珺玥昶晔龢翯𠮷𪚥𬍡𬭎𬴊𫖯𨱔𦭜𬣙𫍯𬮱𡈽𫝀𬎆𭕘𮧵·（）"


@pytest.fixture(scope="module")
def folder() -> Path:
    return fonts.build()


def drawn_by(font: TTFont) -> set[str]:
    """The characters whose glyph has an outline."""
    glyf, cmap = font["glyf"], font.getBestCmap()
    return {name for name in NAMES if ord(name) in cmap and glyf[cmap[ord(name)]].numberOfContours != 0}


def test_two_fonts_draw_every_name_in_a_pdf(folder: Path) -> None:
    with TTFont(folder / "common.ttf", lazy=True) as common, TTFont(folder / "rare.ttf", lazy=True) as rare:
        assert set(NAMES) - drawn_by(common) - drawn_by(rare) == set()
        assert {"𠮷", "𪚥"} <= drawn_by(rare)
        assert len(rare.getBestCmap()) > 60_000


def test_joined_outlines_are_those_of_the_package(folder: Path) -> None:
    source = next(face for face in sheet.read(fonts._HANAMIN / "HanaMin.css") if ord("𠮷") in face.points())
    with TTFont(folder / "rare.ttf", lazy=True) as rare, TTFont(source.file) as package:
        ours, theirs = rare.getBestCmap()[ord("𠮷")], package.getBestCmap()[ord("𠮷")]
        outlines, originals = rare["glyf"], package["glyf"]
        assert outlines[ours].getCoordinates(outlines) == originals[theirs].getCoordinates(originals)
        assert rare["hmtx"][ours] == package["hmtx"][theirs]


def embedded_outlines(document: bytes) -> int:
    """How many characters with an outline the fonts inside a PDF carry, the box for what is missing left out."""
    count = 0
    for font in PdfReader(BytesIO(document)).pages[0]["/Resources"]["/Font"].values():
        descriptor = font.get_object().get("/FontDescriptor")
        if descriptor is not None:
            program = TTFont(BytesIO(descriptor["/FontFile2"].get_data()))
            names = program.getGlyphOrder()[1:]
            count += sum(program["glyf"][name].numberOfContours != 0 for name in names)
    return count


def paper(texts: Iterable[tuple[str, str]]) -> bytes:
    """A PDF of lines, each in its font."""
    written = BytesIO()
    canvas = Canvas(written)
    for number, (font, text) in enumerate(texts):
        canvas.setFont(font, 20)
        canvas.drawString(40 + 24 * (number % 20), 700 - 40 * (number // 20), text)
    canvas.save()
    return written.getvalue()


def test_a_pdf_embeds_an_outline_for_every_character(folder: Path) -> None:
    for font in ("common", "common-bold", "rare"):
        pdfmetrics.registerFont(PdfFont(font, folder / f"{font}.ttf"))
    common = pdfmetrics.getFont("common").face.charToGlyph
    names = paper(("common" if ord(name) in common else "rare", name) for name in NAMES)
    empty = paper([("common", " "), ("rare", " ")])
    assert embedded_outlines(names) - embedded_outlines(empty) == len(set(NAMES))
    assert len(names) < 200_000, "a PDF carries the characters it uses, no whole font"


def test_the_style_sheet_claims_only_what_its_pieces_can_draw(folder: Path) -> None:
    faces = sheet.read(folder / "fonts.css")
    for name in NAMES:
        face = [face for face in faces if ord(name) in face.points()][-1]
        with TTFont(face.file, lazy=True) as piece:
            assert ord(name) in piece.getBestCmap(), f"{name} is not in {face.file.name}"


def test_a_browser_draws_every_name_with_our_family(folder: Path, browser: Browser) -> None:
    spans = "".join(f"<b>{name}</b>" if number % 2 else f"<i>{name}</i>" for number, name in enumerate(NAMES))
    page_file = folder / "names.html"
    page_file.write_text(
        f'<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="fonts.css">'
        f'<body style="font-family:{fonts.FAMILY}">{spans}'
    )
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.evaluate("document.fonts.ready")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "b,i"})["nodeIds"]
    lost = [
        name
        for name, node in zip(NAMES, nodes, strict=True)
        if not all(
            font["isCustomFont"] for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        )
    ]
    page.close()
    page_file.unlink()
    assert lost == []

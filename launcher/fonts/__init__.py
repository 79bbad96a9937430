"""Fonts in which every Chinese name can be drawn, on pages and in PDFs: from pinned packages, cut here, not committed.

A person's name may use any character of GB 18030. `build()` makes, in one folder:

- `common.ttf`, `common-bold.ttf`: Noto Sans SC (TrueType), 30,000 characters with all of extension A, for PDFs;
- `rare.ttf`: HanaMin, 60,000 characters of extensions B to F, for PDFs where `common.ttf` has none;
- `fonts.css` with its pieces: the same for pages as one family, `Liandong`. A browser fetches only the pieces whose
  characters stand on the page. Name it last in `font-family`: then it fills what the device's own fonts lack.
"""

import shutil
from pathlib import Path

from launcher import packages, say
from launcher.fonts import sheet
from launcher.fonts.sheet import Face
from launcher.places import CHECKOUT

FAMILY = "Liandong"
FOLDER = CHECKOUT / "backend" / "web" / "static" / "build" / "fonts"
_SOURCES = Path(__file__).with_name("sources")
_MODULES = _SOURCES / "node_modules"
_NOTO = _MODULES / "@expo-google-fonts" / "noto-sans-sc"
_NOTO_PAGES = _MODULES / "@fontsource-variable" / "noto-sans-sc"
_HANAMIN = _MODULES / "hanamin"
_RARE = "HanaMinB.CJK-Unified-Ideographs-Extension-"


def build(target: Path = FOLDER) -> Path:
    """Make the fonts in the folder when what goes in has changed; returns the folder."""
    found = packages.install(_SOURCES, "the fonts for Chinese names")
    code = sorted(Path(__file__).parent.glob("*.py"))
    wanted = packages.digest(Path(__file__).parent, [*code, _SOURCES / "package-lock.json"], found.version)
    stamp = target / ".liandong-built"
    with packages.alone(_SOURCES):
        if packages.says(stamp, wanted):
            return target
        with say.step("Cutting the fonts for Chinese names (once, about a minute)"):
            half = target.with_name(target.name + ".half-made")
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir(parents=True)
            _build(half)
            packages.write(half / stamp.name, wanted)
            shutil.rmtree(target, ignore_errors=True)
            half.rename(target)
    return target


def _build(target: Path) -> None:
    from launcher.fonts import cutting  # noqa: PLC0415 - half a second, and seldom needed

    regular = _NOTO / "400Regular" / "NotoSansSC_400Regular.ttf"
    cutting.strip(regular, target / "common.ttf")
    cutting.strip(_NOTO / "700Bold" / "NotoSansSC_700Bold.ttf", target / "common-bold.ttf")
    rare = [face for face in sheet.read(_HANAMIN / "HanaMin.css") if face.file.name.startswith(_RARE)]
    cutting.join([face.file for face in rare], target / "rare.ttf", f"{FAMILY} Rare")
    everyday = sheet.read(_NOTO_PAGES / "index.css")
    have = {point for face in everyday for point in face.points()}
    points = sorted(cutting.characters(regular) - have)
    names = [Face(file, sheet.ranges(part)) for part, file in cutting.pieces(regular, points, target, "names")]
    for face in (*everyday, *rare):
        shutil.copy(face.file, target / face.file.name)
    # Everyday pieces come in all weights, the names' pieces fill up Noto's other characters, then come the extensions.
    # Where ranges overlap the last one counts.
    (target / "fonts.css").write_text(sheet.write(FAMILY, [*rare, *names, *everyday]))
    for name, source in (("NOTO-SANS-SC", _NOTO / "LICENSE_FONT"), ("HANAMIN-PACKAGE", _HANAMIN / "LICENSE")):
        shutil.copy(source, target / f"LICENSE-{name}.txt")

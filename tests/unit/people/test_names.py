"""Names are kept as written, and found however their dot was typed."""

import pytest

from backend.people.identity import IdentityRefused
from backend.people.names import folded_name, stored_name

DOTS = "·•‧・⋅∙.．"


@pytest.mark.parametrize("dot", DOTS)
def test_every_dot_is_found_as_the_same_name(dot: str) -> None:
    assert folded_name(f"勒排{dot}麻鲁") == "勒排·麻鲁"
    assert stored_name(f"勒排{dot}麻鲁") == "勒排\u00b7麻鲁"


@pytest.mark.parametrize(
    "name",
    ["岩", "岩相", "月团", "爨文秀", "𠮷野", "𪚥", "㛃", "䶮", "王\ue000", "\uf900", "ᥖᥭᥰᥘᥫᥴ", "Labang La", "J. Roi",
     "某某之子", "无名氏", "欧阳娜娜", "张三（大）", "买买提·吐尔逊·阿不都热合曼·卡德尔", "\U00031350", "ကောင်းမြတ်"],
)  # fmt: skip
def test_names_stay_as_they_are_written(name: str) -> None:
    assert stored_name(name) == name


def test_only_the_ends_are_trimmed() -> None:
    assert stored_name("\u3000 岩相 \n") == "岩相"


def test_compatibility_characters_are_not_normalised() -> None:
    assert stored_name("\uf900") != "\u8c48"
    assert folded_name("\uf900") == "\uf900"


@pytest.mark.parametrize(
    "text",
    ["", "  ", "\u3000", "岩\u200b相", "岩\u202e相", "\u2066岩相\u2069", "岩\ufeff相", "岩\n相", "岩\x00相", "😀",
     "岩❤相", "<script>", "{{7*7}}", "=HYPERLINK(1)", "+王", "@王", "123", "...", "\U000e0041岩", "王" * 61,
     "x" + "\u0301" * 9],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_words(text: str) -> None:
    with pytest.raises(IdentityRefused, match="姓名"):
        stored_name(text)


def test_search_ignores_gaps_and_case_of_latin_letters() -> None:
    assert folded_name(" Labang  LA ") == "labangla"

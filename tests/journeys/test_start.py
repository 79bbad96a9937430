"""What a stranger meets first: three addresses that answer."""

from playwright.sync_api import expect

from tests.journeys.house import House


def test_the_three_addresses_answer(house: House, people) -> None:
    assert house.get("/readyz")["status"] == "ready"
    page = people.desk("/api/docs")
    expect(page.get_by_role("heading", name="联动 接口文档")).to_be_visible()
    page = people.desk("/desk/")
    expect(page.locator("body")).to_contain_text("登录")
    page = people.desk("/app/")
    expect(page.locator("body")).to_contain_text("联动")


def test_chinese_is_drawn_where_the_machine_has_no_letters_for_it(house: House, people) -> None:
    """A common and a rare character are both in a face that the house serves, on the phone and at the desk."""
    for path in ("/app/", "/desk/sign-in", "/"):
        page = people.desk(path)
        expect(page.locator("body")).to_contain_text("联动")
        for letter in "联𠮷":
            faces = page.evaluate(
                "letter => document.fonts.load('16px Liandong', letter).then(found => found.length)", letter
            )
            assert faces > 0, f"{path}: {letter}"

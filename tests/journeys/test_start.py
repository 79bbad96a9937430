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

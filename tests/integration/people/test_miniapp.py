"""The mini-program's files under /app/: served as built, never anything beside them."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.people import miniapp


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "h5"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>联动</title>")
    (folder / "assets" / "index-abc.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(miniapp, "built", lambda: folder)
    return folder


def test_the_page_is_asked_for_each_time_and_its_parts_are_kept(client: FlaskClient, build: Path) -> None:
    page = client.get("/app/", buffered=True)
    assert "联动" in page.text
    assert page.headers["Cache-Control"] == "no-cache"
    script = client.get("/app/assets/index-abc.js", buffered=True)
    assert "immutable" in script.headers["Cache-Control"]
    assert client.get("/app").headers["Location"] == "/app/"


@pytest.mark.parametrize(
    "name", ["../secret.txt", "%2e%2e/secret.txt", "assets/../../secret.txt", "none.js", "assets", "x" * 5000]
)
def test_nothing_beside_the_build_is_served(client: FlaskClient, build: Path, name: str) -> None:
    answer = client.get(f"/app/{name}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_without_a_build_the_page_says_what_builds_it(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(miniapp, "built", lambda: tmp_path)
    answer = client.get("/app/", buffered=True)
    assert answer.status_code == 503
    assert "npm run build:h5" in answer.text


def test_the_environment_names_counties_and_reminders(app: Flask, client: FlaskClient) -> None:
    told = client.get("/app/environment.json").get_json()
    # Other tests load counties of their own into the same house.
    assert {"xinmi": "新密市", "mangshi": "芒市"}.items() <= {
        one["id"]: one["name"] for one in told["counties"]
    }.items()
    assert told["mock"] is None
    assert told["templates"]["follow_up_due"]

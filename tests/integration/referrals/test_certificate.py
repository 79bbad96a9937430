"""The certificate: a page, one A4 sheet, a QR anybody may check with and without us; never changed, only followed."""

import io
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from backend.referrals import keys
from backend.referrals.certificate_state import facts_of
from backend.referrals.commands import certificate as commands
from backend.referrals.fonts import missing
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.sweeping import sweep
from backend.store.db import transaction
from tests.integration.referrals.rig import PIN, Cast, make_cast


def page(cast: Cast, referral: str, who=None) -> dict:
    answer = (who or cast.patient).get(f"/api/v1/referrals/{referral}/certificate")
    assert answer.status_code == 200, answer.json
    return answer.json


def path_of(address: str) -> str:
    return "/v/" + address.split("/v/", 1)[1]


@pytest.mark.clause("MS-4.2.2u2")
def test_the_page_has_the_forms_lines_in_order(cast: Cast) -> None:
    assert cast.patient.get(f"/api/v1/referrals/{cast.draft()['id']}/certificate").status_code == 404
    body = page(cast, cast.issued())
    assert [row["number"] for row in body["rows"]] == list(range(1, 20))
    lines = {row["number"]: row["text"] for row in body["rows"]}
    assert "高血压 2 级" in lines[7]
    assert "疑难未确诊" in lines[8]
    assert "2026 版" in lines[8]
    assert "本人" in lines[16]
    assert lines[17].count("：") >= 3
    assert cast.places.foreign not in str(body)
    assert body["sample"], "validity and look are the county's own setting in both"
    assert body["code_image"].startswith("data:image/png;base64,")


def test_one_a4_page_with_every_character(app, morning, fonts) -> None:
    cast = make_cast(app, "mangshi", name="爨𠮷䶮", ethnicity="阿昌族")
    referral = cast.issued(
        summary="头晕、看东西模糊三天，在家量了五次都高。" * 12, treatment="氨氯地平 5 mg 每天一次，吃了两周。" * 10
    )
    answer = cast.patient.get(f"/api/v1/referrals/{referral}/certificate.pdf")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    assert answer.mimetype == "application/pdf"
    document = PdfReader(io.BytesIO(answer.data))
    assert len(document.pages) == 1
    width, height = (float(side) for side in document.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    words = document.pages[0].extract_text().replace("\n", "")
    for expected in ("双向转诊证明", *"爨䶮", "转出机构盖章处", "回执", "见附页", "医保经办机构"):
        assert expected in words, expected
    # Readers of PDF text lose signs beyond the basic plane; what counts is that the outline is in the file.
    assert "Rare" in str([font["/BaseFont"] for font in document.pages[0]["/Resources"]["/Font"].values()])
    with app.app_context(), transaction() as current:
        row = current.scalar(select(ReferralCertificate).where(ReferralCertificate.referral_id == UUID(referral)))
        assert missing(str(facts_of(row))) == set()


def test_the_public_page_shows_todays_state_with_a_masked_name(app, client, morning) -> None:
    cast = make_cast(app, "xinmi", name="王桂兰")
    referral = cast.issued()
    body = page(cast, referral)
    seen = client.get(path_of(body["verify_url"]))
    shown = seen.get_data(as_text=True)
    assert seen.status_code == 200
    # Whoever checks a paper on a machine without Chinese letters reads it all the same.
    assert "/static/build/fonts/fonts.css" in shown
    assert "Liandong" in shown
    assert seen.mimetype == "text/html"
    assert 'data-word="valid"' in shown
    assert "王＊＊" in shown
    for hidden in ("王桂兰", "高血压", "MS-"):
        assert hidden not in shown
    typed = client.get(f"/v/{body['printed_number']}").get_data(as_text=True)
    assert 'data-word="valid"' in typed
    assert "王" not in typed, "without the county's signature nobody is named"
    cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"})
    assert 'data-word="voided"' in client.get(path_of(body["verify_url"])).get_data(as_text=True)


def test_a_forged_paper_is_said_to_be_one(app, client, morning) -> None:
    cast = make_cast(app, "mangshi")
    address = page(cast, cast.issued())["verify_url"]
    number, query = path_of(address).split("?")
    for forged in (
        address.replace("e=2", "e=3", 1),
        address[:-6] + "AAAAAA",
        f"x{number}?{query.replace('f=', 'f=B')}",
        address.split("&s=")[0] + "&s=",
    ):
        shown = client.get(path_of(forged) if "/v/" in forged else forged)
        assert 'data-word="valid"' not in shown.get_data(as_text=True)
    other = page(cast_two := make_cast(app, "mangshi"), cast_two.issued())["verify_url"]
    stolen = number + "?" + path_of(other).split("?")[1]
    assert 'data-word="forged"' in client.get(stolen).get_data(as_text=True)


def test_guessing_numbers_is_braked_in_the_database(app, client, monkeypatch) -> None:
    import redis

    from backend.web import live

    class Away:
        def pipeline(self):
            raise redis.ConnectionError

    monkeypatch.setattr(live, "_valkey", Away())
    from backend.referrals.numbers import new_number

    statuses = [
        client.get(f"/v/{new_number('410183', 2026)}", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code
        for _ in range(12)
    ]
    assert statuses[:10] == [404] * 10
    assert statuses[-1] == 429
    assert client.get("/v/abc", environ_base={"REMOTE_ADDR": "203.0.113.10"}).status_code == 404


def test_a_qr_is_checked_without_database_or_network(app, morning, tmp_path) -> None:
    cast = make_cast(app, "xinmi")
    address = page(cast, cast.issued())["verify_url"]
    public = cast.app.test_client().get("/api/v1/county-keys?county=xinmi").json["items"][0]["public"]
    file = tmp_path / "key.txt"
    file.write_text(public)
    runner = app.test_cli_runner()
    good = runner.invoke(commands, ["verify", address, "--key", str(file)])
    assert good.exit_code == 0, good.output
    assert "签章是真的" in good.output
    bad = runner.invoke(commands, ["verify", address.replace("e=2", "e=3", 1), "--key", str(file)])
    assert bad.exit_code != 0
    with app.app_context(), transaction():
        before = keys.live_key("xinmi").id
        keys.renew("xinmi")
        assert keys.live_key("xinmi").id != before
    client = app.test_client()
    assert 'data-word="valid"' in client.get(path_of(address)).get_data(as_text=True), "old papers stay good"
    assert len(client.get("/api/v1/county-keys?county=xinmi").json["items"]) >= 2


def test_the_private_key_is_sealed(app, morning) -> None:
    with app.app_context(), transaction():
        key = keys.live_key("mangshi")
        assert len(key.public) == 32
        assert len(key.private_sealed) > 32 + 12


@pytest.mark.parametrize(
    "statement", ["UPDATE referral_certificate SET valid_until = '2999-01-01'", "DELETE FROM referral_certificate"]
)
def test_no_certificate_is_ever_changed(app, xinmi: Cast, statement: str) -> None:
    xinmi.issued()
    with app.app_context(), pytest.raises(DBAPIError, match="never changed"), transaction() as current:
        current.execute(text(statement))


@pytest.mark.clause("MS-2.1")
def test_the_patient_may_change_their_mind_after_issue(cast: Cast) -> None:
    referral = cast.issued()
    answer = cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "想在家养"})
    assert answer.status_code == 200, answer.json
    assert answer.json["status"] == "withdrawn"
    assert answer.json["certificate"]["state"] == "voided"
    assert answer.json["way"][-1]["state"] == "stopped"


def test_another_department_after_issue_makes_a_new_edition(cast: Cast) -> None:
    referral = cast.issued()
    old = page(cast, referral)
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"to_department": "neurology"})
    assert changed.status_code == 200, changed.json
    new = page(cast, referral)
    assert new["number"] != old["number"]
    assert "神经内科" in new["rows"][0]["text"]
    shown = cast.app.test_client().get(path_of(old["verify_url"])).get_data(as_text=True)
    assert 'data-word="replaced"' in shown
    assert new["printed_number"] in shown
    refused = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"diagnosis_text": "别的病", "pin": PIN})
    assert (refused.status_code, refused.json["code"]) == (409, "certificate_stands")


def test_a_long_illness_lasts_as_long_as_the_county_says(app, morning) -> None:
    cast = make_cast(app, "mangshi")
    referral = cast.issued(
        diagnosis_code="C16", diagnosis_text="胃癌", indication="limited", standard=None, article=None
    )
    assert page(cast, referral)["uses"] == 0


def test_days_over_is_the_only_thing_that_ends_by_itself(cast: Cast, turned) -> None:
    waiting = cast.submitted()
    other = make_cast(cast.app, cast.county)
    issued = other.issued()
    turned(days=120)
    with cast.app.app_context(), transaction() as current:
        assert sweep(current, cast.county) >= 1
    with cast.app.app_context(), transaction() as current:
        assert sweep(current, cast.county) == 0
    ended = other.read(issued)
    assert (ended["status"], ended["end_reason"], ended["certificate"]["state"]) == ("expired", "expired", "expired")
    assert cast.read(waiting)["status"] == "submitted", "a deadline escalates and never releases"


def test_the_public_directory_of_referral_desks(client) -> None:
    for county in ("xinmi", "mangshi"):
        found = client.get(f"/api/v1/referral-desks?county={county}")
        assert found.status_code == 200
        assert found.json["emergency_phone"] == "120"
        hospital = next(item for item in found.json["items"] if item["level_name"] == "县级" or "市" in item["name"])
        assert len(hospital["phones"]) == 2
        assert "值班" in hospital["hours"]
    assert client.get("/api/v1/referral-desks?county=nowhere").status_code == 404

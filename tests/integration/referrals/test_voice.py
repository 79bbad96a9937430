"""The progress of a referral is said to whoever reads it: "您" is the patient, staff read about the patient."""

from typing import Any
from uuid import uuid4

from tests.integration.referrals.rig import Cast


def words(body: dict[str, Any]) -> list[str]:
    """Everything the page of its progress says, but the turn that is the reader's own."""
    now = body["now"]
    own = [] if now["yours"] else [now["title"], now["detail"]]
    return [*own, *(part for line in body["way"] for part in (line["title"], line["detail"]))]


def spoken_to(body: dict[str, Any]) -> list[str]:
    """What speaks to the patient."""
    return [one for one in words(body) if "您" in one]


def test_staff_read_about_the_patient_all_the_way(cast: Cast) -> None:
    referral = cast.submitted()
    at_first = cast.read(referral, cast.patient)["now"]
    assert (at_first["title"], at_first["yours"]) == ("等您看一遍、签字同意", True)
    name = cast.read(referral)["person"]["name"]
    asked = cast.read(referral)["now"]
    assert (asked["title"], asked["yours"]) == (f"等患者 {name}看一遍、签字同意", False)
    assert asked["next"].startswith("患者自己签不了的"), "the doctor is told what they can do"

    signing = cast.read(referral, cast.head)
    assert spoken_to(signing) == []
    unnamed = cast.read(referral, cast.clerk)
    assert name not in str(unnamed["now"]), "the hospital that is asked reads no name before consent"
    assert unnamed["now"]["title"].startswith("等患者（")

    assert cast.consent(referral).status_code == 200
    mine = cast.read(referral, cast.head)["now"]
    assert (mine["code"], mine["title"], mine["yours"]) == ("signature", "请您签字", True)
    others = cast.read(referral)
    assert others["now"]["title"].startswith("等") and not others["now"]["yours"]
    assert spoken_to(others) == [] and "您" in cast.read(referral, cast.patient)["now"]["detail"]

    assert cast.accept(referral).status_code == 200
    cast.sign_all(referral)
    ready = cast.read(referral)
    assert ready["now"]["title"].startswith(f"证明开好了，等患者 {name}去")
    assert cast.read(referral, cast.patient)["now"]["title"].startswith("证明开好了，可以去")
    assert "服务台" in cast.read(referral, cast.clerk)["now"]["next"]
    for who in (cast.doctor, cast.head, cast.clerk):
        assert spoken_to(cast.read(referral, who)) == []


def test_a_referral_that_is_given_up_says_who_gave_it_up(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.patient.post(f"/api/v1/referrals/{referral}/decline", {}).status_code == 200
    assert cast.read(referral, cast.patient)["now"]["detail"] == "您说不转了"
    seen = cast.read(referral)
    assert seen["now"]["detail"] == "患者说不转了"
    assert seen["way"][-1]["detail"] == "患者说不转了"


def test_a_returned_slip_is_the_treating_doctors_turn(cast: Cast) -> None:
    referral = cast.submitted()
    step = cast.waiting_for(cast.head, referral)
    assert step is not None
    path = f"/api/v1/signatures/{step['id']}/return"
    assert cast.head.post(path, {"reason": "请写清楚"}).status_code == 200
    assert cast.read(referral)["now"]["title"] == "退回来了，请您改一改"
    assert cast.read(referral)["now"]["yours"] is True
    assert cast.read(referral, cast.head)["now"]["title"].endswith("改一改")
    assert cast.read(referral, cast.head)["now"]["yours"] is False


def test_referrals_about_one_person(cast: Cast) -> None:
    referral = cast.submitted()
    path = f"/api/v1/referrals?resident_id={cast.patient_id}"
    for who in (cast.doctor, cast.patient):
        assert [one["id"] for one in who.get(path).json["items"]] == [referral]
    assert cast.doctor.get(f"/api/v1/referrals?resident_id={uuid4()}").json["items"] == []

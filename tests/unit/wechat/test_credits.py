"""A credit is a belief: taps add, sends use up, WeChat's word ends it."""

from hypothesis import given
from hypothesis import strategies as st

from backend.wechat.credits import Credit, Happening, after


def _through(*happenings: Happening, credit: Credit | None = None) -> Credit:
    credit = credit or Credit()
    for happening in happenings:
        credit = after(credit, happening)
    return credit


def test_accepted_taps_add_up_and_each_send_uses_one() -> None:
    accept, sent = Happening.REPORTED_ACCEPT, Happening.SENT
    assert _through(accept, accept, accept, sent).remaining == 2


def test_push_about_the_same_tap_adds_nothing() -> None:
    credit = _through(Happening.REPORTED_ACCEPT, Happening.CONFIRMED_ACCEPT, Happening.CONFIRMED_ACCEPT)
    assert (credit.remaining, credit.confirmed) == (1, True)


def test_push_alone_gives_no_credit() -> None:
    assert not _through(Happening.CONFIRMED_ACCEPT).usable


def test_no_credit_and_revocation_end_the_belief() -> None:
    for end in (Happening.NO_CREDIT, Happening.REVOKED):
        credit = _through(Happening.REPORTED_ACCEPT, Happening.CONFIRMED_ACCEPT, Happening.REPORTED_ACCEPT, end)
        assert credit == Credit()


def test_unknown_outcome_and_refused_popup_leave_the_credit() -> None:
    assert _through(Happening.REPORTED_ACCEPT, Happening.UNKNOWN, Happening.REPORTED_REJECT).remaining == 1


def test_long_term_credit_is_not_used_up() -> None:
    start = Credit(long_term=True)
    credit = _through(Happening.REPORTED_ACCEPT, Happening.SENT, Happening.SENT, credit=start)
    assert credit.usable
    assert not after(credit, Happening.NO_CREDIT).usable


@given(st.lists(st.sampled_from(Happening)), st.booleans())
def test_never_below_nothing_and_never_more_than_the_taps(happenings: list[Happening], long_term: bool) -> None:
    credit = _through(*happenings, credit=Credit(long_term=long_term))
    assert 0 <= credit.remaining <= happenings.count(Happening.REPORTED_ACCEPT)

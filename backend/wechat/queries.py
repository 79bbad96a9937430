"""Reading the ledger of credits."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.vault import vault
from backend.wechat.credits import Credit
from backend.wechat.models import SubscribeCredit


def openid_index(openid: str) -> bytes:
    """The blind index by which a WeChat account is known in every table."""
    return vault().blind_index("openid", openid)


def credits_of(current: Session, county_id: str, person: bytes) -> dict[str, Credit]:
    """What is believed of one person, by template id; `person` is the blind index."""
    rows = current.scalars(
        select(SubscribeCredit).where(SubscribeCredit.county_id == county_id, SubscribeCredit.openid_index == person)
    )
    return {row.template_id: Credit(row.remaining, row.long_term, row.confirmed) for row in rows}


def credit_of(current: Session, county_id: str, person: bytes, template_id: str) -> Credit:
    """What is believed of one person and one template."""
    row = current.get(SubscribeCredit, (county_id, person, template_id), populate_existing=True)
    return Credit(row.remaining, row.long_term, row.confirmed) if row else Credit()

"""What villagers read about teams, packages and contracts; every text stands here once."""

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.contracts import Package
from backend.contracts import schemas
from backend.contracts.models import Contract
from backend.contracts.states import ContractStatus, Part, SignedBy

PART_TEXT = {
    Part.LEADER: "家庭医生（组长）",
    Part.DOCTOR: "医生",
    Part.NURSE: "护士",
    Part.VILLAGE_DOCTOR: "村医",
    Part.PUBLIC_HEALTH: "公共卫生",
}
STATUS_TEXT = {
    ContractStatus.REQUESTED: "等医生小组答复",
    ContractStatus.ACTIVE: "已签约",
    ContractStatus.ENDED: "已结束",
    ContractStatus.DECLINED: "小组签不了",
    ContractStatus.CANCELLED: "已撤回",
}
SIGNED_TEXT = {
    SignedBy.SELF: "本人签名",
    SignedBy.GUARDIAN: "监护人签名",
    SignedBy.AUTHORIZED: "凭授权书代签",
    SignedBy.OWN_HAND: "本人在家人手机上签名",
    SignedBy.HELPED: "本人当面签名，医生帮忙办的",
}
DECLINE_TEXT = {
    "full": "人已经签满了，请另选一个小组。",
    "too_far": "离得太远，照顾不到，请选近的小组。",
    "not_reached": "没有联系上本人，请再签一次并写对电话。",
    "wrong_package": "服务包不合适，请换一个再签。",
}
END_TEXT = {
    "term": "到期了",
    "own_wish": "自己不签了",
    "switched": "换了医生小组",
    "renewed": "已续签",
    "moved": "搬走了",
    "died": "已过世",
    "team_gone": "医生小组撤了",
    "complaint_upheld": "投诉属实",
}
HAND_TEXT = {
    SignedBy.SELF: "您自己写名字",
    SignedBy.GUARDIAN: "您是监护人，您写名字",
    SignedBy.AUTHORIZED: "有授权书，您可以写名字",
    SignedBy.OWN_HAND: "要本人在这台手机上写名字",
}


def room(count: int, warn: int, block: int) -> tuple[str, str]:
    """Say how much room a team has: warned before it is full (FD-07)."""
    if count >= block:
        return "full", f"满了（{count} 人）"
    if count >= warn:
        return "nearly_full", f"快满了，还能签 {block - count} 人"
    return "open", f"已签 {count} 人，还能签"


def answer_text(minutes: int) -> str:
    """Say how soon a team promises to answer in working hours."""
    if minutes < 60:
        return f"上班时间 {minutes} 分钟内回话"
    return f"上班时间 {round(minutes / 60)} 小时内回话"


def items(package: Package) -> list[schemas.PackageItemOut]:
    """Return what a package gives."""
    return [schemas.PackageItemOut(name=item.name, times=item.times) for item in package.items]


def fee(pack: Pack, package: Package) -> schemas.FeeOut:
    """Return who bears a package's fee, with its source and the sample mark (MS-4.7b)."""
    return schemas.FeeOut(
        total_fen=package.total_fen,
        fund_fen=package.fund_fen,
        public_health_fen=package.public_health_fen,
        resident_fen=package.resident_fen,
        sample=package.sample,
        source=_source(pack, package.source),
    )


def kept_fee(pack: Pack, contract: Contract, package: Package | None) -> schemas.FeeOut:
    """Return the fee as it was signed, whatever the pack says now."""
    return schemas.FeeOut(
        total_fen=contract.total_fen,
        fund_fen=contract.fund_fen,
        public_health_fen=contract.public_health_fen,
        resident_fen=contract.resident_fen,
        sample=package.sample if package else True,
        source=_source(pack, package.source if package else "contracts.package"),
    )


def _source(pack: Pack, code: str) -> schemas.SourceOut:
    source = pack.source(code)
    return schemas.SourceOut(
        id=source.id, kind=source.kind, title=source.title, document=source.document, sample=source.sample
    )


def village_names(pack: Pack) -> dict[str, str]:
    """Return the names of the pack's villages by code."""
    return {village.code: village.name for town in pack.places.towns for village in town.villages}

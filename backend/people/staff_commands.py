"""`flask staff …`: accounts of clinicians and clerks, made by the operator. Secrets are printed once, kept nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.kernel.errors import LiandongError
from backend.kernel.roles import Role
from backend.people import staff
from backend.people.identity import IdentityRefused
from backend.people.models import Account, Practitioner, PractitionerRole
from backend.store.db import transaction
from backend.web.problems import as_liandong_error

group = AppGroup("staff", help="Accounts of clinicians, clerks and officers.")
ROLES = sorted(role for role in Role if role not in {Role.ANONYMOUS, Role.RESIDENT, Role.SYSTEM})
_county = click.argument("county")
_login = click.argument("login")


@contextmanager
def _work() -> Iterator[Session]:
    """One transaction whose refusals are told in a line."""
    try:
        with transaction() as current:
            yield current
    except LiandongError as refusal:
        raise click.ClickException(refusal.message) from refusal
    except IdentityRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except IntegrityError as error:
        known = as_liandong_error(error)
        raise click.ClickException(known.message if known else "没有这个县、机构或人，什么都没有改。") from error


def _place(text: str) -> staff.Place:
    """Read `role@institution`, `role@institution/department` or with `:duty` behind."""
    rest, _, duty = text.partition(":")
    role, _, where = rest.partition("@")
    institution, _, department = where.partition("/")
    if role not in ROLES or not institution:
        raise click.BadParameter(f"要写成 岗位@机构代码[/科室代码][:职务]。岗位有：{'、'.join(ROLES)}")
    return staff.Place(Role(role), institution, department or None, duty or None)


def _tell(login: str, shown: staff.Shown) -> None:
    click.echo(f"工作账号 {login}")
    click.echo(f"密码   {shown.password}")
    click.echo(f"动态码 {shown.totp}（录进手机上的动态码软件：{shown.address}）")
    click.echo("以上只显示这一次，请当面交给本人。")


@group.command("create")
@_county
@_login
@click.argument("name")
@click.option("--at", "places", multiple=True, required=True, help="role@institution[/department][:duty], repeatable.")
@click.option("--title", default="resident", show_default=True)
@click.option("--licence", default="")
@click.option("--phone", default="", help="The work phone, published.")
def create(county: str, login: str, name: str, places: tuple[str, ...], title: str, licence: str, phone: str) -> None:
    """Make a person with roles and an account; print password and TOTP secret once."""
    wanted = [_place(text) for text in places]
    with _work() as current:
        shown = staff.create(current, county, login, name, wanted, title=title, licence=licence, phone=phone)
    _tell(login, shown)


@group.command("reset")
@_county
@_login
def reset(county: str, login: str) -> None:
    """Give a new password and TOTP secret; sessions and PIN end."""
    with _work() as current:
        shown = staff.reset(current, county, login)
    _tell(login, shown)


@group.command("bind-code")
@_county
@_login
def bind_code(county: str, login: str) -> None:
    """Let go of the bound WeChat and print a one-time code for binding another."""
    with _work() as current:
        code = staff.bind_code(current, county, login)
    click.echo(f"绑定码 {code}，15 分钟内有效，只能用一次。在小程序“我的 · 绑定工作身份”里填。")


@group.command("disable")
@_county
@_login
def disable(county: str, login: str) -> None:
    """Take the work identity away, at once."""
    with _work() as current:
        staff.set_active(current, county, login, active=False)
    click.echo(f"{login} 停用了，所有登录已失效。")


@group.command("enable")
@_county
@_login
def enable(county: str, login: str) -> None:
    """Give the work identity back."""
    with _work() as current:
        staff.set_active(current, county, login, active=True)
    click.echo(f"{login} 恢复了。")


@group.command("roles")
@_county
@_login
@click.option("--add", "added", multiple=True, help="role@institution[/department][:duty]")
@click.option("--end", "ended", multiple=True, help="role@institution")
def roles(county: str, login: str, added: tuple[str, ...], ended: tuple[str, ...]) -> None:
    """Add or end roles; without options show them."""
    to_add, to_end = [_place(text) for text in added], [_place(text) for text in ended]
    with _work() as current:
        account = staff.find(current, county, login)
        assert account.practitioner_id is not None
        for place in to_end:
            staff.end_place(current, county, account.practitioner_id, place.role, place.institution)
        for place in to_add:
            staff.add_place(current, county, account.practitioner_id, place)
        rows = current.scalars(
            select(PractitionerRole)
            .where(PractitionerRole.county_id == county, PractitionerRole.practitioner_id == account.practitioner_id)
            .order_by(PractitionerRole.id)
        ).all()
        for row in rows:
            until = f"，到 {row.until_on}" if row.until_on else ""
            click.echo(f"{row.role}@{row.institution}/{row.department or ''} {row.duty or ''}{until}")


@group.command("list")
@_county
def list_all(county: str) -> None:
    """Show every staff account: login, name, whether bound and active. No secrets."""
    with _work() as current:
        rows = current.execute(
            select(Account, Practitioner)
            .join(
                Practitioner,
                (Practitioner.county_id == Account.county_id) & (Practitioner.id == Account.practitioner_id),
            )
            .where(Account.county_id == county, Account.login.is_not(None))
            .order_by(Account.login)
        ).all()
        for row in rows:
            bound = "绑了微信" if row.Account.openid_index else "没绑微信"
            state = "在用" if row.Practitioner.active else "停用"
            click.echo(f"{row.Account.login}  {row.Practitioner.name}  {bound}  {state}")

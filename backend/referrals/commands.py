"""`flask certificate …`: check a QR without database or network, publish keys, renew them."""

from pathlib import Path

import click
from flask.cli import AppGroup

from backend.referrals import keys
from backend.referrals.verification import scan, verify_offline
from backend.store.db import transaction

certificate = AppGroup("certificate", help="Referral certificates and the county's keys.")
GROUPS = (certificate,)


@certificate.command("verify")
@click.argument("scanned")
@click.option("--key", "key_file", type=click.Path(exists=True, path_type=Path), help="A file with public keys.")
@click.option("--county", help="Take the county's keys from the database instead.")
def verify(scanned: str, key_file: Path | None, county: str | None) -> None:
    """Check what a QR holds. With --key it asks nobody; whether the paper was voided it then cannot know."""
    if key_file is not None:
        publics = [keys.decoded(line.split()[0]) for line in key_file.read_text().splitlines() if line.strip()]
    elif county is not None:
        with transaction():
            publics = [key.public for key in keys.public_keys(county)]
    else:
        raise click.UsageError("给出 --key 公钥文件，或 --county 县。")
    found = scan(scanned)
    if found is None:
        raise click.ClickException("这不是转诊证明的码或号码。")
    if found.ticket is None or not any(verify_offline(scanned, public) for public in publics):
        raise click.ClickException(f"{found.number}：签章对不上。")
    ticket = found.ticket
    click.echo(f"{found.number}：签章是真的，{ticket.issued_on} 开，有效到 {ticket.valid_until}（是否作废要联网查）。")


@certificate.command("keys")
@click.argument("county")
def show_keys(county: str) -> None:
    """Print the county's public keys, the present one first, for publication."""
    with transaction():
        for key in keys.public_keys(county):
            click.echo(f"{keys.encoded(key.public)}  {'停用' if key.retired_at else '在用'}")


@certificate.command("renew-key")
@click.argument("county")
def renew_key(county: str) -> None:
    """Retire the county's key and make another; certificates signed with the old one stay good."""
    with transaction():
        key = keys.renew(county)
        click.echo(f"新公钥：{keys.encoded(key.public)}")

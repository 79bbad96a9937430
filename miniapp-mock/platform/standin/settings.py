"""What the stand-in is told from outside: the same names as Liandong itself reads."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "src" / "pages.json"


@dataclass(frozen=True)
class Template:
    """A template as the console shows it: title, and a label for every keyword."""

    id: str
    title: str
    labels: Mapping[str, str]
    long_term: bool = False


@dataclass(frozen=True)
class Settings:
    """Who the mini-program is, where the memory lies, and where pushes go."""

    app_id: str
    app_secret: str = field(repr=False)
    folder: Path
    templates: Mapping[str, Template]
    pages: frozenset[str]
    push_url: str = ""
    push_token: str = field(default="", repr=False)
    push_aes_key: str = field(default="", repr=False)
    push_format: str = "xml"
    h5_url: str = ""
    ledger: Path | None = None

    @property
    def pushes(self) -> bool:
        """Whether pushes are configured."""
        return bool(self.push_url and self.push_token and self.push_aes_key)


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings in the environment. `{county}` in the push address stands for the person's county."""
    public = env.get("LIANDONG_PUBLIC_URL", "").rstrip("/")
    folder = Path(env.get("LIANDONG_STATE") or ".liandong") / "wechat-platform"
    return Settings(
        app_id=env.get("WECHAT_APP_ID") or "wx0000000000000000",
        app_secret=env.get("WECHAT_APP_SECRET") or "stand-in secret",
        folder=folder,
        templates=_templates(Path(env.get("WECHAT_MOCK_TEMPLATES") or HERE / "templates.json")),
        pages=_pages(Path(env.get("WECHAT_MOCK_PAGES") or PAGES)),
        push_url=env.get("WECHAT_MOCK_PUSH_URL") or (f"{public}/wechat/callback/{{county}}" if public else ""),
        push_token=env.get("WECHAT_PUSH_TOKEN", ""),
        push_aes_key=env.get("WECHAT_PUSH_AES_KEY", ""),
        push_format=env.get("WECHAT_MOCK_PUSH_FORMAT") or "xml",
        h5_url=env.get("WECHAT_MOCK_H5") or (f"{public}/app/" if public else ""),
        ledger=Path(env["WECHAT_MOCK_LEDGER"]) if env.get("WECHAT_MOCK_LEDGER") else None,
    )


def _templates(path: Path) -> dict[str, Template]:
    return {entry["id"]: Template(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))}


def _pages(path: Path) -> frozenset[str]:
    """The pages of the mini-program as built, or none where it has not been built: then any page will do."""
    if not path.exists():
        return frozenset()
    found = json.loads(path.read_text(encoding="utf-8"))
    pages = {page["path"] for page in found.get("pages", [])}
    for package in found.get("subPackages", []):
        pages |= {f"{package['root']}/{page['path']}" for page in package["pages"]}
    return frozenset(pages)

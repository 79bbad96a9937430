"""Settings: from the environment only, read once, frozen. Defaults are safe in public."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class BadSettings(RuntimeError):
    """The process must not start with these settings; the message names the variable."""


DEMO_KEY = "demo-only-"
"""Secrets that start so were made for a demo; production refuses them by name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process is told from outside."""

    database_url: str
    redis_url: str
    master_key: str  # wraps every other key; base64 of 32 bytes, or a demo key
    production: bool = False
    embedded: bool = False
    debug: bool = False
    demo: bool = False
    port: int = 8000
    chat_port: int = 8001
    public_url: str = "http://127.0.0.1:8000"
    chat_url: str = "ws://127.0.0.1:8001"
    state_dir: str = ".liandong"
    counties_dir: str = "counties"
    cipher: str = "AES-256-GCM"
    pool_size: int = 4
    relay_threads: int = 4
    wechat_api: str = "https://api.weixin.qq.com"
    wechat_mock_public: str = ""
    wechat_app_id: str = ""
    wechat_app_secret: str = ""
    wechat_push_token: str = ""
    wechat_push_aes_key: str = ""
    wechat_templates: str = ""  # JSON, see wechat.templates.read_book; empty: the stand-in's
    wechat_stage: str = "formal"
    log_json: bool = True
    metrics_dir: str = ""


def _flag(value: str) -> bool:
    return value.strip().lower() in {"1", "true", "yes", "on"}


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read settings from the environment. Raises BadSettings and names what is missing."""
    env = os.environ if environment is None else environment

    def need(name: str) -> str:
        value = env.get(name, "").strip()
        if not value:
            raise BadSettings(f"{name} is not set; `make run` sets it, or give it yourself")
        return value

    port = int(env.get("PORT", "8000"))
    chat_port = int(env.get("CHAT_PORT", str(port + 1)))
    return Settings(
        database_url=_psycopg(need("DATABASE_URL")),
        redis_url=need("REDIS_URL"),
        master_key=need("LIANDONG_MASTER_KEY"),
        production=_flag(env.get("LIANDONG_PRODUCTION", "")),
        embedded=_flag(env.get("LIANDONG_EMBEDDED", "")),
        debug=_flag(env.get("LIANDONG_DEBUG", "")),
        demo=_flag(env.get("LIANDONG_DEMO", "")),
        port=port,
        chat_port=chat_port,
        public_url=env.get("LIANDONG_PUBLIC_URL", f"http://127.0.0.1:{port}"),
        chat_url=env.get("LIANDONG_CHAT_URL", f"ws://127.0.0.1:{chat_port}"),
        state_dir=env.get("LIANDONG_STATE", ".liandong"),
        counties_dir=env.get("LIANDONG_COUNTIES", "counties"),
        cipher=env.get("LIANDONG_CIPHER", "AES-256-GCM"),
        pool_size=int(env.get("LIANDONG_POOL", "4")),
        relay_threads=int(env.get("LIANDONG_RELAY_THREADS", "4")),
        wechat_api=env.get("WECHAT_API", "https://api.weixin.qq.com").rstrip("/"),
        wechat_mock_public=env.get("WECHAT_MOCK_PUBLIC", ""),
        wechat_app_id=env.get("WECHAT_APP_ID", ""),
        wechat_app_secret=env.get("WECHAT_APP_SECRET", ""),
        wechat_push_token=env.get("WECHAT_PUSH_TOKEN", ""),
        wechat_push_aes_key=env.get("WECHAT_PUSH_AES_KEY", ""),
        wechat_templates=env.get("WECHAT_TEMPLATES", ""),
        wechat_stage=env.get("WECHAT_STAGE", "formal"),
        log_json=_flag(env.get("LIANDONG_LOG_JSON", "1")),
        metrics_dir=env.get("PROMETHEUS_MULTIPROC_DIR", ""),
    )


def _psycopg(url: str) -> str:
    """Accept what operators paste (postgres://, postgresql://) and name our driver."""
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    raise BadSettings("DATABASE_URL must begin with postgresql://")

"""`make bench`: starts durable throw-away servers, measures, prints ratios, stops by itself in about a minute."""

import base64
import sys
import tempfile
from pathlib import Path

from alembic import command

from backend.app import create_app
from backend.boot import durability
from backend.config import Settings
from backend.migrations.head import alembic_config
from bench.rounds import compare
from bench.subjects import SUBJECTS, Bench
from launcher import servers


def main() -> int:
    """Run every subject against its limit. Refuses a database that may lose what it acknowledged."""
    with tempfile.TemporaryDirectory(prefix="liandong-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with servers.start(Path(folder)) as running:
            settings = Settings(
                database_url=running.database_url,
                redis_url=running.redis_url,
                master_key=base64.b64encode(b"bench master key, 32 bytes long!").decode(),
                embedded=True,
                demo=True,
                wechat_app_id="wx0000000000000000",
                wechat_app_secret="bench",
            )
            command.upgrade(alembic_config(settings.database_url), "head")
            app = create_app(settings)
            with app.app_context():
                weak = durability()
                if weak:
                    print(f"refused: {', '.join(weak)} would make the figures worthless")
                    return 1
                bench = Bench(app)
                for subject in SUBJECTS:
                    print(compare(bench, subject), flush=True)
                bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

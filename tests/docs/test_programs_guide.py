"""What the guides for other programs show works: every command, and the receiver that checks our signatures."""

import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tests.docs.test_guides import DOCS, blocks
from tests.docs.test_tour import environment
from tests.once import own_copy
from tests.server.crowds.shop import made_shop

from huaxiang.apply.webhook_signing import secret_of, signed_headers


@pytest.mark.slow
def test_what_the_guides_for_programs_show_works(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = own_copy(tmp_path_factory, "crowd-shop", made_shop) / "ws"
    around = environment(tmp_path, "zh_CN.UTF-8") | {"NO_PROXY": "*", "no_proxy": "*"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    asking = "".join(blocks(DOCS / "how-to" / "api.md", "bash api")).replace(":8000/", f":{port}/")
    script = "set -eu\n" + asking + "".join(blocks(DOCS / "how-to" / "webhooks.md", "bash webhooks"))
    program = tmp_path / "bin" / "huaxiang"
    serving = subprocess.Popen([program, "serve", "--port", str(port)], cwd=folder, env=around)
    try:
        answers(port)
        done = subprocess.run(
            ["bash", "-c", script], cwd=folder, env=around, capture_output=True, text=True, check=False
        )
    finally:
        serving.send_signal(signal.SIGINT)
        serving.wait(timeout=60)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert '"lifecycle"' in done.stdout
    assert (folder / "members.ndjson").read_text("utf-8").count("\n") == 5
    assert (folder / "secret.txt").read_text("utf-8").startswith("whsec_")


def answers(port: int) -> None:
    """Wait until something listens there."""
    for _ in range(240):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise AssertionError(f"nothing listens on port {port}")


def test_the_receiver_of_the_guide_knows_our_signatures() -> None:
    names: dict[str, Any] = {}
    (receiver,) = blocks(DOCS / "how-to" / "webhooks.md", "python")
    exec(compile(receiver, "webhooks.md", "exec"), names)  # noqa: S102 - the guide is what is tested
    secrets, body = [secret_of(b"k" * 32, name) for name in ("b", "a")], b"{}"
    headers = signed_headers(secrets, "msg_1", int(time.time()), body)
    assert [names["is_ours"](secret, headers, body) for secret in secrets] == [True, True]
    assert not names["is_ours"](secrets[0], headers, b"[]")
    assert not names["is_ours"](secret_of(b"k" * 32, "c"), headers, body)

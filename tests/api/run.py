"""Requests that are made up from `/openapi.json`, by Schemathesis, with all its checks.

The service must answer each as its description says, never with a defect, and take what the
description calls good and refuse what it calls bad.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--program", required=True, help="the receiving service")
    arguments.add_argument("--examples", type=int, default=10, help="for each operation")
    arguments.add_argument("--seconds", type=int, default=0, help="how long at most; 0: no limit")
    arguments.add_argument("--database", help="postgres://…; SQLite without it")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    given, more = arguments.parse_known_args()
    name = "PostgreSQL" if given.database else "SQLite"
    print(f"{name}, seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HC_")}
        environment["HC_DATA"] = str(folder / "data")
        environment["HC_SECRET"] = "a secret of this test"
        if given.database:
            environment["HC_DATABASE"] = given.database
        key = made_key(given.program, environment)
        service = subprocess.Popen(
            [given.program, "serve", "--port", "0", "--metrics"],
            cwd=ROOT,
            env={**environment, "HC_LOG": "error"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            address = service.stdout.readline().removeprefix("Ready at ").strip().rstrip("/")
            cases = [submit(address) for _ in range(300)]
            uploads = [upload(address) for _ in range(20)]
            command = [
                str(Path(sys.executable).with_name("st")),
                "--config-file",
                str(HERE / "schemathesis.toml"),
                "run",
                f"{address}/openapi.json",
                f"--max-examples={given.examples}",
                f"--seed={given.seed}",
                *([f"--max-time={given.seconds}"] if given.seconds else []),
                *more,
            ]
            environment = {
                **os.environ,
                "SCHEMATHESIS_HOOKS": "hooks",
                "PYTHONPATH": str(HERE),
                "HC_API_CASES": json.dumps({it["reference"]: it["accessCode"] for it in cases}),
                "HC_API_UPLOADS": json.dumps(uploads),
                "HC_API_KEY": key,
            }
            status = subprocess.run(command, cwd=folder, env=environment).returncode
            if service.poll() is not None:
                sys.exit("the service has ended")
            sys.exit(status)
        finally:
            service.kill()
            service.wait()


def made_key(program, environment):
    """A key of a landlord's system that may do everything."""
    made = subprocess.run(
        [program, "keys", "add", "--name", "schemathesis", "--all-landlords"]
        + [f"--scope={it}" for it in ("cases:read", "cases:write", "evidence:read", "officers")],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.PIPE,
    )
    return next((word for word in made.stdout.split() if word.startswith("hck_")), "")


def submit(address):
    body = (ROOT / "tests/uploads/complaint.json").read_bytes()
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    request = urllib.request.Request(f"{address}/v1/submissions", body, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def upload(address):
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000"}
    request = urllib.request.Request(f"{address}/v1/uploads", b"", headers)
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Location"].rsplit("/", 1)[1]


if __name__ == "__main__":
    main()

"""Uploads by programs that are not ours.

The clients tus-js-client and tuspy send files to the real service over a link that is cut again and
again; the service stores them in a folder and in an S3-compatible store (moto); a real ClamAV scans
them. Two instances of it over one PostgreSQL and one such store take them in turn, while one of them is
killed, and the store is away. Every byte must be in the store once, and the service's memory must stay
small.
"""

import argparse
import hashlib
import itertools
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MOST_MEMORY_KB = 100_000
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--program", required=True, help="the receiving service")
    arguments.add_argument("--size", type=int, default=100, help="MB of each file")
    arguments.add_argument("--cuts", type=int, default=10, help="of the link of each file")
    arguments.add_argument("--database", help="a PostgreSQL; without it that part is left out")
    arguments.add_argument("--clamd", help="ClamAV's daemon; without it that part is left out")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        over_a_bad_link(given, folder)
        into_a_bucket(given, folder)
        if given.database:
            over_two_instances(given, folder)
        else:
            print("PostgreSQL is not here: two instances were not tried")
        if given.clamd:
            past_a_scanner(given, folder)
        else:
            print("clamd is not here: ClamAV was not tried")


def over_a_bad_link(given, folder):
    """Three clients at once, each with a file and a link of its own."""
    service = Service(given.program, folder / "data")
    case = service.case()
    clients = [
        ("tus-js-client", ["node", HERE / "send.mjs"], []),
        ("tuspy", [sys.executable, HERE / "send.py"], []),
        ("tuspy with checksums", [sys.executable, HERE / "send.py"], ["checksum"]),
    ]
    sent = []
    for number, (name, command, options) in enumerate(clients):
        file = folder / f"file-{number}"
        digest = make_photo(file, given.size * 1_000_000, number)
        link = Link(service.port, given.size * 1_000_000, given.cuts)
        process = send(command, options, link.port, file, digest, case)
        sent.append((name, file, digest, link, process))
    for name, file, digest, link, process in sent:
        answer = answer_of(process, name)
        assert link.cuts == given.cuts, f"{name}: the link was cut {link.cuts} times"
        status = service.status(answer["url"])
        assert status["state"] == "received" and status["sha256"] == digest, status
        assert service.stored().count(digest) == 1, f"{name}: not in the store once"
        print(f"{name}: {given.size} MB over a link cut {link.cuts} times, stored to the byte")
    assert len(service.stored()) == len(clients)
    memory = service.most_memory_kb()
    assert memory < MOST_MEMORY_KB, f"the service used {memory} kB"
    print(f"memory of the service: at most {memory / 1000:.0f} MB")
    service.kill()


def into_a_bucket(given, folder):
    """A link that is cut and a service that is killed; the bucket has every byte once."""
    store, environment, bucket = start_store()
    data = folder / "data-s3"
    options = ["--evidence", "s3://evidence/complaints"]
    service = Service(given.program, data, options, environment)
    case = service.case()
    file = folder / "file-s3"
    size = 23_000_000
    digest = make_photo(file, size, 7)

    def kill_and_start():
        nonlocal service
        service.kill()
        service = Service(given.program, data, options, environment, service.port)

    link = Link(service.port, size, 4, {2: kill_and_start})
    process = send(["node", HERE / "send.mjs"], [], link.port, file, digest, case)
    answer = answer_of(process, "tus-js-client")
    # While it is on its way into the bucket, or just before.
    kill_and_start()
    small = folder / "file-s3-small"
    small_digest = make_photo(small, 2_000, 8)
    answer_of(
        send([sys.executable, HERE / "send.py"], [], service.port, small, small_digest, case), "tuspy"
    )
    deadline = time.monotonic() + 60
    while service.stored() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not service.stored(), "files are still in the folder"
    found = []
    for entry in bucket.list_objects_v2(Bucket="evidence").get("Contents", []):
        assert re.fullmatch(r"complaints/[0-9a-f]{32}", entry["Key"]), entry["Key"]
        assert entry["Key"].split("/")[1] not in answer["url"]
        held = bucket.get_object(Bucket="evidence", Key=entry["Key"])
        assert held["ContentDisposition"] == "attachment", held
        found.append(hashlib.sha256(held["Body"].read()).hexdigest())
        assert held["Metadata"]["sha256"] == found[-1]
    assert sorted(found) == sorted([digest, small_digest]), "the bucket has other bytes"
    memory = service.most_memory_kb()
    assert memory < MOST_MEMORY_KB, f"the service used {memory} kB"
    print(f"S3: 23 MB over a link cut {link.cuts} times, the service killed twice, stored once")
    service.kill()
    store.stop()


def over_two_instances(given, folder):
    """Three clients at once; each connection reaches the other instance than the one before. One instance is
    killed again and again, and the store is away for a time."""
    store, environment, bucket = start_store()
    environment |= {"HC_DATABASE": given.database, "HC_SECRET": "the secret of a test"}
    options = ["--evidence", "s3://evidence/complaints"]

    def start(number, port=0):
        return Service(given.program, folder / f"data-of-{number}", options, environment, port)

    services = [start(0), start(1)]
    ports = [service.port for service in services]
    turns = itertools.cycle([0, 1])
    changes = threading.Lock()
    killed, memory = 0, 0

    def connect():
        first = next(turns)
        try:
            return socket.create_connection(("127.0.0.1", ports[first]))
        except OSError:
            return socket.create_connection(("127.0.0.1", ports[1 - first]))

    def kill():
        nonlocal killed, memory
        with changes:
            number = killed % 2
            memory = max(memory, services[number].most_memory_kb())
            services[number].kill()
            killed += 1
            time.sleep(0.5)
            services[number] = start(number, ports[number])

    def take_store_away():
        nonlocal store
        with changes:
            port = store.get_host_and_port()[1]
            store.stop()
            time.sleep(3)
            store = serve_store(port)

    size = given.size * 1_000_000
    python = [sys.executable, HERE / "send.py"]
    clients = [
        ("tus-js-client", ["node", HERE / "send.mjs"], [], {cut: kill for cut in range(1, given.cuts, 2)}),
        ("tuspy", python, [], {given.cuts - 1: take_store_away}),
        ("tuspy with checksums", python, ["checksum"], {}),
    ]
    case = services[0].case()
    sent = []
    for number, (name, command, more, also) in enumerate(clients):
        file = folder / f"file-shared-{number}"
        digest = make_photo(file, size, 20 + number)
        link = Link(connect, size, given.cuts, also)
        sent.append((name, digest, send(command, more, link.port, file, digest, case)))
    for name, digest, process in sent:
        url = answer_of(process, name)["url"]
        for service in services:
            status = service.status(url)
            assert status["state"] == "received" and status["sha256"] == digest, status

    def objects():
        return bucket.list_objects_v2(Bucket="evidence").get("Contents", [])

    wait_for(lambda: not any("arriving" in it["Key"] for it in objects()), "the last piece to go", 180)
    found = [bucket.get_object(Bucket="evidence", Key=it["Key"])["Body"].read() for it in objects()]
    digests = [hashlib.sha256(it).hexdigest() for it in found]
    assert sorted(digests) == sorted(digest for _, digest, _ in sent), "the bucket has other bytes"
    assert not any(service.stored() for service in services), "an instance has files of its own"
    memory = max(memory, *(service.most_memory_kb() for service in services))
    assert memory < MOST_MEMORY_KB, f"the service used {memory} kB"
    print(
        f"two instances: 3 files of {given.size} MB over links cut {given.cuts} times, an instance killed "
        f"{killed} times, the store away for 3 s, stored once; at most {memory / 1000:.0f} MB each"
    )
    for service in services:
        service.kill()
    store.stop()


def start_store():
    """An S3-compatible store with one empty bucket: the store, how the service gets there, and a client."""
    import logging

    import boto3

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = serve_store(0)
    host, port = store.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-2",
    }
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="eu-west-2",
    )
    # What it holds is of this process, and not of the one that serves it.
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/moto-api/reset", b"")).close()
    client.create_bucket(
        Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    return store, environment, client


def serve_store(port):
    from moto.server import ThreadedMotoServer

    store = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    store.start()
    return store


def past_a_scanner(given, folder):
    """A real ClamAV, with the one signature of the test file of the antivirus makers."""
    home = folder / "clamav"
    home.mkdir()
    (home / "test.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
    port = free_port()
    (home / "clamd.conf").write_text(
        f"DatabaseDirectory {home}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
        "StreamMaxLength 1M\n"
    )
    environment = dict(os.environ)
    # Where it was only unpacked, its libraries are beside it.
    home_of_clamd = Path(given.clamd).absolute().parent.parent
    beside = [str(path.parent) for path in home_of_clamd.glob("lib/**/libclamav.so*")]
    if beside:
        environment["LD_LIBRARY_PATH"] = beside[0]
    # First the service: a scanner that is away costs no upload.
    service = Service(given.program, folder / "data-scanned", ["--scanner", f"clamd://127.0.0.1:{port}"])
    case = service.case()
    python = [sys.executable, HERE / "send.py"]

    def sent(name, content):
        file = folder / name
        file.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return answer_of(send(python, [], service.port, file, digest, case), name)["url"]

    early = sent("early", photo(10_000, 1))
    wait_for(lambda: service.status(early)["state"] == "not_scanned", "not_scanned")
    daemon = subprocess.Popen(
        [given.clamd, "-c", home / "clamd.conf"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: answers(port), "ClamAV")
        clean = sent("clean", photo(10_000, 2))
        infected = sent("infected", EICAR)
        large = sent("large", photo(3_000_000, 3))
        wait_for(lambda: service.status(clean)["state"] == "clean", "clean")
        wait_for(lambda: service.status(infected)["state"] == "infected", "infected")
        wait_for(lambda: service.status(large)["state"] == "not_scanned", "not_scanned")
        assert "Test.Eicar" in service.status(infected)["reason"]
        assert service.status(large)["reason"] == "too_large_to_scan"
        wait_for(lambda: (service.data / "evidence/infected").exists(), "the file to be put apart")
        assert hashlib.sha256(EICAR).hexdigest() not in service.stored()
    finally:
        daemon.kill()
        daemon.wait()
    print("ClamAV: one clean, one infected and put apart, one too large, one while it was away")
    service.kill()


class Service:
    """The service as a process."""

    def __init__(self, program, data, options=(), environment=None, port=0):
        self.data = data
        own = {name: value for name, value in os.environ.items() if not name.startswith("HC_")}
        command = [program, "serve", "--port", str(port), "--data", data, *options]
        self.process = subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            env=own | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=open(data.with_suffix(".log"), "ab"),
        )
        ready = self.process.stdout.readline().decode()
        assert ready.startswith("Ready at http://"), data.with_suffix(".log").read_text()
        self.port = int(ready.rstrip("/\n").rsplit(":", 1)[1])

    def case(self):
        """The reference and the access code of a new complaint."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/submissions",
            (HERE / "complaint.json").read_bytes(),
            {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())},
        )
        with urllib.request.urlopen(request) as answer:
            receipt = json.load(answer)
        return receipt["reference"], receipt["accessCode"]

    def status(self, url):
        path = "/v1/" + url.split("/v1/")[1]
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return json.load(answer)

    def stored(self):
        """The SHA-256 of every file in the folder."""
        files = (self.data / "evidence").glob("*")
        return [sha256(file) for file in files if file.is_file()]

    def most_memory_kb(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Link:
    """Forwards connections to a port, or to what a function opens, and is cut each time another part of the file has gone through: the
    client's end is reset, and the service's end is reset, closed, or left open without a word, as
    when a phone loses its network."""

    def __init__(self, to, size, cuts, also=None):
        self.to, self.cuts, self.also = to, 0, also or {}
        self.ends = [size * (number + 1) // (cuts + 1) for number in range(cuts)]
        self.sent = 0
        self.left_open = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.forward, args=[client], daemon=True).start()

    def forward(self, client):
        try:
            service = self.to() if callable(self.to) else socket.create_connection(("127.0.0.1", self.to))
        except OSError:
            reset(client)
            return
        try:
            while True:
                for end in select.select([client, service], [], [])[0]:
                    piece = end.recv(65536)
                    if not piece:
                        client.close()
                        service.close()
                        return
                    (service if end is client else client).sendall(piece)
                    if end is client:
                        self.sent += len(piece)
                        if self.ends and self.sent >= self.ends[0]:
                            self.cut(client, service)
                            return
        except OSError:
            reset(client)
            reset(service)

    def cut(self, client, service):
        self.ends.pop(0)
        self.cuts += 1
        reset(client)
        kind = self.cuts % 3
        if kind == 0:
            reset(service)
        elif kind == 1:
            service.close()
        else:
            self.left_open.append(service)
        self.also.get(self.cuts, lambda: None)()


def reset(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    end.close()


def send(command, options, port, file, digest, case):
    reference, code = case
    metadata = {"filename": file.name, "sha256": digest, "reference": reference}
    headers = {"Authorization": f"Bearer {code}", "Idempotency-Key": str(uuid.uuid4())}
    url = f"http://127.0.0.1:{port}/v1/uploads"
    words = [*command, url, file, json.dumps(metadata), json.dumps(headers), *options]
    return subprocess.Popen(
        [str(word) for word in words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def answer_of(process, name):
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, f"{name}: {err.decode()}"
    return json.loads(out)


def make_photo(file, size, seed):
    """Writes a file that begins like a photo; returns its SHA-256."""
    file.write_bytes(photo(size, seed))
    return sha256(file)


def photo(size, seed):
    pieces = [b"\xff\xd8\xff\xe0"]
    piece = hashlib.sha512(bytes([seed])).digest()
    block = b""
    while len(block) < 1 << 20:
        piece = hashlib.sha512(piece).digest()
        block += piece
    for number in range(size // len(block) + 1):
        pieces.append(number.to_bytes(8, "big") + block)
    return b"".join(pieces)[:size]


def sha256(file):
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def wait_for(condition, what, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: it does not come"
        time.sleep(0.1)


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port)) as daemon:
            daemon.sendall(b"zPING\0")
            return daemon.recv(16) == b"PONG\0"
    except OSError:
        return False


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


if __name__ == "__main__":
    main()

"""Sends a file with tuspy, as it is: `python send.py URL FILE METADATA HEADERS [checksum]`."""

import json
import sys

from tusclient.client import TusClient

endpoint, file, metadata, headers, *options = sys.argv[1:]
uploader = TusClient(endpoint, headers=json.loads(headers)).uploader(
    file,
    # A piece that has a checksum is taken as a whole or not at all.
    chunk_size=2_000_000 if "checksum" in options else 40_000_000,
    metadata=json.loads(metadata),
    retries=30,
    retry_delay=0.3,
    upload_checksum="checksum" in options,
)
uploader.upload()
print(json.dumps({"url": uploader.url}))

"""A record is exactly what was written under its name, or `Corrupt`."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from store import Corrupt
from store.record import BASE, RATIO, seal, unseal

ROOT = Path(__file__).parents[2]
NAME = "entries/double/00/00ff"
PAYLOAD = b"the payload, repeated " * 3


@given(st.text(max_size=8), st.binary(max_size=200))
def test_what_is_sealed_is_what_comes_back(name: str, payload: bytes) -> None:
    assert unseal(name, seal(name, payload)) == payload


def test_every_flipped_byte_is_corrupt() -> None:
    record = seal(NAME, PAYLOAD)
    for place in range(len(record)):
        for mask in range(1, 256):
            damaged = bytearray(record)
            damaged[place] ^= mask
            with pytest.raises(Corrupt):
                unseal(NAME, bytes(damaged))


def test_every_truncation_and_extension_is_corrupt() -> None:
    record = seal(NAME, PAYLOAD)
    for length in range(len(record)):
        with pytest.raises(Corrupt):
            unseal(NAME, record[:length])
    for more in (b"\0", record):
        with pytest.raises(Corrupt):
            unseal(NAME, record + more)


def test_another_name_is_corrupt_and_is_said() -> None:
    with pytest.raises(Corrupt, match="entries/double/00/00fe: its checksum is wrong"):
        unseal("entries/double/00/00fe", seal(NAME, PAYLOAD))


def forged(payload_size: int, body: bytes) -> bytes:
    """A record with a right checksum, as a hostile writer would make it."""
    hasher = blake2b(f"{NAME}\0{payload_size}\0".encode() + body, digest_size=16)
    return struct.pack("<4sQQ16s", b"MFR1", payload_size, len(body), hasher.digest()) + body


def test_the_forger_of_these_tests_can_forge() -> None:
    assert unseal(NAME, forged(5, b"hello")) == b"hello"
    assert unseal(NAME, forged(500, zstandard.ZstdCompressor().compress(b"hello" * 100))) == b"hello" * 100


def test_a_body_that_would_grow_beyond_its_length_is_corrupt() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(1 << 24))
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 24))
    for size in (0, 5, (1 << 24) - 1, (1 << 24) + 1, 1 << 33):
        for body in (bomb, unsized, b"", b"no zstd at all"):
            if size != len(body):  # else it says what it is
                with pytest.raises(Corrupt):
                    unseal(NAME, forged(size, body))


def test_what_compresses_like_a_bomb_is_kept_as_it_is() -> None:
    for payload in (bytes(BASE), bytes(BASE * 8), bytes(BASE) + os.urandom(BASE)):
        record = seal(NAME, payload)
        assert unseal(NAME, record) == payload
        assert len(payload) <= BASE + RATIO * len(record)


THREADS = """
import os, threading
from store.record import BASE, RATIO, seal, unseal
payloads = [os.urandom(1000) * 40 for _ in range(4)]
def work(payload):
    for _ in range(150):
        assert unseal("name", seal("name", payload)) == payload
        done.append(1)
done = []
threads = [threading.Thread(target=work, args=(payload,)) for payload in payloads]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(done))
"""


def test_threads_may_seal_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", THREADS], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "600")

"""Content-addressed results that can be trusted: keys from code and inputs, checked records, shared
stores.

Knows nothing of ARC or Dask.
"""

from store.errors import (
    Corrupt,
    MemoflowError,
    NotAStore,
    NotWritable,
    StoreError,
    Unencodable,
    Unfingerprintable,
)
from store.fingerprint import Constant
from store.lookup import Lookup
from store.memo import memo
from store.store import Store

__all__ = [
    "Constant",
    "Corrupt",
    "Lookup",
    "MemoflowError",
    "NotAStore",
    "NotWritable",
    "Store",
    "StoreError",
    "Unencodable",
    "Unfingerprintable",
    "memo",
]

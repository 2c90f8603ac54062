"""The scripts that fill the ledger: fetch, read, cut, store, embed, derive, check."""

"""Long forms of the promises in SECURITY.md: `python -m tests.torture ROW [N] [SEED]`; short forms run in `make test`."""
